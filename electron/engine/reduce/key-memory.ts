/**
 * What the steps that look back remember of each key: the last record, how many came, when the last one was kept.
 *
 * Bounded: past `MAX_BYTES` everything is forgotten at once and begins anew, which keeps some records more and drops none
 * more. Where that happens depends on the segment's records alone, so the same records always leave the same archive.
 */
import { createHash, hash } from 'node:crypto';
import type { RecordView } from '../segment/record';

export interface KeyMemory {
  /** value and headers of the last record; null before the first */
  last: string | null;
  /** that came to the step "one in N" */
  count: number;
  /** of the last one that was kept */
  keptAt: number | bigint | null;
}

/** of one segment */
const MAX_BYTES = 8 * 1024 * 1024;
/** an entry of the map, its object and the heads of its strings: 173 bytes, as measured with a million keys, and a little */
const ENTRY_BYTES = 200;
/** what is longer is remembered by its SHA-256: no two different ones are known to have the same */
const MAX_PLAIN_BYTES = 48;

export class KeyMemories {
  readonly #maxBytes: number;
  #keys = new Map<string, KeyMemory>();
  #heldBytes = 0;
  #restarts = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** an estimate of what it takes */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** how often it was full */
  get restarts(): number {
    return this.#restarts;
  }

  /** Of the record's key; records without one share it. */
  of(view: RecordView): KeyMemory {
    const name = view.keyLength < 0 ? 'null' : fingerprint(view.bytes, view.keyStart, view.keyLength);
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    if (this.#heldBytes >= this.#maxBytes) {
      this.forget();
      this.#restarts += 1;
    }
    const memory: KeyMemory = { last: null, count: 0, keptAt: null };
    this.#keys.set(name, memory);
    this.#heldBytes += ENTRY_BYTES + name.length;
    return memory;
  }

  /** @returns false when the record has the same value and headers as the last one of its key */
  differs(memory: KeyMemory, view: RecordView): boolean {
    const content = contentOf(view);
    if (memory.last === content) return false;
    this.#heldBytes += content.length - (memory.last?.length ?? 0);
    memory.last = content;
    return true;
  }

  forget(): void {
    this.#keys = new Map();
    this.#heldBytes = 0;
  }
}

/** Short bytes as they are, long ones by their digest; the first character keeps the two apart. */
function fingerprint(bytes: Buffer, start: number, length: number): string {
  if (length <= MAX_PLAIN_BYTES) return `=${bytes.toString('latin1', start, start + length)}`;
  return `#${hash('sha256', bytes.subarray(start, start + length), 'binary')}`;
}

function contentOf(view: RecordView): string {
  const { bytes, headerCount, headerSpans, valueStart, valueLength } = view;
  if (headerCount === 0) return valueLength < 0 ? 'null' : fingerprint(bytes, valueStart, valueLength);
  const digest = createHash('sha256');
  const add = (start: number, length: number): void => {
    digest.update(`${length}:`); // so that where one ends and the next begins counts, and null is not empty
    if (length > 0) digest.update(bytes.subarray(start, start + length));
  };
  add(valueStart, valueLength);
  for (let span = 0; span < headerCount * 4; span += 2) {
    add(headerSpans[span] as number, headerSpans[span + 1] as number);
  }
  return `+${digest.digest('binary')}`;
}
