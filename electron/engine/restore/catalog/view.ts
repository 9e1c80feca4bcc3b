/** Which of a catalog's objects are shown, and in which order. Without state: the same input gives the same rows. */
import type { ObjectRow } from '../../../../shared/model/archive';
import type {
  CatalogQuery,
  KeyUse,
  ObjectFilter,
  Place,
  Sort,
  SortColumn,
  TopicBranch,
  Totals,
} from '../../../../shared/model/catalog';
import type { Folders } from './catalog';

/** All rows, by topic, partition and offset; what is no archive comes last, by name. */
export function inPlaceOrder(folders: Folders): readonly ObjectRow[] {
  const chains: { readonly topic: string; readonly partition: number; readonly rows: ObjectRow[] }[] = [];
  const others: ObjectRow[] = [];
  for (const rows of folders.values()) {
    // whatever the folder is called, metadata say what lies in it
    const inFolder = new Map<string, ObjectRow[]>();
    for (const row of rows) {
      if (row.archive === null) {
        others.push(row);
        continue;
      }
      const { topic, partition } = row.archive;
      const chain = inFolder.get(`${partition} ${topic}`);
      if (chain !== undefined) {
        chain.push(row);
        continue;
      }
      const rowsOfChain = [row];
      inFolder.set(`${partition} ${topic}`, rowsOfChain);
      chains.push({ topic, partition, rows: rowsOfChain });
    }
  }
  chains.sort((a, b) => compare(a.topic, b.topic) || a.partition - b.partition);
  others.sort((a, b) => compare(a.name, b.name));
  return [...chains.map(({ rows }) => rows), others].flat();
}

/** @param rows in place order, which decides where the column does not */
export function select(rows: readonly ObjectRow[], { place, filter, sort }: CatalogQuery): readonly ObjectRow[] {
  const test = filterTest(filter);
  const shown = rows.filter((row) => isAt(row, place) && test(row));
  return sorted(shown, sort);
}

export function isAt({ archive, snapshot }: ObjectRow, place: Place): boolean {
  switch (place.kind) {
    case 'all':
      return true;
    case 'topic':
      return archive?.topic === place.topic;
    case 'partition':
      return archive?.topic === place.topic && archive.partition === place.partition;
    case 'snapshots':
      return snapshot !== null;
    case 'other':
      return archive === null && snapshot === null;
  }
}

type Test = (row: ObjectRow) => boolean;

function filterTest({ text, fromTime, untilTime, key }: ObjectFilter): Test {
  const tests: Test[] = [];
  if (text.trim() !== '') tests.push(textTest(text.trim().toLowerCase()));
  if (fromTime !== null || untilTime !== null) tests.push(timeTest(fromTime, untilTime));
  if (key !== null) tests.push((row) => hasKey(row, key));
  return (row) => tests.every((test) => test(row));
}

/** A number is taken as an offset, too: the archives that hold it, and those whose first offset begins with its digits. */
function textTest(text: string): Test {
  const digits = text.replaceAll(/[,.\s]/g, '');
  const offset = /^\d{1,19}$/.test(digits) ? BigInt(digits) : null;
  return (row) => {
    const { name, archive, snapshot, storageClass } = row;
    if (archive !== null && offset !== null) {
      if (archive.firstOffset.startsWith(digits)) return true;
      if (offset >= BigInt(archive.firstOffset) && offset < BigInt(archive.nextOffset)) return true;
    }
    const has = (value: string): boolean => value.toLowerCase().includes(text);
    return (
      has(name) ||
      has(storageClass) ||
      (archive !== null && has(archive.codec)) ||
      (archive ?? snapshot)?.recipients.some(has) === true
    );
  };
}

function timeTest(from: number | null, until: number | null): Test {
  return ({ archive }) => {
    if (archive === null || archive.firstTimestamp === null || archive.lastTimestamp === null) return false;
    return (
      (from === null || Number(archive.lastTimestamp) >= from) &&
      (until === null || Number(archive.firstTimestamp) < until)
    );
  };
}

function hasKey({ archive, snapshot }: ObjectRow, key: string): boolean {
  const recipients = (archive ?? snapshot)?.recipients;
  if (recipients === undefined) return false;
  return key === '' ? recipients.length === 0 : recipients.includes(key);
}

type Column = (row: ObjectRow) => number | string;

const COLUMNS: Readonly<Record<Exclude<SortColumn, 'offsets'>, Column>> = {
  times: ({ archive }) => Number(archive?.firstTimestamp ?? -1),
  records: ({ archive }) => archive?.records ?? -1,
  raw: ({ archive }) => archive?.rawBytes ?? -1,
  stored: ({ storedBytes }) => storedBytes,
  ratio: ({ archive, storedBytes }) =>
    archive === null || archive.rawBytes === 0 ? -1 : storedBytes / archive.rawBytes,
  codec: ({ archive }) => archive?.codec ?? '',
  class: ({ storageClass }) => storageClass,
  created: ({ createdAt }) => createdAt,
};

function sorted(rows: readonly ObjectRow[], { column, isDescending }: Sort): readonly ObjectRow[] {
  const archives = rows.filter(({ archive }) => archive !== null);
  const others = rows.slice(archives.length);
  if (column === 'offsets') return isDescending ? [...archives.reverse(), ...others] : rows;
  const valueOf = COLUMNS[column];
  const direction = isDescending ? -1 : 1;
  // the value of each row once, not once a comparison
  const order = (part: readonly ObjectRow[]): readonly ObjectRow[] =>
    part
      .map((row) => ({ row, value: valueOf(row) }))
      .sort((a, b) => direction * compare(a.value, b.value))
      .map(({ row }) => row);
  return [...order(archives), ...order(others)];
}

function compare<Value extends string | number>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param rows in place order */
export function topicsOf(rows: readonly ObjectRow[]): readonly TopicBranch[] {
  const topics = new Map<string, Map<number, number>>();
  for (const { archive } of rows) {
    if (archive === null) continue;
    const partitions = topics.get(archive.topic) ?? new Map<number, number>();
    partitions.set(archive.partition, (partitions.get(archive.partition) ?? 0) + 1);
    topics.set(archive.topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({
    topic,
    archives: [...partitions.values()].reduce((sum, archives) => sum + archives, 0),
    partitions: [...partitions].map(([partition, archives]) => ({ partition, archives })),
  }));
}

/** Keys that open something, the most used first. */
export function keysOf(rows: readonly ObjectRow[]): readonly KeyUse[] {
  const uses = new Map<string, number>();
  for (const { archive } of rows) {
    if (archive === null) continue;
    for (const key of archive.recipients.length === 0 ? [''] : archive.recipients) {
      uses.set(key, (uses.get(key) ?? 0) + 1);
    }
  }
  return [...uses]
    .map(([fingerprint, archives]) => ({ fingerprint, archives }))
    .sort((a, b) => b.archives - a.archives);
}

export function totalsOf(rows: Iterable<ObjectRow>): Totals {
  const totals = { objects: 0, archives: 0, records: 0, rawBytes: 0, storedBytes: 0 };
  for (const { archive, storedBytes } of rows) {
    totals.objects += 1;
    totals.storedBytes += storedBytes;
    if (archive === null) continue;
    totals.archives += 1;
    totals.records += archive.records;
    totals.rawBytes += archive.rawBytes;
  }
  return totals;
}
