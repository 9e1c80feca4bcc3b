/**
 * Whole record batches into lines, record by record: what the encoder in WebAssembly is compared with, and what takes
 * records that are too large for its memory.
 */
import type { AddedRecords, BatchEncoder } from './batch-encoder';
import { lineTooLong, type BlockBuilder } from './block-builder';
import { MAX_BLOCK_BYTES } from './block-formats';
import { recordBytes } from './lines';
import { rawBytesOf, type BatchCursor } from './record';

/** an encoded byte takes six at most */
const MAX_GROWTH = 6;

export class ReferenceEncoder implements BatchEncoder {
  readonly heldBytes = 0;

  encode(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): AddedRecords {
    checkBatch(batch);
    let records = 0;
    let rawBytes = 0;
    let lastOffset: bigint | null = null;
    while (batch.next()) {
      if (batch.offset < fromOffset) continue;
      block.add(batch);
      records += 1;
      rawBytes += rawBytesOf(batch);
      lastOffset = BigInt(batch.offset);
    }
    return { records, rawBytes, lastOffset };
  }
}

/**
 * Makes sure, before anything of a batch is encoded, that all of it can be.
 * @throws PermafrostError BATCH_DAMAGED; ARCHIVE_LIMIT when one of its lines is longer than a reader takes
 */
export function checkBatch(batch: BatchCursor): void {
  batch.check();
  if (batch.bytes.length * MAX_GROWTH < MAX_BLOCK_BYTES / 2) return;
  while (batch.next()) if (recordBytes(batch) > MAX_BLOCK_BYTES) throw lineTooLong(batch.offset);
  batch.rewind();
}
