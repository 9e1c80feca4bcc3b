/** Logs with holes: transactions and compaction. Compared with what other people's programs read. */
import { Kafka, logLevel, type Admin } from 'kafkajs-plain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { numbers, send, startArchiver } from './archiving';
import { makeCompactedTopic } from './compacted-topic';
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
  const end = await makeCompactedTopic(plain, admin, environment.kafkaAddress, 'compacted');

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
