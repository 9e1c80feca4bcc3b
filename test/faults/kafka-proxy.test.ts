import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kafka, logLevel, type Producer } from 'kafkajs-plain';
import { expect, onTestFinished, test } from 'vitest';
import { startSandboxBroker, type SandboxBroker } from '../../electron/sandbox/kafka/broker';
import { read } from '../../scripts/child-process.mjs';
import { KafkaError } from './kafka-errors';
import { ApiKey, type KafkaRequest } from './kafka-frames';
import { startKafkaProxy, type KafkaFault, type KafkaProxy } from './kafka-proxy';

const TOPIC = 'proxied';

interface Proxied {
  readonly dataDir: string;
  readonly broker: SandboxBroker;
  readonly proxy: KafkaProxy;
  readonly kafka: Kafka;
}

async function start(): Promise<Proxied> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-proxy-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const broker = await startSandboxBroker({ dataDir, port: 0 });
  onTestFinished(() => broker.close());
  const proxy = await startKafkaProxy(broker);
  onTestFinished(() => proxy.close());
  return { dataDir, broker, proxy, kafka: clientOf(proxy.address) };
}

function clientOf(address: string): Kafka {
  return new Kafka({
    brokers: [address],
    logLevel: logLevel.NOTHING,
    requestTimeout: 1_000,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 50, retries: 5 },
  });
}

async function producerOf(kafka: Kafka, retries: number): Promise<Producer> {
  const producer = kafka.producer({ retry: { retries, initialRetryTime: 50 } });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  return producer;
}

/** asked without the proxy */
async function endOf(broker: SandboxBroker): Promise<string> {
  const admin = clientOf(`${broker.host}:${broker.port}`).admin();
  await admin.connect();
  const [partition] = await admin.fetchTopicOffsets(TOPIC);
  await admin.disconnect();
  return partition?.high ?? '';
}

const to =
  (apiKey: number) =>
  (request: KafkaRequest): boolean =>
    request.apiKey === apiKey;
const send = { topic: TOPIC, messages: [{ value: 'one' }] };

test('clients of every kind are told the address of the proxy, and go on through it', async () => {
  const { proxy, kafka } = await start();
  const admin = kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());

  const { brokers } = await admin.describeCluster();
  const kcat = await read('kcat', ['-b', proxy.address, '-L', '-J']);

  expect(brokers.map(({ host, port }) => `${host}:${port}`)).toEqual([proxy.address]);
  expect(kcat.exitCode, `kcat is Debian's package of that name. ${kcat.stderr}`).toBe(0);
  expect(JSON.parse(kcat.stdout)).toMatchObject({ brokers: [{ name: proxy.address }] });
});

test('a group consumes through the proxy what was produced through it', async () => {
  const { kafka } = await start();
  await (await producerOf(kafka, 5)).send(send);
  const consumer = kafka.consumer({ groupId: 'group', maxWaitTimeInMs: 100 });
  await consumer.connect();
  onTestFinished(() => consumer.disconnect());
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  const values: string[] = [];

  await consumer.run({ eachMessage: async ({ message }) => void values.push(message.value?.toString() ?? '') });

  await expect.poll(() => values, { timeout: 20_000 }).toEqual(['one']);
});

test.each<[KafkaFault, string]>([
  [{ kind: 'cut' }, '0'],
  [{ kind: 'drop' }, '0'],
  [{ kind: 'cut-reply' }, '1'],
  [{ kind: 'drop-reply' }, '1'],
  [{ kind: 'cut-within-reply' }, '1'],
])('%j of a produce request is an error to the producer, and leaves %s records', async (fault, end) => {
  const { broker, proxy, kafka } = await start();
  const producer = await producerOf(kafka, 0);
  const admin = kafka.admin();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1 }] });
  await admin.disconnect();
  const planned = proxy.plan(fault, { matches: to(ApiKey.Produce) });

  await expect(producer.send(send)).rejects.toThrow(/closed|timed out|time out|ECONNRESET/i);

  expect(planned.count).toBe(1);
  expect(await endOf(broker)).toBe(end);
});

test('only the n-th request of an API meets its fault', async () => {
  const { broker, proxy, kafka } = await start();
  const producer = await producerOf(kafka, 0);
  const planned = proxy.plan({ kind: 'cut-reply' }, { matches: to(ApiKey.Produce), skip: 2 });

  await producer.send(send);
  await producer.send(send);
  expect(planned.count).toBe(0);
  await expect(producer.send(send)).rejects.toThrow();
  await producer.send(send);

  expect(planned.count).toBe(1);
  expect(await endOf(broker)).toBe('4');
});

test.each<[keyof typeof ApiKey, number, string]>([
  ['FindCoordinator', KafkaError.COORDINATOR_NOT_AVAILABLE, 'The group coordinator is not available'],
  ['JoinGroup', KafkaError.COORDINATOR_LOAD_IN_PROGRESS, 'The coordinator is loading'],
  ['SyncGroup', KafkaError.REBALANCE_IN_PROGRESS, 'The group is rebalancing'],
  ['Heartbeat', KafkaError.REBALANCE_IN_PROGRESS, 'The group is rebalancing'],
  ['OffsetCommit', KafkaError.REBALANCE_IN_PROGRESS, 'The group is rebalancing'],
])('a refused %s is understood by kafkajs, which gets over it', async (api, errorCode, message) => {
  const { proxy } = await start();
  const told: string[] = [];
  const kafka = new Kafka({
    brokers: [proxy.address],
    logLevel: logLevel.DEBUG,
    logCreator:
      () =>
      ({ log }) =>
        void told.push(JSON.stringify(log)),
  });
  const planned = proxy.plan({ kind: 'refuse', errorCode }, { matches: to(ApiKey[api]) });
  await (await producerOf(kafka, 5)).send(send);
  const consumer = kafka.consumer({
    groupId: 'group',
    sessionTimeout: 2_000,
    heartbeatInterval: 100,
    maxWaitTimeInMs: 100,
    retry: { initialRetryTime: 50 },
  });
  await consumer.connect();
  onTestFinished(() => consumer.disconnect());
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  let committed = 0;
  consumer.on(consumer.events.COMMIT_OFFSETS, () => void (committed += 1));

  await consumer.run({ autoCommitInterval: 100, eachMessage: async () => undefined });

  await planned.met;
  await expect.poll(() => committed, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(told.some((line) => line.includes(message))).toBe(true);
});

test('a delayed request holds up those behind it on its connection alone', async () => {
  const { proxy, kafka } = await start();
  const admin = kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  const planned = proxy.plan({ kind: 'delay', ms: 300 }, { matches: to(ApiKey.Metadata) });
  const order: string[] = [];

  const delayed = admin.listTopics().then(() => order.push('delayed'));
  await planned.met;
  const other = clientOf(proxy.address).admin();
  onTestFinished(() => other.disconnect());
  await other.connect();
  await other.listTopics();
  order.push('other');
  await delayed;

  expect(order).toEqual(['other', 'delayed']);
});

test('connections are cut all at once, and clients follow the broker to another port', async () => {
  const { dataDir, broker, proxy, kafka } = await start();
  const producer = await producerOf(kafka, 5);
  await producer.send(send);
  expect(proxy.cutAll()).toBeGreaterThan(0);
  await producer.send(send);
  await broker.close();
  const moved = await startSandboxBroker({ dataDir, port: 0 });
  onTestFinished(() => moved.close());
  proxy.retarget(moved);

  await producer.send(send);

  expect(await endOf(moved)).toBe('3');
});
