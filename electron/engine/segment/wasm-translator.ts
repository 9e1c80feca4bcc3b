/**
 * Lines into records of batches in WebAssembly (assembly/records-from-lines.ts), a block in one go. What it leaves (larger
 * blocks, corrupt batches, anything an encoder would not write) is the reference's, which says what is wrong.
 */
import { isUtf8 } from 'node:buffer';
import wasm from './assembly/records-from-lines.ts?assemblyscript';
import { BATCH_HEADER_BYTES } from './record';
import type { BlockFacts, LineTranslator, RecordRun, RunTerms, TranslatedBlock } from './record-runs';
import { ReferenceTranslator } from './reference-translator';

const reference = new ReferenceTranslator();

const binary = Buffer.from(wasm, 'base64');

const LINE_FEED = 0x0a;
const NO_LIMIT = 2 ** 30;

export class WasmTranslator implements LineTranslator {
  /** blocks that were left to the reference */
  leftToReference = 0;
  readonly #wasm: TranslatorExports;
  readonly #memory: Buffer;
  readonly #inputAt: number;
  readonly #inputBytes: number;

  static isSupported(): boolean {
    return WebAssembly.validate(binary);
  }

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
    this.#wasm = exports as unknown as TranslatorExports;
    this.#memory = Buffer.from(this.#wasm.memory.buffer);
    this.#inputAt = this.#wasm.INPUT_AT.value;
    this.#inputBytes = this.#wasm.INPUT_BYTES.value;
  }

  facts(block: Buffer): BlockFacts {
    return this.#read(block, { maxBatchBytes: NO_LIMIT }, false)?.facts ?? this.#leave().facts(block);
  }

  translate(block: Buffer, terms: RunTerms): TranslatedBlock {
    const isPlain = terms.keep === undefined && (terms.cuts?.length ?? 0) === 0;
    const translated = isPlain ? this.#read(block, terms, true) : null;
    return translated ?? this.#leave().translate(block, terms);
  }

  #leave(): LineTranslator {
    this.leftToReference += 1;
    return reference;
  }

  /** @returns null when it is left to the reference */
  #read(block: Buffer, terms: RunTerms, isKept: boolean): TranslatedBlock | null {
    const isFitting = block.length > 0 && block.length <= this.#inputBytes && block.at(-1) === LINE_FEED;
    if (!isFitting || !isUtf8(block)) return null;
    block.copy(this.#memory, this.#inputAt);
    const wasm = this.#wasm;
    const runs: RecordRun[] = [];
    const tally = new Tally();
    wasm.begin(block.length, terms.maxBatchBytes, terms.maxBatchRecords ?? NO_LIMIT);
    for (;;) {
      const outcome = wasm.next();
      if (outcome === wasm.LEFT.value) return null;
      if (wasm.runRecords.value > 0) {
        tally.add(wasm);
        if (isKept) runs.push(this.#run());
      }
      if (outcome === wasm.DONE.value) return { facts: tally.facts, runs };
    }
  }

  #run(): RecordRun {
    const wasm = this.#wasm;
    const start = wasm.runStart.value - BATCH_HEADER_BYTES;
    const bytes = Buffer.allocUnsafeSlow(wasm.runEnd.value - start).fill(0, 0, BATCH_HEADER_BYTES);
    this.#memory.copy(bytes, BATCH_HEADER_BYTES, wasm.runStart.value, wasm.runEnd.value);
    const maxTimestamp = wasm.runTimed.value === 0 ? -1n : wasm.runMaxTimestamp.value;
    return {
      bytes,
      records: wasm.runRecords.value,
      firstOffset: wasm.runFirstOffset.value,
      lastOffset: wasm.runLastOffset.value,
      baseTimestamp: wasm.runBaseTimestamp.value,
      maxTimestamp: maxTimestamp > -1n ? maxTimestamp : -1n,
    };
  }
}

class Tally {
  #firstOffset: bigint | null = null;
  #lastOffset: bigint | null = null;
  #records = 0;
  #timed = 0;
  #timestamps: { min: bigint; max: bigint } | null = null;

  add(wasm: TranslatorExports): void {
    this.#firstOffset ??= wasm.runFirstOffset.value;
    this.#lastOffset = wasm.runLastOffset.value;
    this.#records += wasm.runRecords.value;
    const timed = wasm.runTimed.value;
    if (timed === 0) return;
    this.#timed += timed;
    const [min, max] = [wasm.runMinTimestamp.value, wasm.runMaxTimestamp.value];
    const known = this.#timestamps;
    this.#timestamps =
      known === null
        ? { min, max }
        : { min: min < known.min ? min : known.min, max: max > known.max ? max : known.max };
  }

  get facts(): BlockFacts {
    return {
      firstOffset: this.#firstOffset,
      lastOffset: this.#lastOffset,
      records: this.#records,
      timestamps: this.#timestamps,
      someWithoutTimestamp: this.#timed < this.#records,
      corrupt: [],
    };
  }
}

interface Global<Value> {
  readonly value: Value;
}

/** What assembly/records-from-lines.ts exports: addresses and i32 as numbers, i64 as bigints. */
interface TranslatorExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly INPUT_AT: Global<number>;
  readonly INPUT_BYTES: Global<number>;
  readonly DONE: Global<number>;
  readonly LEFT: Global<number>;
  readonly runStart: Global<number>;
  readonly runEnd: Global<number>;
  readonly runRecords: Global<number>;
  readonly runFirstOffset: Global<bigint>;
  readonly runLastOffset: Global<bigint>;
  readonly runBaseTimestamp: Global<bigint>;
  readonly runTimed: Global<number>;
  readonly runMinTimestamp: Global<bigint>;
  readonly runMaxTimestamp: Global<bigint>;
  begin(bytes: number, maxBatchBytes: number, maxBatchRecords: number): void;
  next(): number;
}
