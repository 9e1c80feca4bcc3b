/** The servers that a flow runs on, with a topic and a bucket: the sandbox's, or real ones. */
import { KafkaAdmin } from '../../electron/engine/kafka/admin';
import { connectKafka } from '../../electron/engine/kafka/client';
import { framePool } from '../../electron/engine/kafka/frame-pool';
import type { Kafka } from '../../electron/engine/kafka/kafkajs-types';
import { KafkaProducer } from '../../electron/engine/kafka/producer';
import type { ObjectStore } from '../../electron/engine/store/port';

export const TOPIC = 'archivetest';
export const BUCKET = 'permafrost-test';

export interface Servers {
  /** host:port */
  readonly kafkaAddress: string;
  readonly bucketEndpoint: string;
  /** as the archiver sees the bucket */
  readonly store: ObjectStore;
  close(): Promise<void>;
}

export interface Clients {
  readonly kafka: Kafka;
  readonly admin: KafkaAdmin;
  readonly producer: KafkaProducer;
}

export interface Environment extends Servers, Clients {
  /** Ends the broker, and starts it again on its data and port. */
  restartBroker(whileItIsDown: () => Promise<void>): Promise<void>;
}

/** Makes the topic, and clients that the flow uses; `close` ends them before the servers. */
export async function connect<Started extends Servers>(
  servers: Started,
  partitions: number,
): Promise<Started & Clients> {
  framePool.scrubs = true; // whoever reads a fetch after letting go of it reads nonsense
  const kafka = connectKafka({ brokers: [servers.kafkaAddress], clientId: 'test' });
  const admin = await KafkaAdmin.connect(kafka);
  await admin.ensureTopic(TOPIC, partitions);
  const producer = await KafkaProducer.connect(kafka);
  const close = async (): Promise<void> => {
    await Promise.all([admin.close(), producer.close()]);
    await servers.close();
  };
  return { ...servers, kafka, admin, producer, close };
}
