import { expect, test } from 'vitest';
import { GroupTargets, wantedOffsets } from '../../../../electron/engine/restore/to-kafka/group-targets';

const WANTED = wantedOffsets([
  { groupId: 'b', stale: false, seenAt: null, offsets: [{ topic: 't', partition: 0, offset: '7', metadata: 'note' }] },
  { groupId: 'a', stale: false, seenAt: null, offsets: [{ topic: 't', partition: 0, offset: '3', metadata: '' }] },
  { groupId: 'c', stale: false, seenAt: null, offsets: [{ topic: 't', partition: 0, offset: '90', metadata: '' }] },
]).get(0)!;

const names = (wanted: readonly { readonly groupId: string }[]) => wanted.map(({ groupId }) => groupId);

test('each group goes on at the first batch that begins at or after its offset, or at the end', () => {
  const targets = new GroupTargets(WANTED, 0n);

  expect(targets.cutsIn(0n, 10n)).toEqual([3n, 7n]);
  expect(names(targets.reached(0n))).toEqual([]);
  expect(names(targets.reached(4n))).toEqual(['a']);
  expect(targets.cutsIn(0n, 10n)).toEqual([7n]);
  expect(names(targets.reached(7n))).toEqual(['b']);
  expect(names(targets.atEnd())).toEqual(['c']);
});

test('offsets of records that an earlier run has restored were committed with them', () => {
  expect(names(new GroupTargets(WANTED, 7n).atEnd())).toEqual(['b', 'c']);
  expect(names(new GroupTargets(WANTED, 8n).atEnd())).toEqual(['c']);
});
