import { expect, test } from 'vitest';
import type { SandboxBroker } from '../../../electron/sandbox/kafka/broker';
import { connect, createTopic, makeFolder, receive, send, startBroker } from './support';
import { WireClient, fetchRaw } from './wire-client';

const DAY_MS = 86_400_000;

async function startOf(broker: SandboxBroker): Promise<number> {
  const admin = connect(broker).admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets('buses');
  await admin.disconnect();
  return Number(offsets[0]!.low);
}

test('records expire file by file, also those of the last file, and stay gone after a restart', async () => {
  const dataDir = await makeFolder();
  let now = Date.now();
  const broker = await startBroker({ dataDir, clock: () => now });
  const kafka = connect(broker);
  await createTopic(kafka, 'buses', 1, { 'retention.ms': String(DAY_MS), 'segment.bytes': '1' });
  const at = (daysAgo: number): string => String(now - daysAgo * DAY_MS);
  for (const daysAgo of [3, 2, 0.5]) await send(kafka, 'buses', [{ value: 'a', timestamp: at(daysAgo) }]);

  await broker.maintain();
  expect(await startOf(broker)).toBe(2);
  now += DAY_MS;
  await broker.maintain();
  expect(await startOf(broker)).toBe(3);
  expect((await fetchRaw(await WireClient.connect(broker), 'buses', 0)).errorCode).toBe(1);

  await broker.close();
  const again = await startBroker({ dataDir });
  expect(await startOf(again)).toBe(3);
  await send(connect(again), 'buses', [{ value: 'b' }]);
  const [received] = await receive(connect(again), 'buses', 1);
  expect(received?.message.offset).toBe('3');
});

test('more than retention.bytes expires, but for the last file', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses', 1, { 'retention.bytes': '2000', 'segment.bytes': '1' });
  for (let at = 0; at < 10; at++) await send(kafka, 'buses', [{ value: 'x'.repeat(900) }]);

  await broker.maintain('buses');

  // Three messages are more than 2000 bytes, two are less: the third oldest may go only if enough is left.
  expect(await startOf(broker)).toBe(7);
});

test('without a setting of its own a topic keeps records of any age', async () => {
  const broker = await startBroker();
  await send(connect(broker), 'buses', [{ value: 'a', timestamp: '0' }]);

  await broker.maintain();

  expect(await startOf(broker)).toBe(0);
});

test('the timer lets records expire', async () => {
  const broker = await startBroker({ maintenanceEveryMs: 20 });
  await createTopic(connect(broker), 'buses', 1, { 'retention.ms': '1' });
  await send(connect(broker), 'buses', [{ value: 'a', timestamp: '0' }]);

  await expect.poll(() => startOf(broker), { timeout: 20_000 }).toBe(1);
});

test('with LogAppendTime records have the time of their arrival', async () => {
  const broker = await startBroker({ clock: () => 1_700_000_000_000 });
  const kafka = connect(broker);
  await createTopic(kafka, 'buses', 1, { 'message.timestamp.type': 'LogAppendTime' });

  await send(kafka, 'buses', [
    { value: 'a', timestamp: '5' },
    { value: 'b', timestamp: '7' },
  ]);

  const received = await receive(kafka, 'buses', 2);
  expect(received.map(({ message }) => message.timestamp)).toEqual(['1700000000000', '1700000000000']);
});

test.each([
  [{ 'max.message.bytes': '100' }, { type: 'MESSAGE_TOO_LARGE' }],
  [{ 'min.insync.replicas': '2' }, { cause: { type: 'NOT_ENOUGH_REPLICAS' } }],
])('with %o a message is refused', async (configs, error) => {
  const kafka = connect(await startBroker());
  await createTopic(kafka, 'buses', 1, configs);
  const producer = kafka.producer({ retry: { retries: 0 } });
  await producer.connect();

  const sent = producer.send({ topic: 'buses', messages: [{ value: 'x'.repeat(200) }] });

  await expect(sent.finally(() => producer.disconnect())).rejects.toMatchObject(error);
});
