import { describe, expect, it } from 'vitest';
import { branchesOf, isAt, matches, rowId, sorted, totalsOf } from '../../../renderer/stores/bucket-rows';
import {
  activate,
  extendTo,
  keepKnown,
  NOTHING_SELECTED,
  step,
  tickAll,
  toggle,
} from '../../../renderer/stores/selection';
import { archiveObject, otherObject, snapshotObject } from '../support';

const rows = [
  archiveObject(1_000, { partition: 1, recipients: ['SHA256:other'] }),
  otherObject('readme.txt'),
  archiveObject(200, { rawBytes: 5_000 }),
  archiveObject(30),
];

describe('the filter', () => {
  it('takes a number as an offset: what covers it, and what begins with its digits', () => {
    const found = rows.filter((row) => matches(row, '1,050'));
    expect(found).toEqual([rows[0]]);
    expect(rows.filter((row) => matches(row, '20'))).toContain(rows[2]);
  });

  it('finds fingerprints, names and times as text', () => {
    expect(rows.filter((row) => matches(row, 'sha256:OTHER'))).toEqual([rows[0]]);
    expect(rows.filter((row) => matches(row, 'readme'))).toEqual([rows[1]]);
    expect(rows.filter((row) => matches(row, '2026-01-01 01:00'))).toHaveLength(3);
  });

  it('lets everything through when it is empty', () => {
    expect(rows.every((row) => matches(row, '  '))).toBe(true);
  });
});

describe('the order', () => {
  it('goes by topic, partition and offset as numbers, other objects last', () => {
    const names = sorted(rows, { column: 'offsets', isDescending: false }).map(({ name }) => name.slice(-12));
    expect(names).toEqual(['0.permafrost', '0.permafrost', '0.permafrost', 'readme.txt']);
    const offsets = sorted(rows, { column: 'offsets', isDescending: false }).map((row) => row.archive?.firstOffset);
    expect(offsets).toEqual(['30', '200', '1000', undefined]);
  });

  it('turns round, with other objects last all the same', () => {
    const offsets = sorted(rows, { column: 'offsets', isDescending: true }).map((row) => row.archive?.firstOffset);
    expect(offsets).toEqual(['1000', '200', '30', undefined]);
  });

  it('goes by ratio of what is stored to what was raw', () => {
    const offsets = sorted(rows, { column: 'ratio', isDescending: true }).map((row) => row.archive?.firstOffset);
    expect(offsets[0]).toBe('200');
  });
});

describe('the places', () => {
  it('keep snapshots apart from archives and from other objects', () => {
    const snapshot = snapshotObject();
    expect(isAt(snapshot, { kind: 'snapshots' })).toBe(true);
    expect(isAt(snapshot, { kind: 'other' })).toBe(false);
    expect(rows.filter((row) => isAt(row, { kind: 'snapshots' }))).toEqual([]);
    expect(totalsOf([snapshot]).archives).toBe(0);
  });

  it('count archives by topic and partition', () => {
    expect(branchesOf(rows)).toEqual([
      {
        topic: 'archivetest',
        archives: 3,
        partitions: [
          { partition: 0, archives: 2 },
          { partition: 1, archives: 1 },
        ],
      },
    ]);
  });

  it('hold what belongs to them', () => {
    expect(rows.filter((row) => isAt(row, { kind: 'partition', topic: 'archivetest', partition: 1 }))).toEqual([
      rows[0],
    ]);
    expect(rows.filter((row) => isAt(row, { kind: 'other' }))).toEqual([rows[1]]);
  });

  it('add up', () => {
    expect(totalsOf(rows)).toEqual({ objects: 4, archives: 3, records: 300, rawBytes: 25_000, storedBytes: 4_000 });
  });
});

describe('the selection', () => {
  const order = ['a', 'b', 'c', 'd'];

  it('ticks a range from the anchor, both ways', () => {
    const down = extendTo(activate(NOTHING_SELECTED, 'b'), 'd', order);
    expect([...down.ticked]).toEqual(['b', 'c', 'd']);
    const up = extendTo(activate(NOTHING_SELECTED, 'c'), 'a', order);
    expect([...up.ticked].sort()).toEqual(['a', 'b', 'c']);
    expect(up.active).toBe('a');
  });

  it('ticks one more and one less', () => {
    const once = toggle(NOTHING_SELECTED, 'b');
    expect([...once.ticked]).toEqual(['b']);
    expect([...toggle(once, 'b').ticked]).toEqual([]);
  });

  it('steps within the rows', () => {
    expect(step(NOTHING_SELECTED, 1, order)).toBe('a');
    expect(step(activate(NOTHING_SELECTED, 'b'), 1, order)).toBe('c');
    expect(step(activate(NOTHING_SELECTED, 'b'), Infinity, order)).toBe('d');
    expect(step(activate(NOTHING_SELECTED, 'b'), -12, order)).toBe('a');
    expect(step(NOTHING_SELECTED, 1, [])).toBeNull();
  });

  it('drops what is gone after a refresh, and keeps the rest', () => {
    const all = tickAll(activate(NOTHING_SELECTED, 'a'), order);
    const kept = keepKnown(all, new Set(['b', 'c']));
    expect([...kept.ticked]).toEqual(['b', 'c']);
    expect(kept.active).toBeNull();
  });

  it('tells two versions of one name apart', () => {
    expect(rowId({ name: 'a', generation: '1' })).not.toBe(rowId({ name: 'a', generation: '2' }));
  });
});
