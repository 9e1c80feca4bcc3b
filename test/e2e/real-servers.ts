/** A real Kafka that asks who comes, and fake-gcs-server, for the tests of a spec file in the real window. */
import { fakeGcsProgram, startFakeGcs } from '../real/fake-gcs';
import { OPENSSL } from '../real/certificates';
import { kafkaJars } from '../real/kafka-jars';
import { ADMIN, GUEST, startSecuredKafka, type SecuredKafka } from '../real/secured-kafka';
import { startTokenServer, TOKEN_CLIENT } from '../real/token-server';
import { reasonWhyNot, requirePrograms } from '../real/unavailable';
import { test } from './app';

export interface RealServers {
  /** its addresses, certificate files and passwords; the plain listener and Kafka's own tools are there as well */
  readonly kafka: SecuredKafka;
  /** who may do everything, and who may do nothing until a test gives rights; both with the passwords of `kafka` */
  readonly users: { readonly admin: string; readonly guest: string };
  /** OAuth's tokens, which are the admin's */
  readonly tokens: { readonly endpoint: string; readonly clientId: string; readonly clientSecret: string };
  /** http://host:port of a Cloud Storage server without a login and without buckets */
  readonly bucketEndpoint: string;
  close(): Promise<void>;
}

/** The first time it fetches and builds them. */
const PATIENCE_MS = 600_000;

/**
 * Starts them before the first test of the spec file that calls this, and ends them behind the last. Where they can't be
 * had its tests are skipped with the reason.
 * @returns a function that gives them to a test
 */
export function useRealServers(): () => RealServers {
  let servers: RealServers | null = null;
  test.beforeAll(async () => {
    test.setTimeout(PATIENCE_MS);
    const whyNot = await whyNotHere();
    test.skip(whyNot !== null, whyNot ?? '');
    servers = await start();
  });
  test.afterAll(async () => {
    await servers?.close();
    servers = null;
  });
  return () => {
    if (servers === null) throw new Error('The real servers are there from the first test to the last, not outside');
    return servers;
  };
}

/** @returns null where they can be had */
async function whyNotHere(): Promise<string | null> {
  const parts = [kafkaJars, fakeGcsProgram, () => requirePrograms('A Kafka with TLS', [OPENSSL])];
  const reasons = await Promise.all(parts.map(reasonWhyNot));
  return reasons.find((reason) => reason !== null) ?? null;
}

async function start(): Promise<RealServers> {
  const [kafka, tokens, bucket] = await Promise.all([startSecuredKafka(), startTokenServer(ADMIN), startFakeGcs()]);
  return {
    kafka,
    users: { admin: ADMIN, guest: GUEST },
    tokens: { endpoint: tokens.endpoint, clientId: TOKEN_CLIENT.id, clientSecret: TOKEN_CLIENT.secret },
    bucketEndpoint: bucket.endpoint,
    close: async () => {
      await Promise.all([kafka.close(), tokens.close(), bucket.close()]);
    },
  };
}
