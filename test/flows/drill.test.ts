/** A cluster is lost: its topics, settings, records and groups come back on an empty one. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TargetCluster } from '../../electron/engine/kafka/target-cluster';
import { send, startArchiver } from './archiving';
import { events, permafrost, type Running } from './command';
import { BUCKET, TOPIC, type Environment } from './environment';
import { commitOffsets, equalRecords, nextRecords, setSettings } from './restoring';
import { startSandbox } from './sandbox';
import { startEnvironment } from './start-environment';

const SLOW = 300_000;
const PATIENCE = { timeout: 60_000, interval: 200 };
const TEN_YEARS = String(3_650 * 86_400_000);

let lost: Environment;
let empty: Environment;

beforeEach(async () => {
  lost = await startSandbox();
  empty = await startEnvironment();
  await empty.admin.deleteTopic(TOPIC);
});
afterEach(async () => {
  await lost.close();
  await empty.close();
});

async function ownSettings(topic: string): Promise<Record<string, string>> {
  const cluster = await TargetCluster.connect(empty.kafka);
  const settings = await cluster.settings(topic);
  await cluster.close();
  return Object.fromEntries([...settings].flatMap(([name, { value, isOwn }]) => (isOwn ? [[name, value]] : [])));
}

function restoreAll(...flags: readonly string[]): Running {
  const place = ['--brokers', empty.kafkaAddress, '--endpoint', lost.bucketEndpoint, '--bucket', BUCKET];
  return permafrost('restore', ...place, '--all', '--snapshot', 'latest', '--job', 'drill', '--json', ...flags);
}

test('topics, settings, records and groups are back on an empty cluster', { timeout: SLOW }, async () => {
  await lost.admin.ensureTopic('other', 2);
  await lost.admin.ensureTopic('unused', 4);
  await setSettings(lost, TOPIC, { 'retention.ms': TEN_YEARS, 'max.message.bytes': '2000000' });
  await setSettings(lost, 'other', { 'cleanup.policy': 'compact' });
  await send(lost, 0, 9_000);
  await lost.producer.send(
    'other',
    Array.from({ length: 40 }, (_, index) => ({
      partition: index % 2,
      key: Buffer.from(`k${index}`),
      value: Buffer.from(`v${index}`),
      headers: [],
      timestamp: 1_671_494_400_000,
    })),
  );
  const ranges = await lost.admin.logRanges(TOPIC);
  const middle = ranges.map(({ end }) => Number(end / 2n));
  await commitOffsets(lost.kafkaAddress, 'pipeline', TOPIC, middle);
  await commitOffsets(lost.kafkaAddress, 'reports', TOPIC, [0, Number(ranges[1]?.end), 5]);
  await commitOffsets(lost.kafkaAddress, 'pipeline', 'other', [3, 20]);
  const watched = await startArchiver(lost, {
    topics: { names: [TOPIC, 'other', 'unused'], patterns: [] },
    snapshotEveryMs: 300,
    topicCheckMs: 100,
  });
  await expect
    .poll(
      async () => watched.archiver.status().partitions.reduce((sum, { tally }) => sum + tally.state.messages, 0),
      PATIENCE,
    )
    .toBe(9_040);
  await expect
    .poll(async () => (await lost.store.list({ prefix: 'archive/@snapshots/' })).objects.length, PATIENCE)
    .toBeGreaterThan(0);
  await watched.archiver.stop();

  const dry = restoreAll('--dry-run');
  expect((await dry.ended).code).toBe(0);
  const before = await empty.admin.groupIds();
  const drill = restoreAll();
  const { code, stderr } = await drill.ended;

  expect(before).toEqual([]);
  expect(code, stderr).toBe(4); // settings wait for a word
  expect(await equalRecords(lost.kafkaAddress, TOPIC, TOPIC, empty.kafkaAddress)).toBe(9_000);
  expect(await equalRecords(lost.kafkaAddress, 'other', 'other', empty.kafkaAddress)).toBe(40);
  expect(await empty.admin.partitionsOf('unused')).toBe(4);
  const { 'retention.ms': retention = '-1', ...others } = await ownSettings(TOPIC);
  expect(retention).toBe('-1');
  expect(others).toMatchObject({ 'max.message.bytes': '2000000' });
  for (const [group, topic] of [
    ['pipeline', TOPIC],
    ['reports', TOPIC],
    ['pipeline', 'other'],
  ] as const) {
    expect(await nextRecords(empty.kafkaAddress, group, topic)).toEqual(
      await nextRecords(lost.kafkaAddress, group, topic),
    );
  }
  const waiting = events(drill, 'restored').find(({ topic }) => topic === 'other');
  expect(waiting).toMatchObject({
    settings: { atWork: [{ name: 'cleanup.policy', effect: 'compacts', records: 40 }] },
  });

  expect(await restoreAll('--apply-settings').ended).toMatchObject({ code: 4 });
  expect((await ownSettings('other'))['cleanup.policy'] ?? 'delete').toBe('delete');
  expect(await restoreAll('--apply-settings', '--yes').ended).toMatchObject({ code: 0 });
  expect(await ownSettings(TOPIC)).toEqual({ 'retention.ms': TEN_YEARS, 'max.message.bytes': '2000000' });
  expect(await ownSettings('other')).toEqual({ 'cleanup.policy': 'compact' });
});
