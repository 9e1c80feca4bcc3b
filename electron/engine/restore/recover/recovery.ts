/** What a damaged archive still holds, told by the blocks that hold for themselves. */
import { PermafrostError } from '../../../../shared/errors';
import type { Salvage } from '../../segment/salvage/salvage';
import type { SegmentIdentity } from '../../segment/identity';
import type { Coverage } from '../../store/coverage-metadata';

/** Offsets from one to another. */
export interface OffsetRange {
  readonly firstOffset: bigint;
  /** exclusive */
  readonly nextOffset: bigint;
}

/** Where something is lost; null where nothing tells where that begins or ends. */
export interface LostRange {
  readonly firstOffset: bigint | null;
  /** exclusive */
  readonly nextOffset: bigint | null;
}

/** What an archive is of, by its index, or by its metadata where that is lost. */
export type ArchivePlace = Pick<SegmentIdentity, 'topic' | 'partition' | 'firstOffset' | 'nextOffset' | 'records'>;

/**
 * whole: nothing is damaged; complete: it is damaged, and every record is there; partial: some records are lost;
 * nothing: all are
 */
export type RecoveryState = 'whole' | 'complete' | 'partial' | 'nothing';

export interface Recovery {
  readonly state: RecoveryState;
  /** null when index and metadata are both lost */
  readonly place: ArchivePlace | null;
  readonly isIndexed: boolean;
  /** a checksum or the encryption vouches for each record; false for plain lines, of which only the form was checked */
  readonly isProven: boolean;
  readonly records: number;
  /** null when nothing tells how many there were */
  readonly lostRecords: number | null;
  readonly recovered: readonly OffsetRange[];
  readonly lost: readonly LostRange[];
}

export interface RecoveredBlock extends OffsetRange {
  readonly records: number;
  /** JSON lines */
  readonly encoded: Buffer;
}

/**
 * Reads all of it once.
 * @param coverage what the metadata say; null when they are lost
 * @param isAsStored the checksum of the bucket holds, or none is known
 * @throws PermafrostError ARCHIVE_DAMAGED when it is another archive than the metadata say; CANCELLED; what the source throws
 */
export async function inspect(
  salvage: Salvage,
  coverage: Coverage | null,
  isAsStored: boolean,
  signal: AbortSignal,
): Promise<Recovery> {
  const { identity } = salvage;
  if (identity !== null && coverage !== null) assertSamePlace(identity, coverage);
  const place = identity ?? coverage;
  const recovered: OffsetRange[] = [];
  const lost: LostRange[] = [];
  let records = 0;
  let next = place?.firstOffset ?? null;
  let isLostBefore = false;
  for await (const block of blocksOf(salvage, place)) {
    if (signal.aborted) throw new PermafrostError('CANCELLED', 'Recovering an archive was cancelled.');
    if (block === null) {
      isLostBefore = true;
      continue;
    }
    const { firstOffset, nextOffset } = block;
    if (isLostBefore && next !== firstOffset) lost.push({ firstOffset: next, nextOffset: firstOffset });
    isLostBefore = false;
    addRange(recovered, { firstOffset, nextOffset }, lost.at(-1)?.nextOffset === firstOffset);
    records += block.records;
    next = nextOffset;
  }
  const lostRecords = place === null ? null : Math.max(0, place.records - records);
  const end = place?.nextOffset ?? null;
  const isLostBehind = isLostBefore || (lost.length === 0 && (lostRecords ?? 0) > 0);
  if (isLostBehind && (next === null || next !== end)) lost.push({ firstOffset: next, nextOffset: end });
  const isDamaged = lost.length > 0 || isLostBefore || !isAsStored;
  const isComplete = lostRecords === 0 || (lostRecords === null && lost.length === 0);
  return {
    state: stateOf({ isComplete, isDamaged, records }),
    place,
    isIndexed: identity !== null,
    isProven: salvage.encrypted || salvage.codec !== 'none',
    ...{ records, lostRecords, recovered },
    lost: isComplete ? [] : lost,
  };
}

/** Blocks with lines, null for what is lost. One that lies outside of the archive's offsets is not of it. */
export async function* blocksOf(
  salvage: Salvage,
  place: ArchivePlace | null,
): AsyncGenerator<RecoveredBlock | null, void, undefined> {
  for await (const block of salvage.blocks()) {
    const { firstOffset = null, lastOffset = null, records = 0 } = block?.facts ?? {};
    if (block === null || firstOffset === null || lastOffset === null) {
      yield null;
      continue;
    }
    const nextOffset = lastOffset + 1n;
    const isWithin = place === null || (firstOffset >= place.firstOffset && nextOffset <= place.nextOffset);
    yield isWithin ? { firstOffset, nextOffset, records, encoded: block.encoded } : null;
  }
}

function addRange(ranges: OffsetRange[], added: OffsetRange, isBehindLost: boolean): void {
  const last = ranges.at(-1);
  if (last === undefined || isBehindLost) ranges.push(added);
  else ranges[ranges.length - 1] = { firstOffset: last.firstOffset, nextOffset: added.nextOffset };
}

function stateOf(found: {
  readonly isComplete: boolean;
  readonly isDamaged: boolean;
  readonly records: number;
}): RecoveryState {
  if (found.isComplete) return found.isDamaged ? 'complete' : 'whole';
  return found.records === 0 ? 'nothing' : 'partial';
}

function assertSamePlace(identity: SegmentIdentity, coverage: Coverage): void {
  const fields = ['topic', 'topicId', 'partition', 'firstOffset'] as const;
  if (fields.every((field) => identity[field] === coverage[field])) return;
  const { topic, partition, firstOffset } = identity;
  throw new PermafrostError(
    'ARCHIVE_DAMAGED',
    `It holds another archive than its metadata say: ${topic}, partition ${partition}, from offset ${firstOffset}. Download it as stored to keep it.`,
  );
}
