/** Which topics are archived, from where, and what happens when they come, go, or lose their tail. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectKafka } from '../../electron/engine/kafka/client';
import { KafkaProducer } from '../../electron/engine/kafka/producer';
import { archivedNumbers, numbers, readBy, readChains, send, startArchiver } from './archiving';
import { TOPIC, type Environment } from './environment';
import { startEnvironment } from './start-environment';

let environment: Environment;

beforeEach(async () => {
  environment = await startEnvironment();
});
afterEach(() => environment.close());

async function sendTo(topic: string, from: number, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from('k'),
    value: Buffer.from(`{"number":${from + index}}`),
    headers: [],
    timestamp: 1_671_494_400_000 + from + index,
  }));
  await environment.producer.send(topic, records);
}

const QUICK = { topicCheckMs: 100 };

test('topics are taken by pattern, also those that are made while it runs; others are left alone', async () => {
  await environment.admin.ensureTopic('bus-1', 1);
  await environment.admin.ensureTopic('tram-1', 1);
  await sendTo('bus-1', 0, 100);
  await sendTo('tram-1', 1_000, 100);
  const watched = await startArchiver(environment, { ...QUICK, topics: { names: [], patterns: ['bus-\\d+'] } });
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(100);
  await environment.admin.ensureTopic('bus-2', 2);
  await sendTo('bus-2', 100, 100);

  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(200);

  await watched.archiver.stop();
  expect(await archivedNumbers(environment.store)).toEqual(numbers(200));
  expect(watched.failures).toEqual([]);
});

test('partitions that are added while it runs are archived from their first record', async () => {
  await send(environment, 0, 300);
  const watched = await startArchiver(environment, QUICK);
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(300);
  const admin = connectKafka({ brokers: [environment.kafkaAddress], clientId: 'test' }).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic: TOPIC, count: 6 }] });
  await admin.disconnect();
  await expect.poll(() => watched.archiver.status().assigned, { timeout: 20_000 }).toBe(6);
  const producer = await KafkaProducer.connect(environment.kafka); // one that knows of the new partitions
  await send({ ...environment, producer }, 300, 300);
  await producer.close();
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(600);

  await watched.archiver.stop();
  const chains = await readChains(environment.store);
  expect(chains.filter(({ records }) => records.length > 0).length).toBeGreaterThan(3);
  expect(await archivedNumbers(environment.store)).toEqual(numbers(600));
});

test('a topic that goes away is archived to its end, and does not keep the others from going on', async () => {
  await environment.admin.ensureTopic('other', 1);
  await send(environment, 0, 300);
  await sendTo('other', 1_000, 100);
  const watched = await startArchiver(environment, { ...QUICK, topics: { names: [TOPIC, 'other'], patterns: [] } });
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(400);

  await environment.admin.deleteTopic('other');
  await expect
    .poll(() => watched.uploads.map(({ name }) => name.split('/')[1]), { timeout: 30_000 })
    .toContain('other');
  await send(environment, 300, 300);
  await expect.poll(() => readBy(watched), { timeout: 30_000 }).toBe(600);
  await watched.archiver.stop();

  expect(watched.failures).toEqual([]);
  expect(await archivedNumbers(environment.store)).toEqual([
    ...numbers(600),
    ...numbers(100).map((number) => number + 1_000),
  ]);
}, 90_000);

test('started at the latest record, what lies before is a gap, and a second start does not move it', async () => {
  await send(environment, 0, 300);
  const first = await startArchiver(environment, { start: 'latest' });
  await send(environment, 300, 300);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(300);
  await first.archiver.stop();
  await send(environment, 600, 300);

  const second = await startArchiver(environment, { start: 'latest' });
  await expect.poll(() => readBy(second), { timeout: 20_000 }).toBe(600);
  await second.archiver.stop();

  const chains = await readChains(environment.store);
  expect(chains.map(({ segments }) => segments[0]?.gap)).toEqual(['before-start', 'before-start', 'before-start']);
  expect(await archivedNumbers(environment.store)).toEqual(numbers(900).slice(300));
});

test('a start that was chosen while the topic was empty is not chosen again', async () => {
  const first = await startArchiver(environment, { start: 'latest' });
  await expect.poll(() => first.archiver.status().partitions.length, { timeout: 20_000 }).toBe(3);
  await expect
    .poll(async () => (await environment.admin.committed('archiver', TOPIC)).length, { timeout: 20_000 })
    .toBe(3);
  await first.archiver.stop();
  await send(environment, 0, 300);

  const second = await startArchiver(environment, { start: 'latest' });
  await expect.poll(() => readBy(second), { timeout: 20_000 }).toBe(300);
  await second.archiver.stop();

  expect(await archivedNumbers(environment.store)).toEqual(numbers(300));
});

test('started at a time, it begins with the first record that is as new', async () => {
  await send(environment, 0, 300);

  const watched = await startArchiver(environment, { start: { time: 1_671_494_400_000 + 100 } });
  await expect
    .poll(() => watched.archiver.status().partitions.filter(({ tally }) => tally.state.messages > 0).length, {
      timeout: 20_000,
    })
    .toBe(3);
  await watched.archiver.stop();

  const archived = await archivedNumbers(environment.store);
  expect(archived.filter((number) => number >= 100)).toEqual(numbers(300).slice(100));
  expect(archived.length).toBeLessThan(300);
});

test('paused, it reads nothing more and stays a member; resumed, it goes on without a loss', async () => {
  await send(environment, 0, 300);
  const watched = await startArchiver(environment, { limits: { maxBytes: 1e9, maxRecords: 1e9, maxAgeMs: 500 } });
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(300);
  watched.archiver.pause();
  await expect.poll(() => archivedNumbers(environment.store), { timeout: 20_000 }).toEqual(numbers(300));
  await send(environment, 300, 300);
  const other = await startArchiver(environment, { groupId: 'other', prefix: 'elsewhere' });
  await expect.poll(() => readBy(other), { timeout: 20_000 }).toBe(600);
  await other.archiver.stop();
  const during = readBy(watched);

  watched.archiver.resume();
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(600);
  await watched.archiver.stop();

  expect(during).toBe(300);
  expect(await archivedNumbers(environment.store)).toEqual(numbers(600));
});
