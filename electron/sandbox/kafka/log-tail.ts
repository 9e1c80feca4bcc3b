/**
 * The newest batches of a partition, kept in memory: consumers that keep up need no file, nor a thread to read it.
 * It always reaches to the high watermark.
 */
import type { WantedBatches } from './batch-range';
import type { BatchHeader } from './record-batch';

const TAIL_BYTES = 2 * 1024 * 1024;

export interface Batch {
  readonly bytes: Buffer;
  readonly header: BatchHeader;
}

/** Whole batches, one behind the other. */
export interface RecordSet {
  readonly chunks: readonly Buffer[];
  readonly byteLength: number;
}

export class LogTail {
  #batches: Batch[] = [];
  #byteLength = 0;

  /** Infinity while it is empty. */
  get firstOffset(): number {
    return this.#batches[0]?.header.baseOffset ?? Infinity;
  }

  push(batch: Batch): void {
    this.#batches.push(batch);
    this.#byteLength += batch.bytes.length;
    if (this.#byteLength <= 2 * TAIL_BYTES) return;
    // Cut in one go when it is twice too long, so that a cut costs little per batch.
    let dropped = 0;
    while (this.#byteLength > TAIL_BYTES && dropped < this.#batches.length - 1) {
      this.#byteLength -= this.#batches[dropped]?.bytes.length ?? 0;
      dropped++;
    }
    this.#batches = this.#batches.slice(dropped);
  }

  /** Of older batches the files know better: they were compacted. */
  forgetBefore(offset: number): void {
    this.#batches = this.#batches.filter(({ header }) => header.baseOffset >= offset);
    this.#byteLength = this.#batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** As PartitionLog.read, for an offset from firstOffset to below the high watermark. */
  read({ offset, beforeOffset, maxBytes, atLeastOne }: WantedBatches): RecordSet {
    const chunks: Buffer[] = [];
    let byteLength = 0;
    for (let at = this.#indexOf(offset); at < this.#batches.length; at++) {
      const batch = this.#batches[at];
      if (batch === undefined || batch.header.baseOffset >= beforeOffset) break;
      const { bytes } = batch;
      const fits = byteLength + bytes.length <= maxBytes;
      if (!fits && !(atLeastOne && chunks.length === 0)) break;
      chunks.push(bytes);
      byteLength += bytes.length;
    }
    return { chunks, byteLength };
  }

  /** Index of the last batch that does not begin behind `offset`. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#batches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#batches[middle]?.header.baseOffset ?? Infinity) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
