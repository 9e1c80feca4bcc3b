/**
 * Lines of an archive as records of Kafka's batches (message format v2): the way back of batch-encoder.ts.
 */
import type { ArchivedRecord, CorruptBatch } from './record';
import { ReferenceTranslator } from './reference-translator';
import { WasmTranslator } from './wasm-translator';

/** The records of one batch to be: each one's offset in it is its place, whatever holes were between them in the archive. */
export interface RecordRun {
  /** room for the batch's header, then the records */
  readonly bytes: Buffer;
  readonly records: number;
  /** in the archive, of the first and the last record */
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  /** of the first record; -1 for none */
  readonly baseTimestamp: bigint;
  /** -1 when no record has one */
  readonly maxTimestamp: bigint;
}

/** What a block holds, to be compared with what the index says of it. */
export interface BlockFacts {
  /** of the first line, record or corrupt batch; null for a block without lines */
  readonly firstOffset: bigint | null;
  /** inclusive */
  readonly lastOffset: bigint | null;
  readonly records: number;
  readonly timestamps: { readonly min: bigint; readonly max: bigint } | null;
  readonly someWithoutTimestamp: boolean;
  readonly corrupt: readonly CorruptBatch[];
}

export interface TranslatedBlock {
  readonly facts: BlockFacts;
  readonly runs: readonly RecordRun[];
}

export interface RunTerms {
  /** of a batch, header included; a record that is larger by itself gets a batch of its own */
  readonly maxBatchBytes: number;
  /** absent: as many as fit */
  readonly maxBatchRecords?: number;
  /** the records to take; absent: all */
  readonly keep?: (record: ArchivedRecord) => boolean;
  /** offsets in ascending order: the first record taken at or after each of them begins a batch */
  readonly cuts?: readonly bigint[];
}

export interface LineTranslator {
  /** Reads a block as `translate` does and makes nothing of it. @throws LineError as decodeLines */
  facts(block: Buffer): BlockFacts;
  /** @throws LineError as decodeLines */
  translate(block: Buffer, terms: RunTerms): TranslatedBlock;
}

let ofThread: LineTranslator | null = null;

/** The thread's translator: in WebAssembly where the processor has SIMD for it. */
export function lineTranslator(): LineTranslator {
  return (ofThread ??= WasmTranslator.isSupported() ? new WasmTranslator() : new ReferenceTranslator());
}
