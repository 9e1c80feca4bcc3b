/**
 * Collects encoded lines into blocks of about the same size. A line is never split; one that is longer than a block is a
 * block of its own.
 */
import { PermafrostError } from '../../../shared/errors';
import type { BlockBuffers, OpenBlock } from './block-buffers';
import { MAX_BLOCK_BYTES } from './block-formats';
import type { BlockEntry } from './identity';
import { corruptBound, encodeCorrupt, encodeRecord, recordBound } from './lines';
import type { CorruptBatch, RecordView } from './record';

/** What is known of a block before it is compressed. */
export type EncodedBlock = Omit<BlockEntry, 'compressedBytes' | 'crc32c'> & {
  /** from the pool; its first `encodedBytes` bytes are the block */
  readonly buffer: Buffer;
};

/** Whole lines, from `start` to `end`, and what is known of them. */
export interface LineRun {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly firstOffset: bigint;
  readonly records: number;
  /** as in BlockEntry */
  readonly timestamps: { readonly min: bigint; readonly max: bigint } | null;
  readonly someWithoutTimestamp: boolean;
}

/** room behind a block for the line that turns out not to fit */
export const SLACK_BYTES = 256 * 1024;

export class BlockBuilder implements OpenBlock {
  readonly #blockBytes: number;
  readonly #buffers: BlockBuffers;
  readonly #whole: (block: EncodedBlock) => void;
  #buffer: Buffer | null = null;
  #used = 0;
  #firstOffset: number | bigint = 0;
  #records = 0;
  #minTimestamp: number | bigint | null = null;
  #maxTimestamp: number | bigint | null = null;
  #someWithoutTimestamp = false;

  /** @param whole takes each block as soon as it is full, in order */
  constructor(blockBytes: number, buffers: BlockBuffers, whole: (block: EncodedBlock) => void) {
    this.#blockBytes = blockBytes;
    this.#buffers = buffers;
    this.#whole = whole;
  }

  /** encoded bytes a block aims at */
  get blockBytes(): number {
    return this.#blockBytes;
  }

  /** encoded bytes in the open block */
  get usedBytes(): number {
    return this.#used;
  }

  /** memory of the open block */
  get heldBytes(): number {
    return this.#buffer?.length ?? 0;
  }

  add(view: RecordView): void {
    const buffer = this.#room(recordBound(view), view.offset);
    this.#lineAdded(buffer, encodeRecord(view, buffer, this.#used), view.offset);
    this.#records += 1;
    const { timestamp } = view;
    if (timestamp === -1 || timestamp === -1n) this.#someWithoutTimestamp = true;
    else this.#countTimestamps(timestamp, timestamp);
    this.#flushIfFull();
  }

  /** Takes lines that were encoded elsewhere. They must fit into a block, or be a single one that is longer. */
  addLines(run: LineRun): void {
    const bytes = run.end - run.start;
    if (bytes === 0) return;
    if (this.#used + bytes > this.#blockBytes) this.flush();
    const buffer = this.#room(bytes, run.firstOffset);
    run.bytes.copy(buffer, this.#used, run.start, run.end);
    if (this.#used === 0) this.#firstOffset = run.firstOffset;
    this.#used += bytes;
    this.#records += run.records;
    if (run.timestamps !== null) this.#countTimestamps(run.timestamps.min, run.timestamps.max);
    if (run.someWithoutTimestamp) this.#someWithoutTimestamp = true;
    this.#flushIfFull();
  }

  addCorrupt(batch: Omit<CorruptBatch, 'kind'>): void {
    const buffer = this.#room(corruptBound(batch.bytes), batch.offset);
    this.#lineAdded(buffer, encodeCorrupt(batch, buffer, this.#used), batch.offset);
    this.#flushIfFull();
  }

  /** Closes the block: hands on what there is. */
  flush(): void {
    if (this.#buffer === null || this.#used === 0) return;
    const buffer = this.#buffer;
    this.#buffer = null;
    this.#buffers.closed(this);
    this.#handOn(buffer);
    this.#used = 0;
  }

  /** Gives up what there is. */
  discard(): void {
    if (this.#buffer !== null) this.#buffers.giveBack(this.#buffer);
    this.#buffer = null;
    this.#buffers.closed(this);
    this.#used = 0;
  }

  /** The buffer, with room for that many bytes behind what is used. */
  #room(bytes: number, offset: number | bigint): Buffer {
    const current = this.#buffer;
    if (current !== null && this.#used + bytes <= current.length) return current;
    if (bytes > 6 * MAX_BLOCK_BYTES) throw lineTooLong(offset);
    const larger = this.#buffers.takeFor(this, this.#used + bytes);
    if (current !== null) {
      current.copy(larger, 0, 0, this.#used);
      this.#buffers.giveBack(current);
    }
    this.#buffer = larger;
    return larger;
  }

  /** A line that makes the block too long begins the next one. */
  #lineAdded(buffer: Buffer, end: number, offset: number | bigint): void {
    const start = this.#used;
    if (end - start > MAX_BLOCK_BYTES) throw lineTooLong(offset);
    if (start > 0 && end > this.#blockBytes) {
      const line = buffer.subarray(start, end);
      const next = this.#buffers.takeFor(this, line.length);
      line.copy(next);
      this.#handOn(buffer);
      this.#buffer = next;
      this.#used = line.length;
      this.#firstOffset = offset;
      return;
    }
    if (start === 0) this.#firstOffset = offset;
    this.#used = end;
  }

  #countTimestamps(min: number | bigint, max: number | bigint): void {
    if (this.#minTimestamp === null || min < this.#minTimestamp) this.#minTimestamp = min;
    if (this.#maxTimestamp === null || max > this.#maxTimestamp) this.#maxTimestamp = max;
  }

  #flushIfFull(): void {
    if (this.#used >= this.#blockBytes) this.flush();
  }

  #handOn(buffer: Buffer): void {
    const min = this.#minTimestamp;
    const max = this.#maxTimestamp;
    const block: EncodedBlock = {
      buffer,
      encodedBytes: this.#used,
      firstOffset: BigInt(this.#firstOffset),
      records: this.#records,
      timestamps: min === null || max === null ? null : { min: BigInt(min), max: BigInt(max) },
      someWithoutTimestamp: this.#someWithoutTimestamp,
    };
    this.#records = 0;
    this.#minTimestamp = null;
    this.#maxTimestamp = null;
    this.#someWithoutTimestamp = false;
    this.#whole(block);
  }
}

export function lineTooLong(offset: number | bigint): PermafrostError {
  return new PermafrostError(
    'ARCHIVE_LIMIT',
    `The record at offset ${offset} takes more than ${MAX_BLOCK_BYTES} bytes in an archive, which no reader would take. Nothing was left out: archiving stops before it.`,
    { context: { offset: offset.toString(), maxBytes: MAX_BLOCK_BYTES } },
  );
}
