/** Kafka's log loses its end, as in an unclean election, and goes on otherwise. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KafkaProducer } from '../../electron/engine/kafka/producer';
import { readBy, readChains, startArchiver, type Chain } from './archiving';
import { TOPIC } from './environment';
import { startSandbox, type Sandbox } from './sandbox';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox(1);
});
afterEach(() => sandbox.close());

/** A batch of ten, so that the log can be cut between two. */
async function send(text: string, batches: number): Promise<void> {
  const producer = await KafkaProducer.connect(sandbox.kafka); // its sequence begins anew: the former may have lost its place
  for (let batch = 0; batch < batches; batch += 1) {
    const records = Array.from({ length: 10 }, (_, index) => ({
      key: null,
      value: Buffer.from(`${text} ${batch * 10 + index}`),
      headers: [],
      timestamp: 1_671_494_400_000,
    }));
    await producer.send(TOPIC, records);
  }
  await producer.close();
}

function values({ records }: Chain): string[] {
  return records.map(({ value }) => value?.toString().split(' ')[0] ?? '');
}

function lives(chains: readonly Chain[]): string[] {
  return chains.map(({ life }) => life.replace(/^[^~]+/, 'id')).sort();
}

test('cut below what is archived, and grown again: what Kafka holds now is archived as a life of its own', async () => {
  await send('lost', 5);
  const first = await startArchiver(sandbox);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(50);
  await first.archiver.stop();
  await sandbox.broker.truncate(TOPIC, 0, 20);
  await send('new', 6);

  const second = await startArchiver(sandbox);
  await expect.poll(() => readBy(second), { timeout: 20_000 }).toBe(80);
  await second.archiver.stop();

  const chains = await readChains(sandbox.store);
  const [old, anew] = [...chains].sort((a, b) => (a.life < b.life ? -1 : 1));
  expect(lives(chains)).toEqual(['id', 'id~1']);
  expect(values(old!)).toEqual(Array.from({ length: 50 }, () => 'lost'));
  expect(values(anew!)).toEqual([
    ...Array.from({ length: 20 }, () => 'lost'),
    ...Array.from({ length: 60 }, () => 'new'),
  ]);
  expect(second.problems).toContain('LOG_TRUNCATED');
});

test('cut while it is archived, above what is in the bucket: what was read of the lost end is read again', async () => {
  await send('kept', 2);
  const watched = await startArchiver(sandbox, { limits: { maxBytes: 1e9, maxRecords: 20, maxAgeMs: 60_000 } });
  await expect.poll(() => watched.uploads.length, { timeout: 20_000 }).toBe(1);
  await send('lost', 1);
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(30);

  await sandbox.broker.truncate(TOPIC, 0, 20);
  await send('new', 3);
  await expect.poll(() => watched.archiver.status().partitions[0]?.position, { timeout: 30_000 }).toBe(50n);
  await watched.archiver.stop();

  const chains = await readChains(sandbox.store);
  expect(lives(chains)).toEqual(['id']);
  expect(values(chains[0]!)).toEqual([
    ...Array.from({ length: 20 }, () => 'kept'),
    ...Array.from({ length: 30 }, () => 'new'),
  ]);
}, 60_000);

test('cut while it is archived, below what is in the bucket: it goes on in a life of its own', async () => {
  await send('lost', 3);
  const watched = await startArchiver(sandbox, { limits: { maxBytes: 1e9, maxRecords: 10, maxAgeMs: 60_000 } });
  await expect.poll(() => watched.uploads.length, { timeout: 20_000 }).toBe(3);

  await sandbox.broker.truncate(TOPIC, 0, 10);
  await send('new', 5);
  await expect.poll(() => watched.problems, { timeout: 30_000 }).toContain('LOG_TRUNCATED');
  await expect.poll(() => watched.archiver.status().partitions[0]?.position, { timeout: 30_000 }).toBe(60n);
  await watched.archiver.stop();

  const chains = await readChains(sandbox.store);
  expect(lives(chains)).toEqual(['id', 'id~1']);
  expect(values(chains.find(({ life }) => life.endsWith('~1'))!)).toEqual([
    ...Array.from({ length: 10 }, () => 'lost'),
    ...Array.from({ length: 50 }, () => 'new'),
  ]);
}, 60_000);
