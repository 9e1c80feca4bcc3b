/** An archive as a file on a disk, read in ranges. */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf, PermafrostError } from '../../../../shared/errors';
import type { RangedSource } from '../../segment/ranged-source';

/** Counts what was read. Close it in the end. */
export class FileSource implements RangedSource {
  readonly path: string;
  readonly size: number;
  readonly #file: FileHandle;
  readonly #onBytes: (read: number) => void;
  #bytesRead = 0;

  private constructor(path: string, size: number, file: FileHandle, onBytes: (read: number) => void) {
    this.path = path;
    this.size = size;
    this.#file = file;
    this.#onBytes = onBytes;
  }

  /** @param onBytes after each read, with its bytes @throws PermafrostError FILE_UNREADABLE, also for what is no file */
  static async open(path: string, onBytes: (read: number) => void = () => undefined): Promise<FileSource> {
    const file = await orUnreadable(path, () => open(path, 'r'));
    try {
      const facts = await orUnreadable(path, () => file.stat());
      if (!facts.isFile()) throw unreadable(path, 'it is not a file');
      return new FileSource(path, facts.size, file, onBytes);
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** @throws PermafrostError FILE_UNREADABLE, also when the file became shorter meanwhile */
  async read(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(end - start);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await orUnreadable(this.path, () =>
        this.#file.read(bytes, at, bytes.length - at, start + at),
      );
      if (bytesRead === 0) throw unreadable(this.path, 'it became shorter while it was read');
      at += bytesRead;
    }
    this.#bytesRead += bytes.length;
    this.#onBytes(bytes.length);
    return bytes;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function orUnreadable<Out>(path: string, act: () => Promise<Out>): Promise<Out> {
  try {
    return await act();
  } catch (thrown) {
    throw unreadable(path, messageOf(thrown), thrown);
  }
}

function unreadable(path: string, why: string, cause?: unknown): PermafrostError {
  return new PermafrostError('FILE_UNREADABLE', `${basename(path)} cannot be read: ${why}. Choose another file.`, {
    context: { file: path },
    cause,
  });
}
