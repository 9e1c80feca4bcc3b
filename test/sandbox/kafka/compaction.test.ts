import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Kafka, Producer } from 'kafkajs';
import type { SandboxBroker } from '../../../electron/sandbox/kafka/broker';
import { Attributes, readBatchHeader, type BatchHeader } from '../../../electron/sandbox/kafka/record-batch';
import { connect, createTopic, makeFolder, receive, send, startBroker } from './support';
import { WireClient, fetchRaw } from './wire-client';

const COMPACTED = { 'cleanup.policy': 'compact' };

async function startCompacted(configs: Record<string, string> = {}, clock = Date.now): Promise<SandboxBroker> {
  const broker = await startBroker({ clock });
  await createTopic(connect(broker), 'seats', 1, { ...COMPACTED, ...configs });
  return broker;
}

/** `key=value` each, no value for a tombstone; one batch. */
async function write(kafka: Kafka, ...records: string[]): Promise<void> {
  const messages = records.map((record) => {
    const [key, value] = record.split('=');
    return { key: key!, value: value ?? null };
  });
  await send(kafka, 'seats', messages);
}

let readers = 0;

async function read(kafka: Kafka, count: number): Promise<string[]> {
  const received = await receive(kafka, 'seats', count, `reader-${readers++}`);
  return received.map(({ message: { offset, key, value } }) => `${offset} ${String(key)}=${String(value)}`);
}

/** Of every batch; a fetch brings those of one file. */
async function headers(broker: SandboxBroker): Promise<BatchHeader[]> {
  const client = await WireClient.connect(broker);
  const found: BatchHeader[] = [];
  for (let offset = 0; ;) {
    const { records, highWatermark } = await fetchRaw(client, 'seats', offset);
    for (let at = 0; at < records.length; at += found.at(-1)!.byteLength) found.push(readBatchHeader(records, at));
    const last = found.at(-1);
    offset = last === undefined ? highWatermark : last.baseOffset + last.lastOffsetDelta + 1;
    if (offset >= highWatermark) return found;
  }
}

const ranges = (found: readonly BatchHeader[]): [number, number, number][] =>
  found.map(({ baseOffset, lastOffsetDelta, recordCount }) => [baseOffset, lastOffsetDelta, recordCount]);

test('of the records with one key the last stays, at its offset', async () => {
  const broker = await startCompacted();
  const kafka = connect(broker);
  await write(kafka, 'a=1', 'b=1', 'a=2');
  await write(kafka, 'c=1');
  await write(kafka, 'a=3', 'c=2', 'd=1');
  await write(kafka, 'd=2');

  await broker.maintain('seats');

  expect(await read(kafka, 4)).toEqual(['1 b=1', '4 a=3', '5 c=2', '7 d=2']);
  // The second batch is gone; the first and the third keep their ranges without their last records.
  expect(ranges(await headers(broker))).toEqual([
    [0, 2, 1],
    [4, 2, 2],
    [7, 0, 1],
  ]);
});

test('what is written while nothing was compacted stays as it is', async () => {
  const broker = await startCompacted();
  const kafka = connect(broker);
  await write(kafka, 'a=1', 'a=2');
  await broker.maintain('seats');
  await write(kafka, 'a=3', 'a=4');

  expect(await read(kafka, 3)).toEqual(['1 a=2', '2 a=3', '3 a=4']);
  await broker.maintain('seats');
  expect(await read(kafka, 1)).toEqual(['3 a=4']);
});

test('readers get past a file whose records are all gone, and past the end of one that lost its last records', async () => {
  const broker = await startCompacted();
  const kafka = connect(broker);
  await write(kafka, 'a=1', 'b=1');
  await broker.maintain('seats');
  await write(kafka, 'c=1');
  await write(kafka, 'a=2', 'b=2');
  await broker.maintain('seats');
  await write(kafka, 'a=3', 'b=3');
  await broker.maintain('seats');

  expect(ranges(await headers(broker))).toEqual([
    [2, 0, 1],
    [5, 1, 2],
  ]);
  expect(await read(kafka, 3)).toEqual(['2 c=1', '5 a=3', '6 b=3']);
});

test('a compacted log is the same after a restart', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });
  await createTopic(connect(first), 'seats', 1, COMPACTED);
  for (let round = 0; round < 3; round++) {
    await write(connect(first), 'a=1', `b=${round}`, `c${round}=1`);
    await first.maintain();
  }
  const before = await headers(first);
  await first.close();

  const second = await startBroker({ dataDir });

  expect(await headers(second)).toEqual(before);
  expect(await read(connect(second), 5)).toEqual(['2 c0=1', '5 c1=1', '6 a=1', '7 b=2', '8 c2=1']);
  const [topic] = await readdir(join(dataDir, 'topics'));
  const files = await readdir(join(dataDir, 'topics', topic!, '0'));
  expect(files.filter((name) => !name.endsWith('.log'))).toEqual([]);
});

test('what a crash in the middle of compaction leaves is cleared away', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });
  await createTopic(connect(first), 'seats', 1, COMPACTED);
  await write(connect(first), 'a=1', 'a=2');
  await first.maintain();
  await first.close();
  const [topic] = await readdir(join(dataDir, 'topics'));
  const folder = join(dataDir, 'topics', topic!, '0');
  const [compacted, active] = (await readdir(folder)).sort();
  expect([compacted, active]).toEqual([`${'0'.repeat(20)}.compacted.log`, `${'0'.repeat(19)}2.log`]);
  await writeFile(join(folder, `${'0'.repeat(20)}.log`), 'what it was made of');
  await writeFile(join(folder, `${'0'.repeat(20)}.compacted.log.new`), 'half of a sec');

  const second = await startBroker({ dataDir });

  expect(await read(connect(second), 1)).toEqual(['1 a=2']);
  expect((await readdir(folder)).sort()).toEqual([compacted, active]);
});

test('a tombstone stays for delete.retention.ms from its first compaction on, with the timestamps it had', async () => {
  let now = Date.now();
  const broker = await startCompacted({ 'delete.retention.ms': '1000' }, () => now);
  const kafka = connect(broker);
  await send(kafka, 'seats', [
    { key: 'a', value: '1', timestamp: '1671494400000' },
    { key: 'a', value: null, timestamp: '1671494400001' },
    { key: 'b', value: '1', timestamp: '-1' },
  ]);

  await broker.maintain('seats');
  const [batch] = await headers(broker);
  expect(batch!.attributes & Attributes.DELETE_HORIZON).not.toBe(0);
  expect(batch!.baseTimestamp).toBe(BigInt(now + 1000));
  const kept = await receive(kafka, 'seats', 2);
  expect(kept.map(({ message }) => [message.offset, message.timestamp])).toEqual([
    ['1', '1671494400001'],
    ['2', '-1'],
  ]);

  now += 1000;
  await broker.maintain('seats');
  expect(await read(kafka, 1)).toEqual(['2 b=1']);
});

test('the last batch of an idempotent producer stays as a header, so that it can go on after a restart', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });
  const kafka = connect(first);
  await createTopic(kafka, 'seats', 1, COMPACTED);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  await producer.send({ topic: 'seats', messages: [{ key: 'a', value: '1' }] });
  await write(kafka, 'a=2');
  await write(kafka, 'b=1');
  await first.maintain();
  const before = await headers(first);
  expect(ranges(before)).toEqual([
    [0, 0, 0],
    [1, 0, 1],
    [2, 0, 1],
  ]);
  await first.close();

  const second = await startBroker({ dataDir, port: first.port });
  await producer.send({ topic: 'seats', messages: [{ key: 'c', value: '1' }] });

  expect((await headers(second)).at(-1)).toMatchObject({ baseOffset: 3, baseSequence: 1 });
});

test('an open transaction stops compaction, and an aborted one supersedes nothing', async () => {
  const broker = await startCompacted();
  const kafka = connect(broker);
  await write(kafka, 'a=1', 'b=1');
  const inTransaction = async (end: 'commit' | 'abort', value: string): Promise<() => Promise<void>> => {
    const producer: Producer = kafka.producer({ transactionalId: value, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    onTestFinished(() => producer.disconnect());
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'seats', messages: [{ key: 'a', value }] });
    return () => transaction[end]();
  };
  await (
    await inTransaction('abort', 'aborted')
  )();
  const commit = await inTransaction('commit', 'committed');
  await broker.maintain('seats');
  expect((await headers(broker))[0]).toMatchObject({ baseOffset: 0, recordCount: 2 });
  await commit();

  await broker.maintain('seats');

  expect(await read(kafka, 2)).toEqual(['1 b=1', '4 a=committed']);
});

test('a compacted topic refuses records without a key', async () => {
  const kafka = connect(await startCompacted());

  await expect(send(kafka, 'seats', [{ key: null, value: '1' }])).rejects.toThrow();
  await write(kafka, 'a=1');
  expect(await read(kafka, 1)).toEqual(['0 a=1']);
});

test('the timer compacts what was closed by its size', async () => {
  const broker = await startBroker({ maintenanceEveryMs: 20 });
  const kafka = connect(broker);
  await createTopic(kafka, 'seats', 1, { ...COMPACTED, 'segment.bytes': '1' });
  for (const value of ['1', '2', '3']) await write(kafka, `a=${value}`);

  await expect
    .poll(() => headers(broker).then(ranges), { timeout: 20_000 })
    .toEqual([
      [1, 0, 1],
      [2, 0, 1],
    ]);
});
