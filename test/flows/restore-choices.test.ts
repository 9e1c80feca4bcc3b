/** Selections, refusals, and what is left alone when a restore ends early. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Kafka, logLevel } from 'kafkajs-plain';
import { TargetCluster } from '../../electron/engine/kafka/target-cluster';
import type { RestoreOptions } from '../../electron/engine/restore/to-kafka/options';
import { planRestore, type RestorePlan } from '../../electron/engine/restore/to-kafka/plan';
import { send, startArchiver } from './archiving';
import { TOPIC, type Environment } from './environment';
import { archiveAll, commitOffsets, equalRecords, restore, restoreOptions, setSettings } from './restoring';
import { startEnvironment } from './start-environment';
import { readTopic } from './truth';

let environment: Environment;

beforeEach(async () => {
  environment = await startEnvironment();
  await setSettings(environment, TOPIC, { 'retention.ms': '-1' });
});
afterEach(() => environment.close());

async function plan(options: RestoreOptions): Promise<RestorePlan> {
  const cluster = await TargetCluster.connect(environment.kafka);
  const planned = await planRestore(environment.store, cluster, options, Date.now());
  await cluster.close();
  return planned;
}

async function numbersIn(topic: string): Promise<number[]> {
  const records = await readTopic(environment.kafkaAddress, topic);
  return records.map(({ value }) => (JSON.parse(value ?? '') as { number: number }).number).sort((a, b) => a - b);
}

test('a time range, an offset range and keys are restored, and nothing else', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment);
  const time = 1_671_494_400_000n;

  const ranged = { fromTime: time + 1_000n, untilTime: time + 2_000n, keys: ['bus 3', 'bus 4'] };
  const result = await restore(environment, restoreOptions({ selection: ranged }));
  const offsets = { fromOffset: 10n, untilOffset: 20n };
  await restore(environment, restoreOptions({ job: 'offsets', toTopic: 'offsets', selection: offsets }));

  const wanted = Array.from({ length: 1_000 }, (_, index) => 1_000 + index).filter((n) => [3, 4].includes(n % 17));
  expect(await numbersIn('restored')).toEqual(wanted);
  expect(result.records).toBe(wanted.length);
  const source = await readTopic(environment.kafkaAddress, TOPIC);
  const chosen = source.filter(({ offset }) => offset >= 10 && offset < 20).map(({ value }) => value);
  const found = (await readTopic(environment.kafkaAddress, 'offsets')).map(({ value }) => value);
  expect(found).toEqual(chosen);
});

test('what stands against a restore is said in the plan, and then nothing is written', async () => {
  await send(environment, 0, 300);
  await archiveAll(environment);
  await environment.admin.ensureTopic('narrow', 2);
  await setSettings(environment, 'narrow', { 'retention.ms': '1000', 'message.timestamp.type': 'LogAppendTime' });

  const narrow = await plan(restoreOptions({ toTopic: 'narrow' }));
  const filled = await plan(restoreOptions({ toTopic: TOPIC }));
  const possible = await plan(restoreOptions());

  expect(narrow.refusals).toHaveLength(3);
  expect(narrow.refusals.join(' ')).toMatch(
    /narrow has 2 partitions.*3 are needed.*retention\.ms=1000.*300.*LogAppendTime/,
  );
  expect(filled.refusals.join(' ')).toMatch(/archivetest holds 300 records already/);
  expect(possible).toMatchObject({ refusals: [], target: { exists: false, partitions: 3 } });
  expect(possible.partitions.reduce((sum, { records }) => sum + records, 0)).toBe(300);
  await expect(restore(environment, restoreOptions({ toTopic: 'narrow' }))).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
  const ranges = await environment.admin.logRanges('narrow');
  expect(ranges.map(({ end }) => end)).toEqual([0n, 0n]);
});

test('a group with members is refused, and its offsets are left where they are', async () => {
  await send(environment, 0, 300);
  await commitOffsets(environment.kafkaAddress, 'reader', TOPIC, [5, 5, 5]);
  const watched = await startArchiver(environment, { snapshotEveryMs: 300, topicCheckMs: 100 });
  const snapshots = async () => (await environment.store.list({ prefix: 'archive/@snapshots/' })).objects.length;
  await expect.poll(snapshots, { timeout: 30_000 }).toBeGreaterThan(0);
  await watched.archiver.stop();
  const groups = [
    {
      groupId: 'reader',
      stale: false,
      seenAt: null,
      offsets: [{ topic: TOPIC, partition: 0, offset: '5', metadata: '' }],
    },
  ];
  const snapshot = {
    permafrostSnapshot: 1 as const,
    clusterId: 'any',
    takenAt: new Date(0).toISOString(),
    previous: null,
    topics: [],
    groups,
  };
  const client = new Kafka({ brokers: [environment.kafkaAddress], logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: 'reader' });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
  await joined;

  const { refusals } = await plan(restoreOptions({ snapshot, groups: null }));
  await consumer.disconnect();

  expect(refusals.join(' ')).toMatch(/group reader has 1 members/);
  expect(await plan(restoreOptions({ snapshot, groups: null }))).toMatchObject({ refusals: [] });
});

test('a restore that is cancelled says what it left behind, and the same job goes on', async () => {
  await send(environment, 0, 6_000);
  await archiveAll(environment, { limits: { maxBytes: 1e9, maxRecords: 500, maxAgeMs: 60_000 } });
  const cancel = new AbortController();
  const leftovers: unknown[] = [];

  const cancelled = restore(environment, restoreOptions(), cancel.signal, {
    progress: ({ records }) => {
      if (records > 1_000) cancel.abort();
    },
    leftover: (leftover) => leftovers.push(leftover),
  });

  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(leftovers.length).toBeGreaterThan(0);
  const other = restoreOptions({ selection: { fromOffset: 1n } });
  await expect(restore(environment, other)).rejects.toMatchObject({ code: 'INPUT_INVALID', context: { field: 'job' } });
  expect(await restore(environment, restoreOptions())).toMatchObject({ allRecords: 6_000 });
  expect(await equalRecords(environment.kafkaAddress, TOPIC, 'restored')).toBe(6_000);
});

test('a damaged archive ends it before anything of that archive is written', async () => {
  await send(environment, 0, 300);
  await archiveAll(environment);
  const { objects } = await environment.store.list({ prefix: `archive/${TOPIC}/` });
  const read = environment.store.stream.bind(environment.store);
  const store = Object.assign(Object.create(environment.store) as typeof environment.store, {
    async *stream(...args: Parameters<typeof read>) {
      for await (const piece of read(...args)) {
        const changed = Buffer.from(piece);
        changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
        yield changed;
      }
    },
    list: environment.store.list.bind(environment.store),
  });

  const damaged = restore({ kafka: environment.kafka, store }, restoreOptions());

  await expect(damaged).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  expect(objects.length).toBeGreaterThan(0);
  expect(await readTopic(environment.kafkaAddress, 'restored')).toEqual([]);
});
