/**
 * Buffers for blocks, used again: a fresh megabyte for every block would cost page faults and garbage collection.
 */
export class BlockBuffers {
  readonly #bytes: number;
  readonly #maxFree: number;
  readonly #free: Buffer[] = [];

  /**
   * @param bytes of each buffer
   * @param maxFree how many wait to be used again; more are left to the garbage collector
   */
  constructor(bytes: number, maxFree: number) {
    this.#bytes = bytes;
    this.#maxFree = maxFree;
  }

  /** A buffer of at least so many bytes, its content arbitrary. */
  take(minBytes: number): Buffer {
    if (minBytes > this.#bytes) return Buffer.allocUnsafeSlow(minBytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  /** The giver must not touch it any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length === this.#bytes && this.#free.length < this.#maxFree) this.#free.push(buffer);
  }
}
