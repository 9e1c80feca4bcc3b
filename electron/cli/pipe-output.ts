/** Bytes for another program: waits for a slow reader, and ends quietly when the reader has gone (`... | head`). */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { messageOf } from '../../shared/errors';
import { failure } from './arguments';

export class PipeOutput {
  readonly #stream: Writable;
  readonly #gone = new AbortController();
  #failed: Error | null = null;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') this.#failed = error;
      this.#gone.abort();
    });
  }

  /** aborted when nobody reads any more */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** @throws PermafrostError INPUT_INVALID when what it writes to fails, such as a full disk */
  async write(bytes: Buffer | string): Promise<void> {
    if (!this.gone.aborted && !this.#stream.write(bytes)) await this.#drained();
    if (this.#failed !== null) throw failure(`The output cannot be written: ${messageOf(this.#failed)}.`);
  }

  async #drained(): Promise<void> {
    try {
      await once(this.#stream, 'drain', { signal: this.gone });
    } catch (thrown) {
      if (!this.gone.aborted) throw thrown;
    }
  }
}
