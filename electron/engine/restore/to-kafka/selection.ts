/** What of a topic's archives is restored. */
import { createHash } from 'node:crypto';
import type { ArchivedRecord } from '../../segment/record';
import type { BlockFacts } from '../../segment/record-runs';
import type { Coverage } from '../../store/coverage-metadata';

export interface RestoreSelection {
  /** of the archives' names */
  readonly prefix: string;
  readonly topic: string;
  /** as it stands in the archives' names; null: the latest */
  readonly life: string | null;
  /** null: all */
  readonly partitions: readonly number[] | null;
  /** names of archives; null: all */
  readonly archives: readonly string[] | null;
  /** in the archives; null: from the first one on */
  readonly fromOffset: bigint | null;
  /** exclusive */
  readonly untilOffset: bigint | null;
  /** ms since 1970; records without a timestamp are in no range */
  readonly fromTime: bigint | null;
  /** exclusive */
  readonly untilTime: bigint | null;
  /** whole keys, UTF-8; empty: all records */
  readonly keys: readonly string[];
  /** a topic without archives is made all the same */
  readonly mayBeEmpty: boolean;
}

/** All of a topic. */
export function everythingOf(prefix: string, topic: string): RestoreSelection {
  return {
    prefix,
    topic,
    life: null,
    partitions: null,
    archives: null,
    fromOffset: null,
    untilOffset: null,
    fromTime: null,
    untilTime: null,
    keys: [],
    mayBeEmpty: false,
  };
}

/** Whether an archive may hold records of the selection, by its metadata. */
export function mayHold(selection: RestoreSelection, coverage: Coverage): boolean {
  const { fromOffset, untilOffset, fromTime, untilTime } = selection;
  if (fromOffset !== null && coverage.nextOffset <= fromOffset) return false;
  if (untilOffset !== null && coverage.firstOffset >= untilOffset) return false;
  if (fromTime === null && untilTime === null) return true;
  const { firstTimestamp, lastTimestamp } = coverage;
  if (firstTimestamp === null || lastTimestamp === null) return false;
  return (fromTime === null || lastTimestamp >= fromTime) && (untilTime === null || firstTimestamp < untilTime);
}

type Extent = Pick<BlockFacts, 'firstOffset' | 'lastOffset' | 'timestamps' | 'someWithoutTimestamp'>;

/** Whether every record within these bounds is selected. @param extent of a block, or of a whole archive */
export function takesAll(selection: RestoreSelection, extent: Extent): boolean {
  const { fromOffset, untilOffset, fromTime, untilTime, keys } = selection;
  if (keys.length > 0) return false;
  const { firstOffset, lastOffset, timestamps, someWithoutTimestamp } = extent;
  if (fromOffset !== null && firstOffset !== null && firstOffset < fromOffset) return false;
  if (untilOffset !== null && lastOffset !== null && lastOffset >= untilOffset) return false;
  if (fromTime === null && untilTime === null) return true;
  if (someWithoutTimestamp || timestamps === null) return false;
  return (fromTime === null || timestamps.min >= fromTime) && (untilTime === null || timestamps.max < untilTime);
}

/** The same for the records of an archive, as far as its metadata tell: whether some lack a timestamp they do not. */
export function takesAllOf(selection: RestoreSelection, coverage: Coverage): boolean {
  const { firstTimestamp: min, lastTimestamp: max } = coverage;
  return takesAll(selection, {
    firstOffset: coverage.firstOffset,
    lastOffset: coverage.nextOffset - 1n,
    timestamps: min === null || max === null ? null : { min, max },
    someWithoutTimestamp: false,
  });
}

/** Whether one record is selected. */
export function recordTest(selection: RestoreSelection): (record: ArchivedRecord) => boolean {
  const { fromOffset, untilOffset, fromTime, untilTime } = selection;
  const keys = new Set(selection.keys.map((key) => Buffer.from(key).toString('latin1')));
  const isTimed = fromTime !== null || untilTime !== null;
  return ({ offset, timestamp, key }) =>
    (fromOffset === null || offset >= fromOffset) &&
    (untilOffset === null || offset < untilOffset) &&
    (!isTimed || timestamp !== -1n) &&
    (fromTime === null || timestamp >= fromTime) &&
    (untilTime === null || timestamp < untilTime) &&
    (keys.size === 0 || (key !== null && keys.has(key.toString('latin1'))));
}

/** Tells one job from another that has its name: what is restored, and to where. */
export function selectionDigest(selection: RestoreSelection, life: string, target: string): string {
  const text = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
  return createHash('sha256')
    .update(JSON.stringify({ ...selection, life, target }, text))
    .digest('base64url')
    .slice(0, 22);
}
