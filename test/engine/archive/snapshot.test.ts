import { expect, test } from 'vitest';
import { buildSnapshot, digestOf, mergeGroups, snapshotSchema } from '../../../electron/engine/archive/snapshot';
import { isSnapshotName, snapshotName } from '../../../electron/engine/store/snapshot-names';
import { parseObjectName } from '../../../electron/engine/store/object-names';

const birds = { name: 'birds', topicId: 'A', partitions: 2, replicationFactor: 1, settings: { b: '2', a: '1' } };
const bees = { name: 'bees', topicId: 'B', partitions: 1, replicationFactor: 3, settings: {} };
const at = (topic: string, partition: number, offset: string) => ({ topic, partition, offset, metadata: '' });
const watchers = { groupId: 'watchers', stale: false, offsets: [at('birds', 1, '5'), at('birds', 0, '7')] };

test('equal content has an equal digest, in whatever order it came and whenever', () => {
  const one = buildSnapshot('cluster', 1_000, [birds, bees], [watchers]);
  const other = buildSnapshot(
    'cluster',
    2_000,
    [bees, { ...birds, settings: { a: '1', b: '2' } }],
    [{ ...watchers, offsets: watchers.offsets.toReversed() }],
  );
  const moved = buildSnapshot('cluster', 1_000, [birds, bees], [{ ...watchers, offsets: [at('birds', 0, '8')] }]);

  expect(digestOf(one)).toBe(digestOf(other));
  expect(digestOf(moved)).not.toBe(digestOf(one));
  expect(snapshotSchema.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
});

test('a group without an answer, or that lost its offsets, keeps the last ones and is marked', () => {
  const before = [watchers, { ...watchers, groupId: 'away' }, { ...watchers, groupId: 'forgotten' }];

  const merged = mergeGroups(
    new Map([
      ['watchers', [at('birds', 0, '9')]],
      ['away', null],
      ['new and silent', null],
      ['reads something else', []],
    ]),
    before,
  );

  expect(merged).toEqual([
    { groupId: 'watchers', stale: false, offsets: [at('birds', 0, '9')] },
    { groupId: 'away', stale: true, offsets: watchers.offsets },
    { groupId: 'new and silent', stale: true, offsets: [] },
    { groupId: 'forgotten', stale: true, offsets: watchers.offsets },
  ]);
});

test('a snapshot is named by its time, and is no archive by its name', () => {
  const name = snapshotName('archive', 'cluster', Date.parse('2026-11-23T14:05:06.789Z'), true);

  expect(name).toBe('archive/@snapshots/cluster/20261123T140506Z.json.age');
  expect(isSnapshotName(name)).toBe(true);
  expect(isSnapshotName(snapshotName('', 'cluster', 0, false))).toBe(true);
  expect(parseObjectName(name, 'archive')).toBeNull();
});
