import { PermafrostError, type ErrorCode } from '../../../shared/errors';
import { isReductionOff } from '../../../shared/model/reduction-syntax';
import { droppedOf, type ReductionCounts } from '../../../shared/model/reduction-counts';
import { RecordCursor, type RecordBatch } from '../kafka/record-batch';
import type { BatchKind } from '../kafka/transactions';
import { Reducer } from '../reduce/reducer';
import { ruleDigest } from '../reduce/rule-digest';
import { SegmentWriter, type SealedSegment } from '../segment/segment-writer';
import type { GapReason } from '../segment/identity';
import type { Coverage } from '../store/coverage-metadata';
import type { ArchiveOptions, SegmentLimits } from './options';
import { addByRecord } from './batch-by-record';

/** Why the records of a batch whose CRC holds may not become lines: structure, a line too long, a codec nobody knows. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set(['BATCH_DAMAGED', 'ARCHIVE_LIMIT', 'KAFKA_REFUSED']);

export interface SegmentPlace {
  readonly clusterId: string;
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
}

type SegmentChoices = Pick<ArchiveOptions, 'codec' | 'level' | 'recipients'>;

/** Sizes so far; what lies in an open block is not compressed yet. */
export type SegmentProgress = Readonly<
  Pick<
    SegmentWriter,
    'records' | 'rawBytes' | 'encodedBytes' | 'compressedFromBytes' | 'compressedBytes' | 'storedBytes'
  >
> & {
  /** null where nothing is left out on purpose */
  readonly reduction: ReductionCounts | null;
};

export interface ClosedSegment {
  readonly segment: SealedSegment;
  readonly coverage: Coverage;
  /** null where nothing is left out on purpose */
  readonly reduction: ReductionCounts | null;
}

/**
 * The segment that one partition is writing: from where the consumer stood when it was opened to where it stands now,
 * holes between records included.
 */
export class OpenSegment {
  #openedAt: number;
  readonly #place: SegmentPlace;
  readonly #writer: SegmentWriter;
  readonly #cursor = new RecordCursor();
  readonly #reduction: { readonly reducer: Reducer; readonly digest: string } | null;
  #position: bigint;
  #control = 0;
  #aborted = 0;
  #leaderEpoch = -1;

  constructor(
    place: SegmentPlace,
    firstOffset: bigint,
    options: SegmentChoices & Pick<ArchiveOptions, 'reduction'>,
    openedAt: number,
  ) {
    this.#place = place;
    this.#openedAt = openedAt;
    this.#position = firstOffset;
    this.#writer = new SegmentWriter(
      { ...place, firstOffset },
      { codec: options.codec, level: options.level, recipients: options.recipients },
    );
    const { reduction: rule } = options;
    this.#reduction = isReductionOff(rule) ? null : { reducer: new Reducer(rule), digest: ruleDigest(rule) };
  }

  /** exclusive: the next offset it takes */
  get position(): bigint {
    return this.#position;
  }

  get progress(): SegmentProgress {
    const { records, rawBytes, encodedBytes, compressedFromBytes, compressedBytes, storedBytes } = this.#writer;
    const reduction = this.#reduction?.reducer.counts ?? null;
    return { records, rawBytes, encodedBytes, compressedFromBytes, compressedBytes, storedBytes, reduction };
  }

  get heldBytes(): number {
    return this.#writer.heldBytes + (this.#reduction?.reducer.heldBytes ?? 0);
  }

  get openBlockBytes(): number {
    return this.#writer.openBlockBytes;
  }

  endBlock(): void {
    this.#writer.endBlock();
  }

  /**
   * Adds what of a batch lies at or behind the position.
   * @param end exclusive: what lies behind it is left to another archive
   * @returns how many records a reader of the topic sees of it
   */
  add(batch: RecordBatch, kind: BatchKind, end = batch.lastOffset + 1n): number {
    if (batch.lastOffset < this.#position) return 0;
    this.#leaderEpoch = batch.leaderEpoch;
    let seen = 0;
    if (kind === 'control') this.#control += this.#countFrom(batch, end);
    else if (kind === 'aborted') this.#aborted += this.#countFrom(batch, end);
    else seen = this.#addRecords(batch, end);
    this.#position = end;
    return seen;
  }

  /** Of a batch that lies across the position or the end no more than what is between: counts never exceed the coverage. */
  #countFrom({ count }: RecordBatch, end: bigint): number {
    const ahead = end - this.#position;
    return ahead < BigInt(count) ? Number(ahead) : count;
  }

  /** Keeps a batch that cannot be read, e.g. because its CRC stayed wrong, as it came. @param end see `add` */
  addCorrupt(batch: RecordBatch, end = batch.lastOffset + 1n): void {
    const offset = batch.baseOffset > this.#position ? batch.baseOffset : this.#position;
    this.#writer.addCorrupt(offset, end - 1n, batch.bytes);
    this.#position = end;
  }

  /** There is nothing up to there: compaction has left a hole. */
  skipTo(position: bigint): void {
    this.#position = position;
  }

  /** All of a batch becomes lines, or none: then it is kept as it came. A poisonous record stops nothing. */
  #addRecords(batch: RecordBatch, end: bigint): number {
    try {
      this.#cursor.open(batch);
      if (this.#reduction === null && end > batch.lastOffset) {
        return this.#writer.addBatch(this.#cursor, this.#position);
      }
      const range = { from: this.#position, to: end };
      return addByRecord(this.#cursor, range, this.#reduction?.reducer ?? null, this.#writer);
    } catch (thrown) {
      if (!(thrown instanceof PermafrostError) || !UNREADABLE.has(thrown.code)) throw thrown;
      this.addCorrupt(batch, end);
      return batch.count; // what it says it holds, as the other group counts it
    }
  }

  /** Whether a limit is reached. @param now ms since 1970 */
  isDue(limits: SegmentLimits, now: number): boolean {
    this.#openedAt = Math.min(this.#openedAt, now); // a clock that was set back does not keep it open
    return (
      this.#writer.storedBytes >= limits.maxBytes ||
      this.#writer.records + (this.#reduction?.reducer.dropped ?? 0) >= limits.maxRecords ||
      now - this.#openedAt >= limits.maxAgeMs
    );
  }

  async close(): Promise<ClosedSegment> {
    const reduction = this.#reduction?.reducer.counts ?? null;
    this.#reduction?.reducer.forget();
    const segment = await this.#writer.close(this.#position);
    return { segment, coverage: this.#coverage(segment, reduction), reduction };
  }

  discard(): void {
    this.#writer.discard();
  }

  #coverage(segment: SealedSegment, reduction: ReductionCounts | null): Coverage {
    return coverageOf(this.#place, segment, {
      control: this.#control,
      aborted: this.#aborted,
      leaderEpoch: this.#leaderEpoch,
      dropped: reduction === null ? 0 : droppedOf(reduction),
      reduction: this.#reduction?.digest ?? null,
    });
  }
}

/** An empty segment that says why there is nothing between two offsets. */
export async function gapSegment(
  place: SegmentPlace,
  range: { readonly from: bigint; readonly to: bigint; readonly reason: GapReason },
  options: SegmentChoices,
): Promise<ClosedSegment> {
  const writer = new SegmentWriter(
    { ...place, firstOffset: range.from },
    { codec: options.codec, level: options.level, recipients: options.recipients },
  );
  const segment = await writer.close(range.to, range.reason);
  const counts = { control: 0, aborted: 0, leaderEpoch: -1, dropped: 0, reduction: null };
  return { segment, coverage: coverageOf(place, segment, counts), reduction: null };
}

function coverageOf(
  place: SegmentPlace,
  segment: SealedSegment,
  counts: Pick<Coverage, 'control' | 'aborted' | 'leaderEpoch' | 'dropped' | 'reduction'>,
): Coverage {
  const { identity } = segment;
  return {
    topic: place.topic,
    topicId: place.topicId,
    partition: place.partition,
    firstOffset: identity.firstOffset,
    nextOffset: identity.nextOffset,
    records: identity.records,
    dropped: counts.dropped,
    control: counts.control,
    aborted: counts.aborted,
    corrupt: segment.corrupt,
    gap: identity.gap,
    reduction: counts.reduction,
    firstTimestamp: segment.firstTimestamp,
    lastTimestamp: segment.lastTimestamp,
    leaderEpoch: counts.leaderEpoch,
    rawBytes: segment.rawBytes,
    encodedBytes: segment.encodedBytes,
    compressedBytes: segment.compressedBytes,
    codec: segment.codec,
    recipients: segment.recipients,
  };
}
