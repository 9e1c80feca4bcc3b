import { describe, expect, it } from 'vitest';
import { Catalog, rowId } from '../../../../electron/engine/restore/catalog/catalog';
import {
  inPlaceOrder,
  isAt,
  keysOf,
  select,
  topicsOf,
  totalsOf,
} from '../../../../electron/engine/restore/catalog/view';
import type { ObjectRow } from '../../../../shared/model/archive';
import { NO_FILTER, WHOLE_BUCKET, type ObjectFilter, type Sort } from '../../../../shared/model/catalog';
import { archiveObject, otherObject, snapshotObject } from '../../../rows';

const OTHER_KEY = { partition: 1, recipients: ['SHA256:other'] };
const given = [
  archiveObject(30),
  archiveObject(200, { rawBytes: 5_000, codec: 'gzip' }),
  archiveObject(1_000, OTHER_KEY, { storageClass: 'ARCHIVE' }),
  archiveObject(0, { topic: 'another', partition: 10, recipients: [] }),
  archiveObject(0, { topic: 'another', partition: 9 }),
  otherObject('readme.txt'),
];
const catalog = new Catalog();
catalog.add(given);
const rows = inPlaceOrder(catalog.folders);

const filtered = (filter: Partial<ObjectFilter>): readonly ObjectRow[] =>
  select(rows, { ...WHOLE_BUCKET, filter: { ...NO_FILTER, ...filter } });
const sorted = (sort: Sort): readonly ObjectRow[] => select(rows, { ...WHOLE_BUCKET, sort });

describe('the order', () => {
  it('goes by topic, partition and offset as numbers, other objects last', () => {
    expect(rows).toEqual([given[4], given[3], given[0], given[1], given[2], given[5]]);
  });

  it('turns round, with other objects last all the same', () => {
    const turned = sorted({ column: 'offsets', isDescending: true });
    expect(turned).toEqual([given[2], given[1], given[0], given[3], given[4], given[5]]);
  });

  it('goes by what a column says, and by place where that says the same', () => {
    expect(sorted({ column: 'ratio', isDescending: true })[0]).toBe(given[1]);
    expect(sorted({ column: 'codec', isDescending: false })[0]).toBe(given[1]);
    expect(sorted({ column: 'class', isDescending: false })[0]).toBe(given[2]);
    expect(sorted({ column: 'records', isDescending: true })).toEqual(rows);
  });
});

describe('the filter', () => {
  it('takes a number as an offset: what holds it, and what begins with its digits', () => {
    expect(filtered({ text: '1,050' })).toEqual([given[2]]);
    expect(filtered({ text: '20' })).toContain(given[1]);
  });

  it('finds names, fingerprints, codecs and classes as text', () => {
    expect(filtered({ text: 'sha256:OTHER' })).toEqual([given[2]]);
    expect(filtered({ text: 'readme' })).toEqual([given[5]]);
    expect(filtered({ text: 'gzip' })).toEqual([given[1]]);
    expect(filtered({ text: 'archive', key: 'SHA256:other' })).toEqual([given[2]]);
  });

  it('takes what has messages of a time', () => {
    const at = Date.UTC(2026, 0, 1);
    expect(filtered({ fromTime: at })).toHaveLength(5);
    expect(filtered({ fromTime: at + 3_600_000 })).toHaveLength(5);
    expect(filtered({ fromTime: at + 3_600_001 })).toEqual([]);
    expect(filtered({ untilTime: at })).toEqual([]);
    expect(filtered({ untilTime: at + 1 })).toHaveLength(5);
  });

  it('tells what needs no key', () => {
    expect(filtered({ key: '' })).toEqual([given[3]]);
    expect(keysOf(rows)).toEqual([
      { fingerprint: 'SHA256:key-one', archives: 3 },
      { fingerprint: '', archives: 1 },
      { fingerprint: 'SHA256:other', archives: 1 },
    ]);
  });

  it('lets everything through when it is empty', () => {
    expect(filtered({ text: '  ' })).toEqual(rows);
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
    expect(topicsOf(rows)).toEqual([
      {
        topic: 'another',
        archives: 2,
        partitions: [
          { partition: 9, archives: 1 },
          { partition: 10, archives: 1 },
        ],
      },
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
    const place = { kind: 'partition', topic: 'archivetest', partition: 1 } as const;
    expect(select(rows, { ...WHOLE_BUCKET, place })).toEqual([given[2]]);
    expect(select(rows, { ...WHOLE_BUCKET, place: { kind: 'other' } })).toEqual([given[5]]);
  });

  it('add up', () => {
    expect(totalsOf(rows)).toEqual({ objects: 6, archives: 5, records: 500, rawBytes: 45_000, storedBytes: 6_000 });
  });
});

it('tells two versions of one name apart', () => {
  expect(rowId({ name: 'a', generation: '1' })).not.toBe(rowId({ name: 'a', generation: '2' }));
});
