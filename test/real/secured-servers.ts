/** A Kafka that asks who comes, a server of tokens, and a bucket server: for one test file; each test has a bucket of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, KafkaJSError, logLevel, type Admin, type Message, type Producer } from 'kafkajs-plain';
import { expect, inject } from 'vitest';
import { numbers } from '../flows/archiving';
import { events, type Running } from '../flows/command';
import { openArchives, readTopic, type AgeKey } from '../flows/truth';
import { startBucketServer } from './bucket-server';
import { permafrostAs, type Login } from './logins';
import { ADMIN, startSecuredKafka, type SecuredKafka } from './secured-kafka';
import { startTokenServer, type TokenServer } from './token-server';

export interface SecuredServers {
  readonly kafka: SecuredKafka;
  readonly tokens: TokenServer;
  readonly bucketEndpoint: string;
  /** other people's client, at the listener where everybody may do everything */
  readonly plain: Kafka;
  readonly admin: Admin;
  close(): Promise<void>;
}

export async function startSecuredServers(): Promise<SecuredServers> {
  const [kafka, tokens, bucket] = await Promise.all([
    startSecuredKafka(),
    startTokenServer(ADMIN),
    startBucketServer(inject('unavailable').gcs === null),
  ]);
  const plain = new Kafka({ brokers: [kafka.address], clientId: 'test', logLevel: logLevel.NOTHING });
  const admin = plain.admin();
  await admin.connect();
  const close = async (): Promise<void> => {
    await admin.disconnect();
    await Promise.all([kafka.close(), tokens.close(), bucket.close()]);
  };
  return { kafka, tokens, bucketEndpoint: bucket.endpoint, plain, admin, close };
}

/** Where a test archives to, and for whom. */
export interface Place {
  readonly bucketEndpoint: string;
  readonly bucket: string;
  readonly key: AgeKey;
}

/** Makes the bucket. */
export async function makePlace({ bucketEndpoint }: SecuredServers, bucket: string, key: AgeKey): Promise<Place> {
  const headers = { 'content-type': 'application/json' };
  const made = await fetch(`${bucketEndpoint}/storage/v1/b?project=test`, {
    ...{ method: 'POST', headers, body: JSON.stringify({ name: bucket, location: 'EU' }) },
  });
  expect(made.ok).toBe(true);
  return { bucketEndpoint, bucket, key };
}

export function bucketFlags({ bucketEndpoint, bucket }: Place): string[] {
  return ['--endpoint', bucketEndpoint, '--bucket', bucket];
}

/** Archives it until it is asked to end; segments are closed early, so that there are many. */
export function startArchive(login: Login, place: Place, topic: string, ...flags: string[]): Running {
  const target = [...bucketFlags(place), '--recipient', place.key.publicKey, '--topic', topic, '--group', topic];
  const early = ['--max-records', '500', '--max-age', '1s', '--session-timeout', '4s'];
  return permafrostAs(login, 'archive', ...target, ...early, ...flags);
}

/** Messages that this archiver has put into the bucket. */
export function archivedBy(archiving: Running): number {
  return events(archiving, 'uploaded').reduce((sum, { records }) => sum + Number(records), 0);
}

/** Asks it to end. */
export async function end(archiving: Running): Promise<void> {
  archiving.process.kill('SIGTERM');
  expect({ ...(await archiving.ended), failed: events(archiving, 'failed') }).toMatchObject({ code: 0, failed: [] });
}

/** Compares every archive of the topic, as age, zstd and jq open it, with what kcat reads. @returns how many records they are */
export async function expectSame({ kafka }: SecuredServers, place: Place, topic: string): Promise<number> {
  const archived = (await openArchives(place, topic, place.key)).flatMap(({ records }) => records);
  expect(archived).toEqual(await readTopic(kafka.address, topic));
  return archived.length;
}

/** Sends numbered messages to a topic all the time, also while Kafka is away; what was acknowledged too late is there twice. */
export class Sender {
  #sent = 0;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor({ plain }: SecuredServers, topic: string) {
    this.#running = this.#run(plain.producer({ idempotent: true, maxInFlightRequests: 1 }), topic);
    this.#running.catch(() => undefined); // told by `stop`
  }

  async #run(producer: Producer, topic: string): Promise<void> {
    await producer.connect();
    while (!this.#isOver) {
      const messages = numbers(20).map((at) => ({ key: `bus ${at}`, value: `message ${this.#sent + at}` }));
      if (await isSent(producer, topic, messages)) this.#sent += messages.length;
      await sleep(50);
    }
    await producer.disconnect();
  }

  /** Ends. @returns how many messages were acknowledged, numbered from 0 */
  async stop(): Promise<number> {
    this.#isOver = true;
    await this.#running;
    return this.#sent;
  }
}

async function isSent(producer: Producer, topic: string, messages: Message[]): Promise<boolean> {
  try {
    await producer.send({ topic, messages });
    return true;
  } catch (thrown) {
    if (thrown instanceof KafkaJSError) return false;
    throw thrown;
  }
}
