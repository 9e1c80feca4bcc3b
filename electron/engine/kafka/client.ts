import type { Cluster, Kafka } from './kafkajs-types';
import { kafkajs } from './kafkajs';
import { fromKafkajs } from './errors';
import { frameSocket } from './frame-socket';
import { saslOptions, tlsOptions, type KafkaSasl, type KafkaTls } from './security';

export interface KafkaConnection {
  /** host:port, at least one */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** null, or absent: a plain connection */
  readonly tls?: KafkaTls | null;
  /** null, or absent: Kafka does not ask who this is */
  readonly sasl?: KafkaSasl | null;
}

/** kafkajs's own complaints, for a log: what matters also arrives as an error or an event. */
export type KafkaLog = (level: 'error' | 'warn', message: string) => void;

/**
 * So long before a session ends (with its token, or when the broker says) the login is made again. kafkajs's ten seconds
 * would do that at once, over and over, for a session that is shorter, and brokers refuse it within a second.
 */
const REAUTHENTICATION_MARGIN_MS = 2_000;

/** @throws PermafrostError INPUT_INVALID when the certificates cannot be used */
export function connectKafka(connection: KafkaConnection, log: KafkaLog = () => undefined): Kafka {
  const { tls = null, sasl = null } = connection;
  return new kafkajs.Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    socketFactory: frameSocket,
    ...(tls === null ? {} : { ssl: tlsOptions(tls) }),
    ...(sasl === null ? {} : { sasl: saslOptions(sasl) }),
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    reauthenticationThreshold: REAUTHENTICATION_MARGIN_MS,
    // six seconds, then it is told: who asks tries again
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator:
      () =>
      ({ level, namespace, log: entry }) =>
        log(level === kafkajs.logLevel.ERROR ? 'error' : 'warn', `${namespace}: ${entry.message}`),
  });
}

/**
 * A cluster connection of kafkajs, below its public clients: for requests that it cannot send itself.
 * It is reached through the factory that kafkajs's own clients use; a test guards it.
 */
export async function connectCluster(kafka: Kafka): Promise<Cluster> {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create: unknown = symbol === undefined ? undefined : Reflect.get(kafka, symbol);
  if (typeof create !== 'function') throw new Error('kafkajs has no cluster factory any more');
  const cluster = Reflect.apply(create, undefined, [{ allowAutoTopicCreation: false }]) as Cluster;
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
  } catch (thrown) {
    throw fromKafkajs(thrown, 'Connecting to Kafka');
  }
  return cluster;
}
