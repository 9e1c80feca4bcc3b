/** What the tests of the sandbox broker share: a broker on a fresh folder, and kafkajs as it comes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import { onTestFinished } from 'vitest';
import {
  startSandboxBroker,
  type SandboxBroker,
  type SandboxBrokerOptions,
} from '../../../electron/sandbox/kafka/broker';

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'permafrost-kafka-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A broker that ends with the test. */
export async function startBroker(options: Partial<SandboxBrokerOptions> = {}): Promise<SandboxBroker> {
  const dataDir = options.dataDir ?? (await makeFolder());
  const broker = await startSandboxBroker({ port: 0, ...options, dataDir });
  onTestFinished(() => broker.close());
  return broker;
}

export function connect(broker: SandboxBroker, clientId = 'test'): Kafka {
  return new Kafka({
    clientId,
    brokers: [`${broker.host}:${broker.port}`],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 8 },
  });
}

export async function createTopic(
  kafka: Kafka,
  topic: string,
  numPartitions = 1,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] });
  } finally {
    await admin.disconnect();
  }
}

export interface SentMessage {
  readonly key?: string | null;
  readonly value: string | null;
  readonly partition?: number;
  readonly headers?: Record<string, string>;
  readonly timestamp?: string;
}

export async function send(kafka: Kafka, topic: string, messages: readonly SentMessage[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  try {
    await producer.send({ topic, messages: [...messages] });
  } finally {
    await producer.disconnect();
  }
}

export interface ReceivedMessage {
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Reads a topic from the beginning with a group of its own until `count` messages came. */
export async function receive(
  kafka: Kafka,
  topic: string,
  count: number,
  groupId = 'reader',
): Promise<ReceivedMessage[]> {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise((resolve, reject) => {
      const received: ReceivedMessage[] = [];
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      void consumer.run({
        eachMessage: async ({ partition, message }) => {
          received.push({ partition, message });
          if (received.length === count) resolve(received);
        },
      });
    });
  } finally {
    await consumer.disconnect();
  }
}
