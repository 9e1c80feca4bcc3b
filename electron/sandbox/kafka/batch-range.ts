/** Finds, in bytes read from a log file, the whole batches a reader wants. */
import { BATCH_HEADER_BYTES, batchBaseOffset, batchByteLength, batchNextOffset } from './record-batch';

const OFFSETS_KNOWN_AFTER_BYTES = 27;

export interface FoundBatches {
  readonly from: number;
  readonly to: number;
  /** Where the last of them begins. */
  readonly last: number;
  /** Size of the batch at `from` if `bytes` do not hold all of it, else 0. */
  readonly missingBytes: number;
}

export interface WantedBatches {
  /** The first batch is the one that holds this offset, or begins behind it where there is none. */
  readonly offset: number;
  /** Batches that begin here or later are not wanted. */
  readonly beforeOffset: number;
  readonly maxBytes: number;
  /** The first one is wanted however large it is. */
  readonly atLeastOne: boolean;
}

export function findBatches(bytes: Buffer, wanted: WantedBatches): FoundBatches {
  const { offset, beforeOffset, maxBytes, atLeastOne } = wanted;
  const hasLimit = beforeOffset !== Infinity;
  let from = 0;
  for (;;) {
    const missingBytes = missingBytesAt(bytes, from);
    if (missingBytes > 0) return { from, to: from, last: from, missingBytes };
    if (batchNextOffset(bytes, from) > offset) break;
    from += batchByteLength(bytes, from);
  }
  let to = from;
  let last = from;
  while (to < bytes.length && missingBytesAt(bytes, to) === 0) {
    const byteLength = batchByteLength(bytes, to);
    const fits = to + byteLength - from <= maxBytes || (atLeastOne && to === from);
    if (!fits || (hasLimit && batchBaseOffset(bytes, to) >= beforeOffset)) break;
    last = to;
    to += byteLength;
  }
  return { from, to, last, missingBytes: 0 };
}

function missingBytesAt(bytes: Buffer, at: number): number {
  const there = bytes.length - at;
  if (there < OFFSETS_KNOWN_AFTER_BYTES) return BATCH_HEADER_BYTES;
  const byteLength = batchByteLength(bytes, at);
  return byteLength > there ? byteLength : 0;
}
