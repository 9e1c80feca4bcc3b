/**
 * Whole record batches into lines in WebAssembly (assembly/batch-encoder.ts), a batch in one call: its records are copied
 * into WebAssembly's memory, its lines out of it into the block. That memory never grows; a batch that is larger goes
 * through it in parts, a record that is larger takes the reference's way.
 */
import { PermafrostError } from '../../../shared/errors';
import wasm from './assembly/batch-encoder.ts?assemblyscript';
import type { AddedRecords, BatchEncoder } from './batch-encoder';
import type { BlockBuilder, LineRun } from './block-builder';
import { rawBytesOf, type BatchCursor } from './record';
import { checkBatch } from './reference-encoder';

const binary = Buffer.from(wasm, 'base64');

/** Consecutive records in the bytes of a batch. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly records: number;
}

interface EncodedRun extends LineRun {
  readonly rawBytes: number;
}

export class WasmEncoder implements BatchEncoder {
  readonly heldBytes: number;
  /** batches that did not go through WebAssembly in one call */
  indirectBatches = 0;
  readonly #wasm: BatchEncoderExports;
  readonly #memory: Buffer;
  readonly #inputAt: number;
  readonly #inputBytes: number;
  readonly #outputBytes: number;

  static isSupported(): boolean {
    return WebAssembly.validate(binary);
  }

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
    this.#wasm = exports as unknown as BatchEncoderExports;
    this.#memory = Buffer.from(this.#wasm.memory.buffer);
    this.heldBytes = this.#memory.length;
    this.#inputAt = this.#wasm.INPUT_AT.value;
    this.#inputBytes = this.#wasm.INPUT_BYTES.value;
    this.#outputBytes = this.#wasm.OUTPUT_BYTES.value;
  }

  encode(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): AddedRecords {
    const whole = { start: 0, end: batch.bytes.length, records: batch.count };
    const runs = this.#encodePart(batch, whole, fromOffset, block);
    if (runs !== null) return this.#add(runs, block);
    this.indirectBatches += 1;
    checkBatch(batch);
    return this.#encodeInParts(batch, fromOffset, block);
  }

  /** @returns null when it does not go through in one call, or is damaged: nothing has happened then */
  #encodePart(batch: BatchCursor, part: Part, fromOffset: bigint, block: BlockBuilder): EncodedRun[] | null {
    const wasm = this.#wasm;
    const bytes = part.end - part.start;
    if (bytes > this.#inputBytes) return null;
    batch.bytes.copy(this.#memory, this.#inputAt, part.start, part.end);
    const { baseOffset, lastOffset, baseTimestamp, appendTimestamp } = batch;
    wasm.begin(bytes, part.records, baseOffset, lastOffset, fromOffset, block.usedBytes, block.blockBytes);
    wasm.setTimestamps(baseTimestamp, appendTimestamp === null ? 0 : 1, appendTimestamp ?? 0n);
    const runs: EncodedRun[] = [];
    for (;;) {
      const outcome = wasm.next();
      if (outcome !== wasm.DONE.value && outcome !== wasm.RUN.value) return null;
      runs.push(this.#run());
      if (outcome === wasm.DONE.value) return runs;
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

  /** For a batch that was checked: nothing can fail any more. */
  #encodeInParts(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): AddedRecords {
    let added: AddedRecords = { records: 0, rawBytes: 0, lastOffset: null };
    let part: Part = { start: 0, end: 0, records: 0 };
    let partBound = 0;
    while (batch.next()) {
      const recordBound = this.#boundOf(batch.position - part.end, batch.headerCount);
      if (partBound + recordBound > this.#outputBytes) {
        added = sum(added, this.#addPart(batch, part, fromOffset, block));
        part = { start: part.end, end: part.end, records: 0 };
        partBound = 0;
      }
      if (recordBound > this.#outputBytes) {
        added = sum(added, addRecord(batch, fromOffset, block));
        part = { start: batch.position, end: batch.position, records: 0 };
      } else {
        part = { ...part, end: batch.position, records: part.records + 1 };
        partBound += recordBound;
      }
    }
    return sum(added, this.#addPart(batch, part, fromOffset, block));
  }

  #addPart(batch: BatchCursor, part: Part, fromOffset: bigint, block: BlockBuilder): AddedRecords {
    const runs = this.#encodePart(batch, part, fromOffset, block);
    if (runs !== null) return this.#add(runs, block);
    throw new PermafrostError('INTERNAL', `Part of the batch at ${batch.baseOffset} could not be encoded.`);
  }

  #boundOf(bytes: number, headers: number): number {
    return bytes > this.#inputBytes ? Infinity : this.#wasm.lineBound(bytes, headers);
  }
}

function addRecord(batch: BatchCursor, fromOffset: bigint, block: BlockBuilder): AddedRecords {
  if (batch.offset < fromOffset) return { records: 0, rawBytes: 0, lastOffset: null };
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
  readonly OUTPUT_BYTES: Global<number>;
  readonly DONE: Global<number>;
  readonly RUN: Global<number>;
  readonly runStart: Global<number>;
  readonly runEnd: Global<number>;
  readonly runRecords: Global<number>;
  readonly runFirstOffset: Global<bigint>;
  readonly runTimed: Global<number>;
  readonly runMinTimestamp: Global<bigint>;
  readonly runMaxTimestamp: Global<bigint>;
  readonly runRawBytes: Global<number>;
  readonly lastOffset: Global<bigint>;
  lineBound(bytes: number, headers: number): number;
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
  next(): number;
}
