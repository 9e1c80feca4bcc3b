import { expect, test } from 'vitest';
import { parseObjectName } from '../../../electron/engine/store/object-names';
import { parseSnapshotFacts, snapshotMetadata } from '../../../electron/engine/store/snapshot-metadata';
import { isSnapshotName, parseSnapshotName, snapshotName } from '../../../electron/engine/store/snapshot-names';

const TAKEN_AT = Date.parse('2026-11-23T14:05:06.789Z');

test.each(['', 'archive', 'a/b', '@snapshots'])(
  'a name under prefix "%s" is read back, and is no archive',
  (prefix) => {
    for (const isEncrypted of [true, false]) {
      const name = snapshotName(prefix, 'cluster', TAKEN_AT, isEncrypted);

      expect(parseSnapshotName(name)).toEqual({ clusterId: 'cluster', takenAt: TAKEN_AT - 789, isEncrypted });
      expect(parseObjectName(name, prefix)).toBeNull();
    }
  },
);

test('a name tells its time', () => {
  expect(snapshotName('archive', 'cluster', TAKEN_AT, true)).toBe(
    'archive/@snapshots/cluster/20261123T140506Z.json.age',
  );
});

test.each([
  'archive/@snapshots/cluster/20261123T140506Z.json.gz',
  'archive/@snapshots/cluster/20261323T140506Z.json',
  'archive/@snapshots/cluster/deeper/20261123T140506Z.json',
  'archive/@snapshots/20261123T140506Z.json',
  'archive@snapshots/cluster/20261123T140506Z.json',
  'archive/birds/life/partition=0/00000000000000000000.permafrost',
])('%s is no snapshot', (name) => {
  expect(isSnapshotName(name)).toBe(false);
});

const FACTS = { clusterId: 'cluster', topics: 2, groups: 3, digest: 'x'.repeat(43), recipients: ['SHA256:a', 'age1b'] };

test.each([FACTS, { ...FACTS, recipients: [] }])('metadata are read back', (facts) => {
  const metadata = snapshotMetadata(facts);

  expect(parseSnapshotFacts({ name: 's', metadata })).toEqual(facts);
  expect('permafrost' in metadata).toBe(false);
});

test('metadata of something else, of a newer format, and broken ones are told apart', () => {
  const codeOf = (metadata: Record<string, string>): unknown => {
    try {
      return parseSnapshotFacts({ name: 's', metadata });
    } catch (thrown) {
      return (thrown as { code: unknown }).code;
    }
  };

  expect(codeOf({})).toBe('NOT_AN_ARCHIVE');
  expect(codeOf({ ...snapshotMetadata(FACTS), 'permafrost-snapshot': '2' })).toBe('ARCHIVE_UNKNOWN_VERSION');
  expect(codeOf({ ...snapshotMetadata(FACTS), groups: 'many' })).toBe('ARCHIVE_DAMAGED');
});

test('what lies behind an "@" is no archive, however it goes on', () => {
  const name = 'archive/@snapshots/cluster/partition=0/00000000000000000000.permafrost';

  expect(parseObjectName(name, 'archive')).toBeNull();
  expect(parseObjectName(name.replace('@', ''), 'archive')).toMatchObject({ topic: 'snapshots' });
});
