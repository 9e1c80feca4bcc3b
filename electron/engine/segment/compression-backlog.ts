/**
 * Blocks on their way through the compressor, of all segments of a thread. Encoding is several times faster than
 * compressing: who does not wait here fills memory with blocks that wait instead, and gains nothing.
 */
export class CompressionBacklog {
  readonly #maxBytes: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  /** @param maxBytes enough to keep all threads of the pool at work */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  entered(bytes: number): void {
    this.#bytes += bytes;
  }

  left(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes > this.#maxBytes) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const goOn of waiting) goOn();
  }

  /** Resolves when there is not too much in it. */
  async shortEnough(): Promise<void> {
    while (this.#bytes > this.#maxBytes) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
