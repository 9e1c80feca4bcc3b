import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KafkaAdmin } from '../../../electron/engine/kafka/admin';
import { connectCluster, connectKafka } from '../../../electron/engine/kafka/client';
import { KafkaProducer } from '../../../electron/engine/kafka/producer';
import { fetchersAtRest } from '../../../electron/engine/kafka/fetch-rest';
import { RawConsumer, type FetchedSet, type TopicPartition } from '../../../electron/engine/kafka/raw-consumer';
import { crcMatches, recordBatches, RecordCursor } from '../../../electron/engine/kafka/record-batch';
import { fetchTopicIdentity } from '../../../electron/engine/kafka/topic-identity';
import { startSandboxBroker, type SandboxBroker } from '../../../electron/sandbox/kafka/broker';

let dataDir: string;
let broker: SandboxBroker;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-raw-'));
  broker = await startSandboxBroker({ dataDir, port: 0 });
});

afterEach(async () => {
  await broker.close();
  await rm(dataDir, { recursive: true });
});

const connection = () => ({ brokers: [`${broker.host}:${broker.port}`], clientId: 'test' });

interface Seen {
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: (string | null)[];
  readonly timestamp: string;
}

function decode(set: FetchedSet): Seen[] {
  const seen: Seen[] = [];
  const cursor = new RecordCursor();
  for (const batch of recordBatches(set.recordSet)) {
    expect(crcMatches(batch)).toBe(true);
    cursor.open(batch);
    while (cursor.next()) {
      const text = (start: number, length: number): string | null =>
        length < 0 ? null : cursor.bytes.toString('utf8', start, start + length);
      const headers: (string | null)[] = [];
      for (let at = 0; at < cursor.headerCount * 4; at += 2) {
        headers.push(text(cursor.headerSpans[at] ?? 0, cursor.headerSpans[at + 1] ?? 0));
      }
      seen.push({
        partition: set.partition,
        offset: String(cursor.offset),
        key: text(cursor.keyStart, cursor.keyLength),
        value: text(cursor.valueStart, cursor.valueLength),
        headers,
        timestamp: String(cursor.timestamp),
      });
    }
  }
  return seen;
}

test('a raw consumer receives what was sent, byte for byte, and goes on from where it is told', async () => {
  const kafka = connectKafka(connection());
  const admin = await KafkaAdmin.connect(kafka);
  expect(await admin.ensureTopic('birds', 2)).toBe(2);
  const producer = await KafkaProducer.connect(kafka);
  const records = Array.from({ length: 50 }, (_, index) => ({
    key: index % 3 === 0 ? null : Buffer.from(`k${index}`),
    value: index % 7 === 0 ? null : Buffer.from(`value ${index}`),
    headers: [['2', Buffer.from('two')] as const, ['1', Buffer.from('one')] as const],
    timestamp: 1_671_494_400_000 + index,
    partition: index % 2,
  }));
  const acknowledged = await producer.send('birds', records);
  expect(acknowledged.map(({ count }) => count)).toEqual([25, 25]);

  const seen: Seen[] = [];
  let assigned: readonly TopicPartition[] = [];
  const consumer = await RawConsumer.start(
    kafka,
    { groupId: 'watchers', topics: ['birds'] },
    {
      onAssigned: (partitions) => {
        assigned = partitions;
        for (const each of partitions) setTimeout(() => consumer.resumeAt(each, each.partition === 0 ? 0n : 20n));
      },
      onFetched: (set) =>
        Promise.resolve(void seen.push(...decode(set).filter(({ offset }) => BigInt(offset) >= set.fetchedOffset))),
      onCrash: (error) => expect.unreachable(error.message),
    },
  );
  await expect.poll(() => seen.length).toBe(30);

  expect(assigned).toHaveLength(2);
  expect(seen.filter(({ partition }) => partition === 0).map(({ value }) => value)).toEqual(
    records.filter(({ partition }) => partition === 0).map(({ value }) => value?.toString() ?? null),
  );
  expect(seen.find(({ partition }) => partition === 0)?.timestamp).toBe('1671494400000');
  const isTaken = await consumer.commit([{ topic: 'birds', partition: 1, offset: 25n, metadata: 'a note' }]);
  expect(isTaken).toBe(true);
  expect(await admin.committed('watchers', 'birds')).toEqual([{ partition: 1, offset: 25n, metadata: 'a note' }]);
  expect(await admin.logRanges('birds')).toEqual([
    { partition: 0, earliest: 0n, end: 25n },
    { partition: 1, earliest: 0n, end: 25n },
  ]);
  await Promise.all([consumer.stop(), producer.close()]);
  await admin.close();
});

test('partitions that are resumed are fetched at once, and a consumer that stops waits for no fetch', async () => {
  const kafka = connectKafka(connection());
  const admin = await KafkaAdmin.connect(kafka);
  await admin.ensureTopic('birds', 1);
  const producer = await KafkaProducer.connect(kafka);
  await producer.send('birds', [
    { key: null, value: Buffer.from('wren'), headers: [], timestamp: 1_671_494_400_000, partition: 0 },
  ]);
  const seen: Seen[] = [];
  const where = { topic: 'birds', partition: 0 };
  const consumer = await RawConsumer.start(
    kafka,
    { groupId: 'watchers', topics: ['birds'], fetchWaitMs: 600_000 },
    {
      onAssigned: () => undefined,
      onFetched: (set) => Promise.resolve(void seen.push(...decode(set))),
      onCrash: (error) => expect.unreachable(error.message),
    },
  );
  await expect.poll(fetchersAtRest).toBe(1); // all it has is paused

  consumer.resumeAt(where, 0n);
  await expect.poll(() => seen.length).toBe(1);
  consumer.pause(where);
  await producer.send('birds', [
    { key: null, value: Buffer.from('owl'), headers: [], timestamp: 1_671_494_400_001, partition: 0 },
  ]); // ends the fetch that is under way
  await consumer.stop();

  await producer.close();
  await admin.close();
});

test('a topic made anew under the same name has another id', async () => {
  const kafka = connectKafka(connection());
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'birds', numPartitions: 1 }] });
  const cluster = await connectCluster(kafka);

  const first = await fetchTopicIdentity(cluster, 'birds');
  await admin.deleteTopics({ topics: ['birds'] });
  const gone = await fetchTopicIdentity(cluster, 'birds');
  await admin.createTopics({ topics: [{ topic: 'birds', numPartitions: 1 }] });
  const second = await fetchTopicIdentity(cluster, 'birds');

  expect(first?.topicId).toMatch(/^[\w-]{22}$/);
  expect(first?.clusterId).toBe(broker.clusterId);
  expect(gone).toBeNull();
  expect(second?.topicId).not.toBe(first?.topicId);
  await Promise.all([cluster.disconnect(), admin.disconnect()]);
});
