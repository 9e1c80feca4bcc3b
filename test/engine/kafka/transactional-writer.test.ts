/** Writing below kafkajs's encoder: what it needs of kafkajs, and what Kafka's transactions promise. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectKafka } from '../../../electron/engine/kafka/client';
import { KAFKAJS_VERSION, protocolError } from '../../../electron/engine/kafka/kafkajs';
import { compressed } from '../../../electron/engine/kafka/outgoing-batch';
import { TargetCluster } from '../../../electron/engine/kafka/target-cluster';
import type { RecordRun } from '../../../electron/engine/segment/record-runs';
import { ReferenceTranslator } from '../../../electron/engine/segment/reference-translator';
import { startSandboxBroker, type SandboxBroker } from '../../../electron/sandbox/kafka/broker';

const TOPIC = 'written';
const PLACE = { transactionalId: 'writer', topic: TOPIC, partition: 0 };
const { signal } = new AbortController();

let dataDir: string;
let broker: SandboxBroker;
let cluster: TargetCluster;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-writer-'));
  broker = await startSandboxBroker({ dataDir, port: 0 });
  cluster = await TargetCluster.connect(connectKafka({ brokers: [`${broker.host}:${broker.port}`], clientId: 'test' }));
  await cluster.createTopic({ topic: TOPIC, partitions: 1, replicationFactor: 1, settings: {} });
});

afterEach(async () => {
  await cluster.close();
  await broker.close();
  await rm(dataDir, { recursive: true });
});

function run(values: readonly string[]): RecordRun {
  const lines = values.map(
    (value, offset) => `{"offset":${offset},"timestamp":5,"key":null,"value":"${value}","headers":[]}\n`,
  );
  const [made] = new ReferenceTranslator().translate(Buffer.from(lines.join('')), { maxBatchBytes: 1e6 }).runs;
  return made!;
}

async function end(): Promise<bigint> {
  const [range] = await cluster.logRanges(TOPIC);
  return range!.end;
}

test('kafkajs has the version, the requests and the errors that this is built upon', () => {
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/broker') as { prototype: object };
  const requests = ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'];

  expect(load('kafkajs/package.json')).toMatchObject({ version: KAFKAJS_VERSION });
  for (const name of requests) expect(typeof Reflect.get(prototype, name), name).toBe('function');
  expect(protocolError(3)).toMatchObject({ name: 'KafkaJSProtocolError', type: 'UNKNOWN_TOPIC_OR_PARTITION' });
});

test('several batches under way keep their order, and the offset of a group is committed with them', async () => {
  const writer = await cluster.writer(PLACE, signal);
  await writer.begin(signal);
  const packed = await compressed(run(Array.from({ length: 500 }, () => 'the same again and again')));

  const bases = await Promise.all([
    writer.produce({ ...run(['a', 'b']), compression: 'none' }),
    writer.produce(packed),
    writer.produce({ ...run(['c']), compression: 'none' }),
  ]);
  const before = await cluster.committed('job', TOPIC);
  await writer.commit([{ groupId: 'job', offset: 42n, metadata: 'so far' }], signal);

  expect(packed.compression).toBe('zstd');
  expect(bases).toEqual([0n, 2n, 502n]);
  expect(before).toEqual([]);
  expect(await cluster.committed('job', TOPIC)).toEqual([{ partition: 0, offset: 42n, metadata: 'so far' }]);
  expect(await end()).toBe(504n); // the marker behind them
});

test('whoever opens a writer anew fences the one before, and what that one left open is aborted', async () => {
  const first = await cluster.writer(PLACE, signal);
  await first.begin(signal);
  await first.produce({ ...run(['lost']), compression: 'none' });

  const second = await cluster.writer(PLACE, signal);
  const late = first.commit([{ groupId: 'job', offset: 1n, metadata: '' }], signal);

  await expect(late).rejects.toMatchObject({ code: 'KAFKA_REFUSED', context: { topic: TOPIC, partition: 0 } });
  expect(await cluster.committed('job', TOPIC)).toEqual([]);
  await second.begin(signal);
  expect(await second.produce({ ...run(['kept']), compression: 'none' })).toBe(2n); // behind the record and its abort marker
  await second.commit([], signal);
});

test('a transaction that is given up leaves no offset, and the next one goes on', async () => {
  const writer = await cluster.writer(PLACE, signal);
  await writer.begin(signal);
  await writer.produce({ ...run(['lost']), compression: 'none' });

  await writer.abort(signal);

  expect(writer.isOpen).toBe(false);
  await writer.begin(signal);
  expect(await writer.produce({ ...run(['kept']), compression: 'none' })).toBe(2n);
  await writer.commit([{ groupId: 'job', offset: 1n, metadata: '' }], signal);
  expect(await cluster.committed('job', TOPIC)).toHaveLength(1);
});

test('settings are changed one by one, others stay as they are, and a value that Kafka refuses is told', async () => {
  await cluster.alterSettings(TOPIC, [
    { name: 'retention.ms', value: '1000' },
    { name: 'max.message.bytes', value: '2000000' },
  ]);
  await cluster.alterSettings(TOPIC, [{ name: 'retention.ms', value: null }]);

  const settings = await cluster.settings(TOPIC);
  expect(settings.get('max.message.bytes')).toEqual({ value: '2000000', isOwn: true });
  expect(settings.get('retention.ms')).toMatchObject({ isOwn: false });
  await expect(cluster.alterSettings(TOPIC, [{ name: 'no.such', value: '1' }])).rejects.toMatchObject({
    code: 'KAFKA_REFUSED',
    message: expect.stringContaining('no.such') as unknown,
  });
});
