/** Logs with holes: transactions and compaction. Compared with what other people's programs read. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigResourceTypes, Kafka, logLevel, type Admin } from 'kafkajs-plain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { numbers, send, startArchiver } from './archiving';
import { TOPIC, type Environment } from './environment';
import { startEnvironment } from './start-environment';
import { finish, makeAgeKey, openArchives, readTopic, type AgeKey, type ArchivedObject } from './truth';

const POLL = { timeout: 60_000, interval: 100 };

let environment: Environment;
let plain: Kafka;
let admin: Admin;
let key: AgeKey;

beforeEach(async () => {
  environment = await startEnvironment();
  key = await makeAgeKey();
  plain = new Kafka({ brokers: [environment.kafkaAddress], logLevel: logLevel.NOTHING });
  admin = plain.admin();
  await admin.connect();
});
afterEach(async () => {
  await admin.disconnect();
  await environment.close();
});

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

  const watched = await startArchiver(environment, { recipients: key.recipients });
  await finish(environment, watched, TOPIC, 900);

  const objects = await openArchives(environment, TOPIC, key);
  const records = objects.flatMap((each) => each.records);
  expect(records).toHaveLength(6 * 50 + 3 * 200);
  expect(records).toEqual(await readTopic(environment.kafkaAddress, TOPIC));
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
  const watched = await startArchiver(environment, {
    recipients: key.recipients,
    limits: { maxBytes: 1e9, maxRecords: 1e9, maxAgeMs: 200 },
  });
  await expect.poll(() => watched.archiver.status().partitions.length, POLL).toBe(3);
  const during = watched.archiver.status().partitions.map(({ position }) => position);

  await transaction.commit();
  await finish(environment, watched, TOPIC, 303);
  await producer.disconnect();

  expect(during).toEqual([0n, 0n, 0n]);
  const records = (await openArchives(environment, TOPIC, key)).flatMap((each) => each.records);
  expect(records).toEqual(await readTopic(environment.kafkaAddress, TOPIC));
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
  await expect
    .poll(async () => (await readTopic(environment.kafkaAddress, 'compacted')).length, POLL)
    .toBeLessThan(end / 2);
  const frozen = [
    { type: ConfigResourceTypes.TOPIC, name: 'compacted', configEntries: config({ 'retention.ms': '-1' }) },
  ];
  await admin.alterConfigs({ validateOnly: false, resources: frozen }); // no compaction any more
  await sleep(2_000); // one that is under way

  const watched = await startArchiver(environment, {
    recipients: key.recipients,
    topics: { names: ['compacted'], patterns: [] },
  });
  await finish(environment, watched, 'compacted', 0);

  const objects = await openArchives(environment, 'compacted', key);
  const records = objects.flatMap((each) => each.records);
  expect(records).toEqual(await readTopic(environment.kafkaAddress, 'compacted'));
  expect(records.length).toBeLessThan(end / 2);
  expect(objects.at(-1)?.metadata['next-offset']).toBe(String(end));
  expect(watched.problems).toEqual([]);
});
