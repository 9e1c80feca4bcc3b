/** What a raw consumer does while kafkajs starts anew, and when Kafka no longer has what it asks for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KafkaAdmin } from '../../../electron/engine/kafka/admin';
import { connectKafka } from '../../../electron/engine/kafka/client';
import type { Kafka } from '../../../electron/engine/kafka/kafkajs-types';
import { RawConsumer } from '../../../electron/engine/kafka/raw-consumer';
import { startSandboxBroker, type SandboxBroker } from '../../../electron/sandbox/kafka/broker';
import { joinGroup } from '../../../electron/sandbox/kafka/11-join-group';

const GROUP = 'watchers';
const BIRDS = { topic: 'birds', partition: 0 };

let dataDir: string;
let broker: SandboxBroker;
let kafka: Kafka;
let admin: KafkaAdmin;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-raw-'));
  broker = await startSandboxBroker({ dataDir, port: 0 });
  kafka = connectKafka({ brokers: [`${broker.host}:${broker.port}`], clientId: 'test' });
  admin = await KafkaAdmin.connect(kafka);
  await admin.ensureTopic(BIRDS.topic, 1);
});

afterEach(async () => {
  await admin.close();
  await broker.close();
  await rm(dataDir, { recursive: true });
});

/** A consumer that lost its broker and is about to join again. */
async function crashed(): Promise<RawConsumer> {
  let crashes = 0;
  const consumer = await RawConsumer.start(
    kafka,
    { groupId: GROUP, topics: [BIRDS.topic], sessionTimeoutMs: 6_000 },
    {
      onAssigned: () => undefined,
      onFetched: () => Promise.resolve(),
      onCrash: () => void (crashes += 1),
    },
  );
  await broker.close();
  await expect.poll(() => crashes, { timeout: 20_000, interval: 5 }).toBe(1);
  return consumer;
}

async function members(): Promise<number> {
  const client = kafka.admin();
  await client.connect();
  const { groups } = await client.describeGroups([GROUP]);
  await client.disconnect();
  return groups[0]?.members.length ?? 0;
}

test('a partition is paused and resumed without complaint while the consumer starts anew', async () => {
  const consumer = await crashed();

  consumer.pause(BIRDS);
  consumer.resumeAt(BIRDS, 7n);

  broker = await startSandboxBroker({ dataDir, port: broker.port });
  await consumer.stop();
});

test('a consumer that is stopped while it joins anew does not stay in the group', async () => {
  const consumer = await crashed();
  broker = await startSandboxBroker({ dataDir, port: broker.port });
  let joins = 0;
  let letJoin = (): void => undefined;
  const held = new Promise<void>((resolve) => (letJoin = resolve));
  broker.intercept(joinGroup, async () => {
    joins += 1;
    await held;
    return undefined;
  });
  await expect.poll(() => joins, { timeout: 20_000 }).toBeGreaterThan(0);

  const stopping = consumer.stop();
  letJoin();
  await stopping;

  // who came and went without a word is forgotten when the session ends
  await expect.poll(members, { timeout: 20_000, interval: 500 }).toBe(0);
}, 60_000);
