/**
 * What a record is, on its way into an archive and out of it.
 */

/**
 * One record as it lies in the bytes it came in: a cursor, reused from record to record, so that the forward flow
 * allocates nothing per record. Every start is an index into `bytes`; a length of -1 means null.
 */
export interface RecordView {
  bytes: Buffer;
  /** int64; a number while it is a safe integer, else a bigint */
  offset: number | bigint;
  /** milliseconds since 1970 UTC, -1 for none; int64 like offset */
  timestamp: number | bigint;
  keyStart: number;
  keyLength: number;
  valueStart: number;
  valueLength: number;
  headerCount: number;
  /** four numbers a header, in order: name start, name length, value start, value length */
  headerSpans: Int32Array;
}

/** Bytes of key, value and headers. */
export function rawBytesOf(view: RecordView): number {
  let bytes = Math.max(0, view.keyLength) + Math.max(0, view.valueLength);
  for (let span = 1; span < view.headerCount * 4; span += 2) bytes += Math.max(0, view.headerSpans[span] as number);
  return bytes;
}

/** A record batch, decompressed: a cursor over its records that stands before the first one. */
export interface BatchCursor extends RecordView {
  /** how many records `bytes` holds */
  readonly count: number;
  readonly baseOffset: bigint;
  /** inclusive; of the batch, not of its last record */
  readonly lastOffset: bigint;
  readonly baseTimestamp: bigint;
  /** of all its records; null when each has its own */
  readonly appendTimestamp: bigint | null;
  /** Moves on to the next record. @throws PermafrostError BATCH_DAMAGED @returns false behind the last one */
  next(): boolean;
  rewind(): void;
  /** To the front of a record. @param position in `bytes` @param index among the batch's records */
  seek(position: number, index: number): void;
  /** Walks all of it and rewinds. @throws PermafrostError BATCH_DAMAGED when the structure does not hold somewhere */
  check(): void;
}

/** of a record batch (message format v2), in front of its records */
export const BATCH_HEADER_BYTES = 61;

/** One record read back from an archive, byte for byte. */
export interface ArchivedRecord {
  readonly kind: 'record';
  readonly offset: bigint;
  /** milliseconds since 1970 UTC, -1 for none */
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** name and value, in the producer's order, duplicates kept */
  readonly headers: readonly (readonly [Buffer, Buffer | null])[];
}

/** A record batch whose CRC stayed wrong, kept as it came. */
export interface CorruptBatch {
  readonly kind: 'corrupt';
  readonly offset: bigint;
  /** inclusive */
  readonly lastOffset: bigint;
  readonly bytes: Buffer;
}

export type ArchivedLine = ArchivedRecord | CorruptBatch;
