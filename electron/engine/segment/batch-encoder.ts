/**
 * Whole record batches into lines of an archive.
 */
import type { BlockBuilder } from './block-builder';
import type { BatchCursor } from './record';
import { ReferenceEncoder } from './reference-encoder';
import { WasmEncoder } from './wasm-encoder';

export interface BatchEncoder {
  /** memory it holds, whatever it does */
  readonly heldBytes: number;
  /**
   * Adds the lines of a batch that was just opened to a block and those behind it: all of them or, when it throws, none.
   * @param fromOffset records below it are left out
   * @throws PermafrostError BATCH_DAMAGED; ARCHIVE_LIMIT when one of its lines is longer than a reader takes
   */
  encode(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): AddedRecords;
}

export interface AddedRecords {
  readonly records: number;
  /** keys, values and headers as they came */
  readonly rawBytes: number;
  /** null when there was none */
  readonly lastOffset: bigint | null;
}

let ofThread: BatchEncoder | null = null;

/** The thread's encoder, which all segments share: in WebAssembly where the processor has SIMD for it. */
export function batchEncoder(): BatchEncoder {
  return (ofThread ??= WasmEncoder.isSupported() ? new WasmEncoder() : new ReferenceEncoder());
}
