/**
 * Memory for large answers of Kafka, used again. A fresh buffer for every fetch costs page faults, and lies about until
 * the garbage collector sees a reason to come.
 */

/** smaller answers are not worth it */
const MIN_BYTES = 256 * 1024;
/** one is worked on, one waits, one is being filled */
const MAX_FREE = 3;
/** so that buffers fit the next answer as well */
const GRAIN_BYTES = 1024 * 1024;

export class FramePool {
  #free: ArrayBuffer[] = [];
  /** how many parts of each buffer are still read; a buffer that is never let go of is the garbage collector's */
  readonly #readers = new WeakMap<ArrayBufferLike, number>();
  /** fills what is let go of with 0xff: a test sees who reads it all the same */
  scrubs = false;

  /** A buffer of exactly so many bytes, its content arbitrary. */
  take(bytes: number): Buffer {
    if (bytes < MIN_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const fitting = this.#free.findIndex(({ byteLength }) => byteLength >= bytes);
    const [memory] = fitting < 0 ? [] : this.#free.splice(fitting, 1);
    const capacity = Math.ceil(bytes / GRAIN_BYTES) * GRAIN_BYTES;
    return Buffer.from(memory ?? Buffer.allocUnsafeSlow(capacity).buffer, 0, bytes);
  }

  /** A part of a taken buffer is read from now on. */
  hold(part: Buffer): void {
    this.#readers.set(part.buffer, (this.#readers.get(part.buffer) ?? 0) + 1);
  }

  /** A part that was held is not read any more; with the last one its buffer may be used again. */
  letGo(part: Buffer): void {
    const memory = part.buffer;
    if (this.scrubs) part.fill(0xff);
    const left = (this.#readers.get(memory) ?? 0) - 1;
    if (left > 0) this.#readers.set(memory, left);
    if (left !== 0) return;
    this.#readers.delete(memory);
    if (memory.byteLength < MIN_BYTES || !(memory instanceof ArrayBuffer)) return;
    this.#free = [memory, ...this.#free].slice(0, MAX_FREE);
  }
}

/** of all connections of a thread */
export const framePool = new FramePool();
