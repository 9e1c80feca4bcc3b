/**
 * Whole record batches into lines in WebAssembly (assembly/batch-encoder.ts), a batch in one call: its records are copied
 * into WebAssembly's memory, its lines out of it into the block. That memory never grows: lines that are longer come in
 * several calls, batches and records that are larger are the reference's.
 */
import wasm from './assembly/batch-encoder.ts?assemblyscript';
import type { AddedRecords, BatchEncoder } from './batch-encoder';
import type { BlockBuilder, LineRun } from './block-builder';
import { rawBytesOf, type BatchCursor } from './record';
import { ReferenceEncoder } from './reference-encoder';

const reference = new ReferenceEncoder();

const binary = Buffer.from(wasm, 'base64');

interface EncodedRun extends LineRun {
  readonly rawBytes: number;
}

export class WasmEncoder implements BatchEncoder {
  /** batches that were left to the reference */
  leftToReference = 0;
  readonly #wasm: BatchEncoderExports;
  readonly #memory: Buffer;
  readonly #inputAt: number;
  readonly #inputBytes: number;
  #longestInput = 0;

  static isSupported(): boolean {
    return WebAssembly.validate(binary);
  }

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
    this.#wasm = exports as unknown as BatchEncoderExports;
    this.#memory = Buffer.from(this.#wasm.memory.buffer);
    this.#inputAt = this.#wasm.INPUT_AT.value;
    this.#inputBytes = this.#wasm.INPUT_BYTES.value;
  }

  /** What no batch was long enough to reach is reserved and not taken. */
  get heldBytes(): number {
    return this.#memory.length - this.#inputBytes + this.#longestInput;
  }

  encode(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): AddedRecords {
    if (batch.bytes.length <= this.#inputBytes) {
      this.#begin(batch, fromOffset, block);
      const runs: EncodedRun[] = [];
      const outcome = this.#encodeRuns(runs);
      if (outcome === this.#done) return this.#add(runs, block);
      if (outcome === this.#full && this.#wasm.restHolds() === 1) {
        return sum(this.#add(runs, block), this.#encodeRest(batch, fromOffset, block));
      }
    }
    this.leftToReference += 1;
    return reference.encode(batch, fromOffset, block);
  }

  #begin(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): void {
    const { bytes, count, baseOffset, lastOffset, baseTimestamp, appendTimestamp } = batch;
    bytes.copy(this.#memory, this.#inputAt);
    this.#longestInput = Math.max(this.#longestInput, bytes.length);
    this.#wasm.begin(bytes.length, count, baseOffset, lastOffset, fromOffset, block.usedBytes, block.blockBytes);
    this.#wasm.setTimestamps(baseTimestamp, appendTimestamp === null ? 0 : 1, appendTimestamp ?? 0n);
  }

  /** @returns DONE, DAMAGED, or FULL: there is more than fits at once */
  #encodeRuns(runs: EncodedRun[]): number {
    for (;;) {
      const outcome = this.#wasm.next();
      runs.push(this.#run());
      if (outcome !== this.#wasm.RUN.value) return outcome;
    }
  }

  #run(): EncodedRun {
    const wasm = this.#wasm;
    const records = wasm.runRecords.value;
    const timed = wasm.runTimed.value;
    return {
      bytes: this.#memory,
      start: wasm.runStart.value,
      end: wasm.runEnd.value,
      firstOffset: wasm.runFirstOffset.value,
      records,
      timestamps: timed === 0 ? null : { min: wasm.runMinTimestamp.value, max: wasm.runMaxTimestamp.value },
      someWithoutTimestamp: timed < records,
      rawBytes: wasm.runRawBytes.value,
    };
  }

  #add(runs: readonly EncodedRun[], block: BlockBuilder): AddedRecords {
    let records = 0;
    let rawBytes = 0;
    for (const run of runs) {
      block.addLines(run);
      records += run.records;
      rawBytes += run.rawBytes;
    }
    return { records, rawBytes, lastOffset: records === 0 ? null : this.#wasm.lastOffset.value };
  }

  /** Goes on where the lines did not fit at once. The structure was checked: nothing can fail any more. */
  #encodeRest(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): AddedRecords {
    const wasm = this.#wasm;
    let added = NOTHING;
    for (;;) {
      const left = wasm.recordsLeft.value;
      const runs: EncodedRun[] = [];
      wasm.clear(block.usedBytes);
      const outcome = this.#encodeRuns(runs);
      added = sum(added, this.#add(runs, block));
      if (outcome === this.#done) return added;
      if (wasm.recordsLeft.value === left) {
        // too large for all the room there is
        batch.seek(wasm.at.value - this.#inputAt, batch.count - left);
        batch.next();
        added = sum(added, addRecord(batch, fromOffset, block));
        wasm.skip();
      }
    }
  }

  get #done(): number {
    return this.#wasm.DONE.value;
  }

  get #full(): number {
    return this.#wasm.FULL.value;
  }
}

const NOTHING: AddedRecords = { records: 0, rawBytes: 0, lastOffset: null };

function addRecord(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): AddedRecords {
  if (batch.offset < fromOffset) return NOTHING;
  block.add(batch);
  return { records: 1, rawBytes: rawBytesOf(batch), lastOffset: BigInt(batch.offset) };
}

function sum(first: AddedRecords, second: AddedRecords): AddedRecords {
  return {
    records: first.records + second.records,
    rawBytes: first.rawBytes + second.rawBytes,
    lastOffset: second.lastOffset ?? first.lastOffset,
  };
}

interface Global<Value> {
  readonly value: Value;
}

/** What assembly/batch-encoder.ts exports: addresses and i32 as numbers, i64 as bigints. */
interface BatchEncoderExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly INPUT_AT: Global<number>;
  readonly INPUT_BYTES: Global<number>;
  readonly DONE: Global<number>;
  readonly RUN: Global<number>;
  readonly FULL: Global<number>;
  readonly runStart: Global<number>;
  readonly runEnd: Global<number>;
  readonly runRecords: Global<number>;
  readonly runFirstOffset: Global<bigint>;
  readonly runTimed: Global<number>;
  readonly runMinTimestamp: Global<bigint>;
  readonly runMaxTimestamp: Global<bigint>;
  readonly runRawBytes: Global<number>;
  readonly lastOffset: Global<bigint>;
  readonly at: Global<number>;
  readonly recordsLeft: Global<number>;
  begin(
    bytes: number,
    count: number,
    base: bigint,
    highest: bigint,
    from: bigint,
    usedOfBlock: number,
    bytesOfBlock: number,
  ): void;
  setTimestamps(base: bigint, hasAppend: 0 | 1, append: bigint): void;
  clear(usedOfBlock: number): void;
  next(): number;
  restHolds(): 0 | 1;
  skip(): void;
}
