/** The ways to come to a Kafka that asks who comes, as the command is told them. */
import { permafrostWith, type Running } from '../flows/command';
import { ADMIN, type SecuredKafka } from './secured-kafka';
import { TOKEN_CLIENT, type TokenServer } from './token-server';

export interface Login {
  /** host:port */
  readonly brokers: string;
  readonly flags: readonly string[];
  /** variables of the environment */
  readonly secrets: Readonly<Record<string, string>>;
}

export function byCertificate({ listeners, certificates: { ca, client } }: SecuredKafka): Login {
  const flags = ['--kafka-ca', ca, '--kafka-cert', client.certificate, '--kafka-cert-key', client.key];
  return { brokers: listeners.mutualTls, flags, secrets: {} };
}

/** @param mechanism plain, scram-sha-256, scram-sha-512 */
export function byPassword(
  { listeners, certificates }: SecuredKafka,
  mechanism: string,
  password: string,
  user = ADMIN,
): Login {
  return {
    brokers: listeners.sasl,
    flags: ['--kafka-ca', certificates.ca, '--kafka-sasl', mechanism, '--kafka-user', user],
    secrets: { PERMAFROST_KAFKA_PASSWORD: password },
  };
}

export function byToken(
  { listeners, certificates }: SecuredKafka,
  { endpoint }: TokenServer,
  secret = TOKEN_CLIENT.secret,
): Login {
  return {
    brokers: listeners.sasl,
    flags: [
      ...['--kafka-ca', certificates.ca, '--kafka-sasl', 'oauthbearer'],
      ...['--kafka-token-endpoint', endpoint, '--kafka-token-client', TOKEN_CLIENT.id],
    ],
    secrets: { PERMAFROST_KAFKA_TOKEN_SECRET: secret },
  };
}

/** Runs a command that speaks to Kafka, with events as JSON lines. */
export function permafrostAs({ brokers, flags, secrets }: Login, command: string, ...args: string[]): Running {
  return permafrostWith(secrets, command, '--brokers', brokers, ...flags, ...args, '--json');
}
