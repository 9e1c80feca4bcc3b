/** What only a real Kafka makes: transactions, compacted logs, Java's batches, a broker that is killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigResourceTypes, Kafka, logLevel, type Admin } from 'kafkajs-plain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { asPermafrostError } from '../../shared/errors';
import type { ArchiveOptions } from '../../electron/engine/archive/options';
import { numbers, send, startArchiver, type Watched } from '../flows/archiving';
import { BUCKET, connect, TOPIC, type Environment } from '../flows/environment';
import { startRealServers, type RealServers } from './environment';
import { makeIdentity, openArchives, readTopic, type ArchivedObject } from './truth';

const POLL = { timeout: 60_000, interval: 100 };

let folder: string;
let environment: Environment & RealServers;
let plain: Kafka;
let admin: Admin;
let recipient: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-real-'));
  recipient = makeIdentity(path.join(folder, 'key.txt'));
  environment = await connect(await startRealServers(), 3);
  plain = new Kafka({ brokers: [environment.kafkaAddress], logLevel: logLevel.NOTHING });
  admin = plain.admin();
  await admin.connect();
});
afterEach(async () => {
  await admin.disconnect();
  await environment.close();
  await rm(folder, { recursive: true });
});

const archive = (options: Partial<ArchiveOptions> = {}): Promise<Watched> =>
  startArchiver(environment, { recipients: [parseRecipient(recipient)], ...options });

/** Waits until so many records are committed and every partition is read to its end, and stops. */
async function finish({ archiver }: Watched, topic: string, records: number): Promise<void> {
  await expect.poll(() => readTopic(environment.kafkaAddress, topic).length, POLL).toBeGreaterThanOrEqual(records);
  const hasReachedEnds = async (): Promise<boolean> => {
    const ranges = await environment.admin.logRanges(topic);
    const { partitions } = archiver.status();
    return ranges.every(({ partition, end }) =>
      partitions.some((each) => each.partition === partition && each.position === end),
    );
  };
  await expect.poll(hasReachedEnds, POLL).toBe(true);
  await archiver.stop();
}

async function archiveOf(topic: string): Promise<ArchivedObject[]> {
  const prefix = `archive/${topic}`;
  return openArchives(environment.bucketEndpoint, BUCKET, prefix, path.join(folder, 'key.txt'));
}

function total(objects: readonly ArchivedObject[], field: string): number {
  return objects.reduce((sum, { metadata }) => sum + Number(metadata[field]), 0);
}

const messages = (text: string, count: number) =>
  numbers(count).map((number) => ({ key: `bus ${number % 17}`, value: `{"${text}":${number}}` }));

test('of transactions what was committed is archived, what was aborted is left out and counted', async () => {
  const producer = plain.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: 'depot' });
  await producer.connect();
  for (const [round, ends] of ['commit', 'abort', 'abort', 'commit', 'abort', 'commit'].entries()) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: TOPIC, messages: messages(`${ends} ${round}`, 100) });
    await send(environment, round * 50, 50); // between the batches of the transaction
    await transaction.send({ topic: TOPIC, messages: messages(`${ends} again ${round}`, 100) });
    await (ends === 'commit' ? transaction.commit() : transaction.abort());
  }
  await producer.disconnect();

  const watched = await archive();
  await finish(watched, TOPIC, 900);

  const objects = await archiveOf(TOPIC);
  const records = objects.flatMap((each) => each.records);
  expect(records).toHaveLength(6 * 50 + 3 * 200);
  expect(records).toEqual(readTopic(environment.kafkaAddress, TOPIC));
  const logLength = (await environment.admin.logRanges(TOPIC)).reduce((sum, { end }) => sum + Number(end), 0);
  expect(total(objects, 'aborted')).toBe(3 * 200);
  expect(total(objects, 'control')).toBe(logLength - records.length - 3 * 200);
  expect(total(objects, 'control')).toBeGreaterThanOrEqual(6);
  expect(watched.problems).toEqual([]);
});

test('a transaction that is open holds back what lies behind it until it is decided', async () => {
  const producer = plain.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: 'depot' });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic: TOPIC, messages: numbers(3).map((partition) => ({ partition, value: 'open' })) });
  await send(environment, 0, 300);
  const watched = await archive({ limits: { maxBytes: 1e9, maxRecords: 1e9, maxAgeMs: 200 } });
  await expect.poll(() => watched.archiver.status().partitions.length, POLL).toBe(3);
  const during = watched.archiver.status().partitions.map(({ position }) => position);

  await transaction.commit();
  await finish(watched, TOPIC, 303);
  await producer.disconnect();

  expect(during).toEqual([0n, 0n, 0n]);
  const records = (await archiveOf(TOPIC)).flatMap((each) => each.records);
  expect(records).toEqual(readTopic(environment.kafkaAddress, TOPIC));
  expect(records).toHaveLength(303);
});

test('a compacted topic is archived with its holes, also where whole batches are gone', async () => {
  const config = (entries: Record<string, string>) => Object.entries(entries).map(([name, value]) => ({ name, value }));
  const compacted = config({
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.01',
    'segment.ms': '1000',
    'delete.retention.ms': '0',
    'max.compaction.lag.ms': '1000',
  });
  await admin.createTopics({ topics: [{ topic: 'compacted', numPartitions: 1, configEntries: compacted }] });
  const producer = plain.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const started = Date.now();
  for (const round of numbers(6)) {
    // each round is newer than a segment may be old, so that it begins one; only the newest is not compacted
    const timestamp = String(started - 60_000 + round * 5_000);
    const keep = messages(`round ${round}`, 60).map((each) => ({ ...each, timestamp }));
    const gone = numbers(20).map((key) => ({ key: `gone ${key}`, value: round < 3 ? 'x' : null, timestamp }));
    await producer.send({ topic: 'compacted', messages: [...keep, { key: `only ${round}`, value: 'y', timestamp }] });
    await producer.send({ topic: 'compacted', messages: gone });
  }
  await producer.disconnect();
  const end = 6 * 81;
  await expect.poll(() => readTopic(environment.kafkaAddress, 'compacted').length, POLL).toBeLessThan(end / 2);
  const frozen = [
    { type: ConfigResourceTypes.TOPIC, name: 'compacted', configEntries: config({ 'retention.ms': '-1' }) },
  ];
  await admin.alterConfigs({ validateOnly: false, resources: frozen }); // no compaction any more
  await sleep(2_000); // one that is under way

  const watched = await archive({ topics: { names: ['compacted'], patterns: [] } });
  await finish(watched, 'compacted', 0);

  const objects = await archiveOf('compacted');
  const records = objects.flatMap((each) => each.records);
  expect(records).toEqual(readTopic(environment.kafkaAddress, 'compacted'));
  expect(records.length).toBeLessThan(end / 2);
  expect(objects.at(-1)?.metadata['next-offset']).toBe(String(end));
  expect(watched.problems).toEqual([]);
});

test("what Java's producer wrote, with each codec, is archived as it is", async () => {
  await environment.admin.ensureTopic('java', 5);
  const program = path.join(import.meta.dirname, 'java/EveryCodec.java');
  await environment.server.tool(program, [environment.kafkaAddress, 'java', '400']);

  const watched = await archive({ topics: { names: ['java'], patterns: [] } });
  await finish(watched, 'java', 2_000);

  const records = (await archiveOf('java')).flatMap((each) => each.records);
  expect(records).toHaveLength(5 * 400);
  expect(records).toEqual(readTopic(environment.kafkaAddress, 'java'));
  expect(records[0]?.headers).toEqual(['2', 'b', '1', 'a', '2', '', 'none', null]);
  expect(watched.problems).toEqual([]);
});

/** An acknowledgement that is lost doubles records in Kafka. */
async function sendUntilAcknowledged(from: number, count: number): Promise<void> {
  try {
    await send(environment, from, count);
  } catch (thrown) {
    if (asPermafrostError(thrown).code !== 'KAFKA_UNAVAILABLE') throw thrown;
    await sendUntilAcknowledged(from, count);
  }
}

test('while the broker is killed and started again nothing is lost and nothing doubled', async () => {
  await send(environment, 0, 3_000);
  const options = { limits: { maxBytes: 1e9, maxRecords: 500, maxAgeMs: 300 }, sessionTimeoutMs: 6_000 };
  const watched = await archive(options);
  await expect.poll(() => watched.uploads.length, POLL).toBeGreaterThan(2);
  const restarted = environment.server.kill().then(() => environment.server.start());
  await Promise.all([restarted, sendUntilAcknowledged(3_000, 3_000)]);

  await finish(watched, TOPIC, 6_000);

  const records = (await archiveOf(TOPIC)).flatMap((each) => each.records);
  expect(records).toEqual(readTopic(environment.kafkaAddress, TOPIC));
  expect(new Set(records.map(({ value }) => value)).size).toBe(6_000);
  expect(watched.failures).toEqual([]);
});
