/**
 * Buffers for blocks, used again: a fresh megabyte for every block would cost page faults and garbage collection. They
 * come in a few sizes, so that hundreds of partitions with little in each do not hold a megabyte apiece.
 */
export class BlockBuffers {
  /** ascending */
  readonly #sizes: readonly number[];
  readonly #maxFree: number;
  readonly #free: readonly Buffer[][];

  /**
   * @param bytes of the largest buffer that is used again; smaller ones are a quarter of the next
   * @param maxFree how many of a size wait to be used again; more are left to the garbage collector
   */
  constructor(bytes: number, maxFree: number) {
    this.#sizes = [bytes >>> 4, bytes >>> 2, bytes].filter((size) => size >= SMALLEST || size === bytes);
    this.#free = this.#sizes.map(() => []);
    this.#maxFree = maxFree;
  }

  /** A buffer of at least so many bytes, its content arbitrary. */
  take(minBytes: number): Buffer {
    const size = this.#sizes.findIndex((bytes) => bytes >= minBytes);
    return this.#free[size]?.pop() ?? Buffer.allocUnsafeSlow(this.#sizes[size] ?? minBytes);
  }

  /** The giver must not touch it any more. */
  giveBack(buffer: Buffer): void {
    const free = this.#free[this.#sizes.indexOf(buffer.length)];
    if (free !== undefined && free.length < this.#maxFree) free.push(buffer);
  }
}

const SMALLEST = 16 * 1024;
