import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Kafka, Producer } from 'kafkajs';
import { addPartitionsToTxn } from '../../../electron/sandbox/kafka/24-add-partitions-to-txn';
import { endTxn } from '../../../electron/sandbox/kafka/26-end-txn';
import { encodeMarker } from '../../../electron/sandbox/kafka/control-batch';
import { stampBatch } from '../../../electron/sandbox/kafka/record-batch';
import { connect, createTopic, makeFolder, receive, send, startBroker } from './support';
import { WireClient, fetchRaw } from './wire-client';

async function connectProducer(kafka: Kafka, transactionalId = 'depot', timeoutMs = 60_000): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId,
    transactionTimeout: timeoutMs,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { retries: 1 },
  });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  return producer;
}

async function sendIn(producer: Producer, topic: string, values: string[], end: 'commit' | 'abort'): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map((value) => ({ value })) });
  await transaction[end]();
}

async function valuesOf(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  return (await receive(kafka, topic, count)).map(({ message }) => `${message.offset} ${String(message.value)}`);
}

test.each([
  [
    'commit',
    '0000000000000005000000420000000702b38863710030000000000000018bcfe568000000018bcfe56800000000000000002a0003ffffffff000000012000000008000000010c00000000000000',
  ],
  [
    'abort',
    '000000000000000500000042000000070247b6b5390030000000000000018bcfe568000000018bcfe56800000000000000002a0003ffffffff000000012000000008000000000c00000000000000',
  ],
] as const)('a %s marker has the bytes that Apache Kafka 4.3 writes', (type, hex) => {
  const marker = encodeMarker({ type, producerId: 42, producerEpoch: 3, timestampMs: 1_700_000_000_000 });
  stampBatch(marker, 5, 7);

  expect(marker.toString('hex')).toBe(hex);
});

test('readers of what is committed see committed transactions only, others everything', async () => {
  const kafka = connect(await startBroker());
  await createTopic(kafka, 'buses');
  const producer = await connectProducer(kafka);

  await sendIn(producer, 'buses', ['a', 'b'], 'commit');
  await sendIn(producer, 'buses', ['c', 'd'], 'abort');
  await sendIn(producer, 'buses', ['e'], 'commit');
  await send(kafka, 'buses', [{ value: 'f' }]);

  // Offsets 2, 5 and 7 are markers.
  expect(await valuesOf(kafka, 'buses', 4)).toEqual(['0 a', '1 b', '6 e', '8 f']);
});

test('an open transaction holds readers of what is committed back, and a fetch that waits is woken by its end', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  const producer = await connectProducer(kafka);
  const transaction = await producer.transaction();
  await transaction.send({ topic: 'buses', messages: [{ value: 'a' }] });
  await send(kafka, 'buses', [{ value: 'b' }]);
  const client = await WireClient.connect(broker);

  expect(await fetchRaw(client, 'buses', 0, { isolation: 1 })).toMatchObject({
    lastStableOffset: 0,
    highWatermark: 2,
    aborted: [],
    records: Buffer.alloc(0),
  });
  expect((await fetchRaw(client, 'buses', 0)).records.length).toBeGreaterThan(0);
  const waiting = fetchRaw(await WireClient.connect(broker), 'buses', 0, { isolation: 1, maxWaitMs: 600_000 });
  await transaction.abort();

  expect(await waiting).toMatchObject({ lastStableOffset: 3, aborted: [{ firstOffset: 0 }] });
  expect(await fetchRaw(client, 'buses', 1, { isolation: 1 })).toMatchObject({ aborted: [{ firstOffset: 0 }] });
  expect(await fetchRaw(client, 'buses', 3, { isolation: 1 })).toMatchObject({ aborted: [], records: Buffer.alloc(0) });
});

test('open, committed and aborted transactions are what they were after a restart', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });
  const kafka = connect(first);
  await createTopic(kafka, 'buses');
  await sendIn(await connectProducer(kafka, 'a'), 'buses', ['aborted'], 'abort');
  await sendIn(await connectProducer(kafka, 'b'), 'buses', ['committed'], 'commit');
  const open = await (await connectProducer(kafka, 'c')).transaction();
  await open.send({ topic: 'buses', messages: [{ value: 'open' }] });
  await first.close();

  const second = await startBroker({ dataDir });
  const client = await WireClient.connect(second);

  expect(await fetchRaw(client, 'buses', 0, { isolation: 1 })).toMatchObject({
    lastStableOffset: 4,
    highWatermark: 5,
    aborted: [{ firstOffset: 0 }],
  });
  // Who takes the id over ends what the former owner left.
  await sendIn(await connectProducer(connect(second), 'c'), 'buses', ['anew'], 'commit');
  expect(await valuesOf(connect(second), 'buses', 2)).toEqual(['2 committed', '6 anew']);
});

test('a producer whose id was taken over is fenced, and what it left open is aborted', async () => {
  const kafka = connect(await startBroker());
  await createTopic(kafka, 'buses');
  const zombie = await (await connectProducer(kafka)).transaction();
  await zombie.send({ topic: 'buses', messages: [{ value: 'from the grave' }] });

  const heir = await connectProducer(kafka);
  await sendIn(heir, 'buses', ['a'], 'commit');

  // INVALID_PRODUCER_EPOCH: kafkajs speaks versions that know no PRODUCER_FENCED.
  await expect(zombie.send({ topic: 'buses', messages: [{ value: 'again' }] })).rejects.toMatchObject({ code: 47 });
  await expect(zombie.commit()).rejects.toMatchObject({ code: 47 });
  expect(await valuesOf(kafka, 'buses', 1)).toEqual(['2 a']);
});

test('a transaction that takes too long is aborted', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  const slow = await (await connectProducer(kafka, 'depot', 200)).transaction();
  await slow.send({ topic: 'buses', messages: [{ value: 'a' }] });
  const client = await WireClient.connect(broker);

  const woken = await fetchRaw(client, 'buses', 0, { isolation: 1, maxWaitMs: 600_000 });

  expect(woken).toMatchObject({ lastStableOffset: 2, aborted: [{ firstOffset: 0 }] });
  await expect(slow.commit()).rejects.toMatchObject({ code: 47 });
});

test('a commit that was prepared when the broker died is finished at the next start', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });
  const kafka = connect(first);
  await createTopic(kafka, 'buses');
  const transaction = await (await connectProducer(kafka)).transaction();
  await transaction.send({ topic: 'buses', messages: [{ value: 'a' }] });
  await first.close();
  const file = join(dataDir, 'transactions.jsonl');
  const last = (await readFile(file, 'utf8')).trimEnd().split('\n').at(-1)!;
  await appendFile(file, `${last.replace('"ongoing"', '"prepare-commit"')}\n{"transactionalId":"torn`);

  const second = await startBroker({ dataDir });

  expect(await valuesOf(connect(second), 'buses', 1)).toEqual(['0 a']);
});

test('offsets of a transaction count when it is committed, and not when it is aborted', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });
  const kafka = connect(first);
  await createTopic(kafka, 'buses');
  const producer = await connectProducer(kafka);
  const offsetsOf = async (group: string): Promise<string | undefined> => {
    const admin = kafka.admin();
    await admin.connect();
    const offsets = await admin.fetchOffsets({ groupId: group, topics: ['buses'] });
    await admin.disconnect();
    return offsets[0]?.partitions[0]?.offset;
  };
  const consume = async (offset: string, end: 'commit' | 'abort'): Promise<void> => {
    const transaction = await producer.transaction();
    const topics = [{ topic: 'buses', partitions: [{ partition: 0, offset }] }];
    await transaction.sendOffsets({ consumerGroupId: 'riders', topics });
    expect(await offsetsOf('riders')).not.toBe(offset);
    await transaction[end]();
  };

  await consume('3', 'commit');
  expect(await offsetsOf('riders')).toBe('3');
  await consume('5', 'abort');
  expect(await offsetsOf('riders')).toBe('3');
});

test('an end that is asked for twice, because an answer was lost, ends the transaction once', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  const producer = await connectProducer(kafka);
  broker.intercept(endTxn, async (_, next) => {
    await next();
    return next();
  });

  await sendIn(producer, 'buses', ['a'], 'commit');
  await sendIn(producer, 'buses', ['b'], 'commit');

  expect(await valuesOf(kafka, 'buses', 2)).toEqual(['0 a', '2 b']);
});

test('a batch of a transaction that does not know its partition is refused', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  const transaction = await (await connectProducer(kafka)).transaction();
  broker.intercept(addPartitionsToTxn, ({ topics }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => ({ partition, errorCode: 0 })),
    })),
  }));

  await expect(transaction.send({ topic: 'buses', messages: [{ value: 'a' }] })).rejects.toMatchObject({ code: 48 });
});
