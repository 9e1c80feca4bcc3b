/** Bytes for another program: waits for a slow reader, and ends quietly when the reader has gone (`... | head`). */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { messageOf, PermafrostError } from '../../shared/errors';

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

  /** @throws PermafrostError FILE_UNWRITABLE when what it writes to fails, such as a full disk */
  async write(bytes: Buffer | string): Promise<void> {
    if (!this.gone.aborted && !this.#stream.write(bytes)) await this.#drained();
    if (this.#failed !== null) throw cannotWriteOutput(this.#failed);
  }

  async #drained(): Promise<void> {
    try {
      await once(this.#stream, 'drain', { signal: this.gone });
    } catch (thrown) {
      if (!this.gone.aborted) throw thrown;
    }
  }
}

export function cannotWriteOutput(cause: Error): PermafrostError {
  return new PermafrostError(
    'FILE_UNWRITABLE',
    `The output cannot be written (${messageOf(cause)}), and is not whole. Send it elsewhere, or make room, and try again.`,
    { cause },
  );
}
