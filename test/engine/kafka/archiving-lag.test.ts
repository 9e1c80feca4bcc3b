/** How far an archiver is behind, by what its group has committed at the sandbox's broker. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommittedOffset } from '../../../electron/engine/kafka/admin';
import { fetchLags, type LagQuestion } from '../../../electron/engine/kafka/archiving-lag';
import { connectCluster } from '../../../electron/engine/kafka/client';
import type { Cluster } from '../../../electron/engine/kafka/kafkajs-types';
import { fetchTopics } from '../../../electron/engine/kafka/topic-metadata';
import { fetch } from '../../../electron/sandbox/kafka/01-fetch';
import type { Fault } from '../../../electron/sandbox/kafka/api';
import type { ArchivingLag } from '../../../shared/model/topic';
import { send } from '../../flows/archiving';
import { TOPIC } from '../../flows/environment';
import { startSandbox, type Sandbox } from '../../flows/sandbox';

/** when record 0 of `send` was sent; each one is a millisecond younger */
const FIRST = 1_671_494_400_000;
let environment: Sandbox;
let cluster: Cluster;

async function start(partitions: number): Promise<void> {
  environment = await startSandbox(partitions);
  cluster = await connectCluster(environment.kafka);
}
beforeEach(() => start(1));
afterEach(async () => {
  await cluster.disconnect();
  await environment.close();
});

async function lag(
  offsets: readonly (readonly [partition: number, offset: bigint])[],
  options: Partial<LagQuestion> = {},
): Promise<ArchivingLag | undefined> {
  const topics = await fetchTopics(cluster, [TOPIC]);
  const committed: (CommittedOffset & { topic: string })[] = offsets.map(([partition, offset]) => ({
    ...{ topic: TOPIC, partition, offset, metadata: '' },
  }));
  const question = { topics, committed, now: FIRST + 10_000, giveUpMs: 10_000, ...options };
  return (await fetchLags(cluster, question)).lags.get(TOPIC);
}

const KEPT_UP: ArchivingLag = { hasBegun: true, records: 0, lost: 0, behindMs: 0, untold: 0 };

test('an archiver that has all of it is not behind', async () => {
  await send(environment, 0, 1_000);

  expect(await lag([[0, 1_000n]])).toEqual(KEPT_UP);
});

test('the age is that of the first record that is not archived, also inside a batch', async () => {
  await send(environment, 0, 1_000);

  expect(await lag([[0, 500n]])).toEqual({ ...KEPT_UP, records: 500, behindMs: 9_500 });
  expect(await lag([[0, 999n]])).toEqual({ ...KEPT_UP, records: 1, behindMs: 9_001 });
});

test('where nothing was archived yet it counts from the start of the log', async () => {
  expect(await lag([])).toEqual({ ...KEPT_UP, hasBegun: false });
  await send(environment, 0, 100);
  await environment.admin.deleteRecords(TOPIC, [{ partition: 0, offset: 30n }]);

  expect(await lag([])).toEqual({ hasBegun: false, records: 70, lost: 0, behindMs: 9_970, untold: 0 });
});

test('what Kafka has deleted before it was archived is lost, and not to be archived any more', async () => {
  await send(environment, 0, 100);
  await environment.admin.deleteRecords(TOPIC, [{ partition: 0, offset: 30n }]);

  expect(await lag([[0, 10n]])).toEqual({ hasBegun: true, records: 70, lost: 20, behindMs: 9_970, untold: 0 });
});

test('a log that was cut below what is archived is not behind', async () => {
  await send(environment, 0, 100);

  expect(await lag([[0, 2_000n]])).toEqual(KEPT_UP);
});

test('of several partitions the oldest record counts, and the records of all', async () => {
  await environment.close();
  await start(3);
  const record = (partition: number, timestamp: number) => ({
    ...{ key: null, value: Buffer.from('x'), headers: [], timestamp: FIRST + timestamp, partition },
  });
  const at = [record(0, 100), record(1, 50), record(1, 60)];
  for (const each of at) await environment.producer.send(TOPIC, [each]);

  expect(await lag([[1, 1n]])).toEqual({ hasBegun: true, records: 2, lost: 0, behindMs: 9_940, untold: 0 });
  expect(await lag([])).toEqual({ hasBegun: false, records: 3, lost: 0, behindMs: 9_950, untold: 0 });
});

test('an age that a broker does not tell in time is said not to be known', async () => {
  await send(environment, 0, 100);
  let answer: (fault: Fault) => void = () => undefined;
  environment.broker.intercept(fetch, () => new Promise((resolve) => (answer = resolve)));

  const told = await lag([], { giveUpMs: 300 });
  answer('close'); // kafkajs waits for it before it disconnects

  expect(told).toEqual({ hasBegun: false, records: 100, lost: 0, behindMs: null, untold: 1 });
});

test('records of no time at all have no age', async () => {
  await environment.producer.send(TOPIC, [{ key: null, value: null, headers: [], timestamp: -1 }]);

  expect(await lag([])).toEqual({ hasBegun: false, records: 1, lost: 0, behindMs: null, untold: 1 });
});
