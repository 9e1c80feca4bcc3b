import { parseKeyPattern, type KeyPattern } from '../../../shared/model/reduction-syntax';
import type { RecordView } from '../segment/record';

interface BytePattern {
  readonly bytes: Buffer;
  readonly isPrefix: boolean;
}

/** Tells by a record's key whether it is wanted. Compares bytes, so that keys need not be text. */
export class KeyFilter {
  readonly #wanted: readonly BytePattern[];
  readonly #unwanted: readonly BytePattern[];

  constructor(patterns: readonly string[]) {
    const parsed = patterns.map(parseKeyPattern);
    this.#wanted = parsed.filter(({ excludes }) => !excludes).map(bytePattern);
    this.#unwanted = parsed.filter(({ excludes }) => excludes).map(bytePattern);
  }

  /** A record without a key fits no pattern. */
  passes(view: RecordView): boolean {
    const isWanted = this.#wanted.length === 0 || this.#wanted.some((pattern) => fits(pattern, view));
    return isWanted && !this.#unwanted.some((pattern) => fits(pattern, view));
  }
}

function bytePattern({ text, isPrefix }: KeyPattern): BytePattern {
  return { bytes: Buffer.from(text), isPrefix };
}

function fits({ bytes, isPrefix }: BytePattern, { bytes: source, keyStart, keyLength }: RecordView): boolean {
  const { length } = bytes;
  if (keyLength < length || (!isPrefix && keyLength !== length)) return false;
  return source.compare(bytes, 0, length, keyStart, keyStart + length) === 0;
}
