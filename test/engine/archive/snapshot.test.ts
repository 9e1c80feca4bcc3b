import { expect, test } from 'vitest';
import {
  buildSnapshot,
  digestOf,
  encodeSnapshot,
  parseSnapshot,
  type GroupSnapshot,
  type TopicSnapshot,
} from '../../../electron/engine/archive/snapshot';

const birds: TopicSnapshot = {
  name: 'birds',
  topicId: 'A',
  partitions: 2,
  replicationFactor: 1,
  stale: false,
  settings: { b: '2', a: '1' },
};
const bees: TopicSnapshot = { ...birds, name: 'bees', topicId: '', settings: {} };
const at = (topic: string, partition: number, offset: string) => ({ topic, partition, offset, metadata: '' });
const watchers: GroupSnapshot = {
  groupId: 'watchers',
  stale: false,
  seenAt: null,
  offsets: [at('birds', 1, '5'), at('birds', 0, '7')],
};
const others: GroupSnapshot = { ...watchers, groupId: 'others' };
const content = { clusterId: 'cluster', topics: [birds, bees], groups: [watchers, others] };

test('equal content has an equal digest, in whatever order it came, whenever, and whatever was before', () => {
  const one = buildSnapshot(content, 1_000, null);
  const other = buildSnapshot(
    {
      clusterId: 'cluster',
      topics: [bees, { ...birds, settings: { a: '1', b: '2' } }],
      groups: [others, { ...watchers, offsets: watchers.offsets.toReversed() }],
    },
    2_000,
    'archive/@snapshots/cluster/19700101T000001Z.json',
  );

  expect(digestOf(other)).toBe(digestOf(one));
});

test.each([
  ['an offset', { ...content, groups: [{ ...watchers, offsets: [at('birds', 1, '6'), at('birds', 0, '7')] }, others] }],
  ['a mark', { ...content, groups: [{ ...watchers, stale: true }, others] }],
  ['a setting', { ...content, topics: [{ ...birds, settings: { b: '2', a: '3' } }, bees] }],
  ['settings that are not known', { ...content, topics: [birds, { ...bees, settings: null }] }],
  ['a partition', { ...content, topics: [{ ...birds, partitions: 3 }, bees] }],
  ['a group less', { ...content, groups: [watchers] }],
  ['another cluster', { ...content, clusterId: 'other' }],
])('%s changes the digest', (_, changed) => {
  expect(digestOf(buildSnapshot(changed, 1_000, null))).not.toBe(digestOf(buildSnapshot(content, 1_000, null)));
});

test('what is written is read back, and only as its metadata say', () => {
  const snapshot = buildSnapshot(content, Date.parse('2026-11-23T14:05:06.789Z'), 'before');
  const plain = encodeSnapshot(snapshot);

  expect(snapshot.takenAt).toBe('2026-11-23T14:05:06.789Z');
  expect(parseSnapshot('s', plain, digestOf(snapshot))).toEqual(snapshot);
  expect(parseSnapshot('s', plain, null)).toEqual(snapshot);
  const changed = Buffer.from(plain.toString().replace('"7"', '"8"'));
  expect(() => parseSnapshot('s', changed, digestOf(snapshot))).toThrow(
    expect.objectContaining({ code: 'ARCHIVE_DAMAGED', context: { object: 's' } }),
  );
});

test.each([
  ['nothing', '', 'ARCHIVE_DAMAGED'],
  ['null', 'null', 'ARCHIVE_DAMAGED'],
  ['something else', '{"permafrost":1}', 'ARCHIVE_DAMAGED'],
  [
    'a cut one',
    encodeSnapshot(buildSnapshot(content, 0, null))
      .toString()
      .slice(0, -20),
    'ARCHIVE_DAMAGED',
  ],
  ['an offset beyond int64', offsetOf('9223372036854775808'), 'ARCHIVE_DAMAGED'],
  ['a negative offset', offsetOf('-1'), 'ARCHIVE_DAMAGED'],
  ['a newer one', '{"permafrostSnapshot":2}', 'ARCHIVE_UNKNOWN_VERSION'],
])('%s is refused', (_, text, code) => {
  expect(() => parseSnapshot('s', Buffer.from(text), null)).toThrow(expect.objectContaining({ code }));
});

test('the largest offset is kept exactly', () => {
  const text = offsetOf('9223372036854775807');

  expect(parseSnapshot('s', Buffer.from(text), null).groups[0]?.offsets[0]?.offset).toBe('9223372036854775807');
});

function offsetOf(offset: string): string {
  const groups = [{ ...watchers, offsets: [at('birds', 0, offset)] }];
  return encodeSnapshot(buildSnapshot({ ...content, groups }, 0, null)).toString();
}
