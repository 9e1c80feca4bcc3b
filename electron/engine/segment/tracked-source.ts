import { damaged } from './errors';
import type { RangedSource } from './ranged-source';

const HEAD_BYTES = 4 * 1024;

/** Counts what is read of a source, checks that all of it came, and reads its beginning only once. */
export class TrackedSource implements RangedSource {
  readonly size: number;
  bytesRead = 0;
  readonly #source: RangedSource;
  #head: Buffer | null = null;

  constructor(source: RangedSource) {
    this.#source = source;
    this.size = source.size;
  }

  /** The first 4 KiB, or all there is: enough for most headers of age. */
  async head(): Promise<Buffer> {
    this.#head ??= await this.#fetch(0, Math.min(this.size, HEAD_BYTES));
    return this.#head;
  }

  read(start: number, end: number): Promise<Buffer> {
    if (this.#head !== null && end <= this.#head.length) return Promise.resolve(this.#head.subarray(start, end));
    return this.#fetch(start, end);
  }

  async #fetch(start: number, end: number): Promise<Buffer> {
    const bytes = await this.#source.read(start, end);
    this.bytesRead += bytes.length;
    if (bytes.length !== end - start) throw damaged('it is shorter than it was said to be', { start, end });
    return bytes;
  }
}
