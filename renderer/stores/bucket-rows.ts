/** Which of a bucket's objects are shown, and in which order. Without state: the same input gives the same rows. */
import type { ObjectRow } from '../../shared/model/archive';
import { localTime, utcTime } from '../format/format';

/** A place of the tree on the left. */
export type Place =
  | { readonly kind: 'all' }
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'snapshots' }
  | { readonly kind: 'other' };

export type SortColumn = 'offsets' | 'times' | 'records' | 'raw' | 'stored' | 'ratio' | 'created';

export interface Sort {
  readonly column: SortColumn;
  readonly isDescending: boolean;
}

/** Tells versions of one name apart. */
export function rowId({ name, generation }: Pick<ObjectRow, 'name' | 'generation'>): string {
  return `${generation} ${name}`;
}

export function placeId(place: Place): string {
  switch (place.kind) {
    case 'all':
    case 'snapshots':
    case 'other':
      return place.kind;
    case 'topic':
      return `topic ${place.topic}`;
    case 'partition':
      return `partition ${place.partition} ${place.topic}`;
  }
}

export function isAt(row: ObjectRow, place: Place): boolean {
  switch (place.kind) {
    case 'all':
      return true;
    case 'topic':
      return row.archive?.topic === place.topic;
    case 'partition':
      return row.archive?.topic === place.topic && row.archive.partition === place.partition;
    case 'snapshots':
      return row.snapshot !== null;
    case 'other':
      return row.archive === null && row.snapshot === null;
  }
}

/**
 * A number is taken as an offset: the archives that cover it, and those whose first offset begins with its digits. Any
 * other text is looked for in names, fingerprints and times.
 */
export function matches(row: ObjectRow, filter: string): boolean {
  const text = filter.trim().toLowerCase();
  if (text === '') return true;
  const { archive } = row;
  const digits = text.replaceAll(/[,.\s]/g, '');
  if (archive !== null && /^\d+$/.test(digits)) {
    const offset = BigInt(digits);
    const isCovered = offset >= BigInt(archive.firstOffset) && offset < BigInt(archive.nextOffset);
    if (isCovered || archive.firstOffset.startsWith(digits)) return true;
  }
  return searchable(row).some((value) => value.toLowerCase().includes(text));
}

function searchable({ name, archive, snapshot, createdAt, storageClass }: ObjectRow): readonly string[] {
  const common = [name, storageClass, localTime(createdAt), utcTime(createdAt)];
  if (archive === null) return [...common, ...(snapshot?.recipients ?? [])];
  const { firstTimestamp, lastTimestamp, recipients, codec } = archive;
  const times = [firstTimestamp, lastTimestamp].flatMap((time) => [localTime(time), utcTime(time)]);
  return [...common, ...times, ...recipients, codec];
}

type Compare = (a: ObjectRow, b: ObjectRow) => number;

const ARCHIVES_FIRST: Compare = (a, b) => Number(a.archive === null) - Number(b.archive === null);

const BY_PLACE: Compare = (a, b) => {
  if (a.archive === null || b.archive === null) return compare(a.name, b.name);
  return (
    compare(a.archive.topic, b.archive.topic) ||
    a.archive.partition - b.archive.partition ||
    compare(BigInt(a.archive.firstOffset), BigInt(b.archive.firstOffset)) ||
    compare(a.name, b.name)
  );
};

const COLUMNS: Readonly<Record<SortColumn, Compare>> = {
  offsets: BY_PLACE,
  times: (a, b) => Number(a.archive?.firstTimestamp ?? -1) - Number(b.archive?.firstTimestamp ?? -1),
  records: (a, b) => (a.archive?.records ?? -1) - (b.archive?.records ?? -1),
  raw: (a, b) => (a.archive?.rawBytes ?? -1) - (b.archive?.rawBytes ?? -1),
  stored: (a, b) => a.storedBytes - b.storedBytes,
  ratio: (a, b) => ratioOf(a) - ratioOf(b),
  created: (a, b) => a.createdAt - b.createdAt,
};

export function sorted(rows: readonly ObjectRow[], { column, isDescending }: Sort): readonly ObjectRow[] {
  const by = COLUMNS[column];
  const direction = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => ARCHIVES_FIRST(a, b) || direction * by(a, b) || BY_PLACE(a, b));
}

function ratioOf({ archive, storedBytes }: ObjectRow): number {
  return archive === null || archive.rawBytes === 0 ? -1 : storedBytes / archive.rawBytes;
}

function compare<Value extends string | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface TopicBranch {
  readonly topic: string;
  readonly archives: number;
  readonly partitions: readonly { readonly partition: number; readonly archives: number }[];
}

/** Topics and their partitions, with how many archives each has. */
export function branchesOf(rows: readonly ObjectRow[]): readonly TopicBranch[] {
  const topics = new Map<string, Map<number, number>>();
  for (const { archive } of rows) {
    if (archive === null) continue;
    const partitions = topics.get(archive.topic) ?? new Map<number, number>();
    partitions.set(archive.partition, (partitions.get(archive.partition) ?? 0) + 1);
    topics.set(archive.topic, partitions);
  }
  return [...topics]
    .sort(([a], [b]) => compare(a, b))
    .map(([topic, partitions]) => ({
      topic,
      archives: [...partitions.values()].reduce((sum, archives) => sum + archives, 0),
      partitions: [...partitions].sort(([a], [b]) => a - b).map(([partition, archives]) => ({ partition, archives })),
    }));
}

export interface Totals {
  readonly objects: number;
  readonly archives: number;
  readonly records: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
}

export function totalsOf(rows: readonly ObjectRow[]): Totals {
  const totals = { objects: rows.length, archives: 0, records: 0, rawBytes: 0, storedBytes: 0 };
  for (const { archive, storedBytes } of rows) {
    totals.storedBytes += storedBytes;
    if (archive === null) continue;
    totals.archives += 1;
    totals.records += archive.records;
    totals.rawBytes += archive.rawBytes;
  }
  return totals;
}
