/**
 * A local folder behind the port. Folder and file names: folder-names.ts.
 *
 * Write order: the body is written and synced under a temporary name; so is its sidecar, which records that name; linking
 * the sidecar to its place, which never overwrites, is the commit; then the body moves to its place. Whoever finds a
 * sidecar whose body has not moved yet moves it. A kill leaves the whole object or none, and at most temporary files,
 * which the first write of a later process clears away (folder-leftovers.ts).
 *
 * not implemented: removing folders that became empty; storage classes (all is STANDARD).
 */
import { randomInt, randomUUID } from 'node:crypto';
import { link as linkFile, open, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { crc32c } from '@node-rs/crc32';
import type { PermafrostError } from '../../../shared/errors';
import { errnoOf, folderError, fromFolder, fromLink, throwIfAborted, type FolderAction } from './folder-errors';
import { makeFolder, makeFolders, readFully, syncFolder, unlessMissing, writeSynced } from './folder-files';
import { clearLeftovers } from './folder-leftovers';
import { listNames } from './folder-listing';
import { removeObject } from './folder-removal';
import {
  assertBody,
  bodyLost,
  finish,
  partialFolder,
  pathsOf,
  readSidecar,
  temporaryBody,
  toStoredObject,
  type Sidecar,
} from './folder-sidecar';
import type { CreateOptions, ListPage, ObjectStore, StoredObject } from './port';

export interface FolderStoreParts {
  /** links a file under a second name, never over another one; tests stand in for file systems that can't */
  readonly link?: (existing: string, created: string) => Promise<void>;
}

const PIECE_BYTES = 256 * 1024;
/** How many sidecars of a page are read at once. */
const LIST_WIDTH = 16;

/**
 * Creates nothing: a folder that is missing may be a disk that is not mounted.
 * @throws PermafrostError STORE_NOT_FOUND, STORE_DENIED, STORE_REFUSED when it is not a folder
 */
export async function openFolderStore(folder: string, parts: FolderStoreParts = {}): Promise<ObjectStore> {
  const absolute = path.resolve(folder);
  const action = { doing: 'Opening', folder: absolute };
  try {
    const found = await stat(absolute);
    if (found.isDirectory()) return new FolderStore(absolute, parts.link ?? linkFile);
  } catch (thrown) {
    throw fromFolder(thrown, action);
  }
  throw folderError('STORE_REFUSED', action, 'it is not a folder. Choose another one.');
}

class FolderStore implements ObjectStore {
  readonly location: string;
  readonly #folder: string;
  readonly #link: (existing: string, created: string) => Promise<void>;
  #hasCleared = false;

  constructor(folder: string, link: (existing: string, created: string) => Promise<void>) {
    this.#folder = folder;
    this.#link = link;
    this.location = `file://${folder}`;
  }

  create(...[name, body, options]: Parameters<ObjectStore['create']>): Promise<StoredObject> {
    const action = this.#action('Writing', name);
    return this.#trying(action, options.signal, async () => {
      const paths = pathsOf(this.#folder, name);
      assertChecksum(body, options.crc32c, action);
      const sidecar = describe(name, body, options);
      if ((await readSidecar(paths.sidecar, action)) !== null) throw taken(action);
      await this.#makePartialFolder();
      await this.#write(sidecar, body, action, options.signal);
      return toStoredObject(sidecar);
    });
  }

  head(name: string, signal?: AbortSignal): Promise<StoredObject | null> {
    const action = this.#action('Looking up', name);
    return this.#trying(action, signal, async () => {
      const sidecar = await readSidecar(pathsOf(this.#folder, name).sidecar, action);
      if (sidecar === null) return null;
      await finish(this.#folder, sidecar);
      await assertBody(sidecar, action);
      return toStoredObject(sidecar);
    });
  }

  list({ signal, ...query }: Parameters<ObjectStore['list']>[0]): Promise<ListPage> {
    const action = this.#action('Listing', undefined);
    return this.#trying(action, signal, async () => {
      const { names, prefixes, nextPageToken } = await listNames(this.#folder, query);
      const objects: StoredObject[] = [];
      for (let index = 0; index < names.length; index += LIST_WIDTH) {
        throwIfAborted(action, signal);
        const files = names.slice(index, index + LIST_WIDTH).map((name) => pathsOf(this.#folder, name).sidecar);
        const sidecars = await Promise.all(files.map((file) => readSidecar(file, action)));
        // null: removed meanwhile
        objects.push(...sidecars.flatMap((sidecar) => (sidecar === null ? [] : [toStoredObject(sidecar)])));
      }
      return { objects, prefixes, nextPageToken };
    });
  }

  read(...[name, { start, end, generation, signal }]: Parameters<ObjectStore['read']>): Promise<Buffer> {
    if (end <= start) return Promise.resolve(Buffer.alloc(0));
    const action = this.#action('Reading', name);
    return this.#trying(action, signal, async () => {
      const { file, sidecar } = await this.#open(name, generation, action);
      try {
        if (end <= sidecar.size) return await readFully(file, start, end - start, action);
      } finally {
        await file.close();
      }
      throw folderError('STORE_REFUSED', action, `it has ${sidecar.size} bytes; ${start} to ${end} were asked for.`);
    });
  }

  async *stream(...[name, { generation, signal } = {}]: Parameters<ObjectStore['stream']>): AsyncIterable<Buffer> {
    const action = this.#action('Reading', name);
    const { file, sidecar } = await this.#trying(action, signal, () => this.#open(name, generation, action));
    try {
      for (let start = 0; start < sidecar.size; start += PIECE_BYTES) {
        const length = Math.min(PIECE_BYTES, sidecar.size - start);
        yield await this.#trying(action, signal, () => readFully(file, start, length, action));
      }
    } finally {
      await file.close();
    }
  }

  remove(...[name, { generation, signal } = {}]: Parameters<ObjectStore['remove']>): Promise<void> {
    const action = this.#action('Deleting', name);
    return this.#trying(action, signal, () => removeObject(name, generation, action));
  }

  /** On the first write; not with parents, so that a folder that is gone is not made anew. */
  async #makePartialFolder(): Promise<void> {
    await makeFolder(partialFolder(this.#folder));
    if (this.#hasCleared) return;
    this.#hasCleared = true;
    await clearLeftovers(this.#folder, Date.now());
  }

  async #write(
    sidecar: Sidecar,
    body: readonly Buffer[],
    action: FolderAction,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const temporary = temporaryBody(this.#folder, sidecar);
    const draft = temporary.replace(/\.body$/, '.json');
    try {
      await writeSynced(temporary, body, () => throwIfAborted(action, signal));
      await writeSynced(draft, [Buffer.from(JSON.stringify(sidecar, null, 2))], () => throwIfAborted(action, signal));
      await syncFolder(partialFolder(this.#folder));
      await this.#commit(draft, sidecar, action, signal);
    } catch (thrown) {
      // what can't be removed now is cleared later; what is told is why the write failed
      await Promise.allSettled([rm(temporary, { force: true }), rm(draft, { force: true })]);
      throw thrown;
    }
    // from here on it is there, whatever happens: what fails now is an outcome that is not known
    try {
      const { dir } = path.parse(pathsOf(this.#folder, sidecar.name).body);
      await syncFolder(dir);
      const hasMoved = await finish(this.#folder, sidecar);
      await syncFolder(dir);
      // without its draft, a body that has not moved would be cleared away one day
      if (hasMoved) await rm(draft, { force: true });
    } catch (thrown) {
      throw folderError('STORE_UNAVAILABLE', action, 'it was written, but the disk did not confirm it.', thrown);
    }
  }

  async #commit(draft: string, sidecar: Sidecar, action: FolderAction, signal: AbortSignal | undefined): Promise<void> {
    const target = pathsOf(this.#folder, sidecar.name).sidecar;
    await makeFolders(this.#folder, path.dirname(target));
    throwIfAborted(action, signal);
    try {
      await this.#link(draft, target);
    } catch (thrown) {
      // a file server may have linked it and lost its reply
      const existing = await readSidecar(target, action);
      if (existing?.temporary === sidecar.temporary) return;
      throw errnoOf(thrown) === 'EEXIST' ? taken(action, thrown) : fromLink(thrown, action);
    }
  }

  /** The body that belongs to the sidecar, open: it stays readable whatever others do. */
  async #open(
    name: string,
    generation: string | undefined,
    action: FolderAction,
  ): Promise<{ readonly file: FileHandle; readonly sidecar: Sidecar }> {
    const paths = pathsOf(this.#folder, name);
    const sidecar = await readSidecar(paths.sidecar, action);
    if (sidecar === null || (generation ?? sidecar.generation) !== sidecar.generation) throw missing(action);
    await finish(this.#folder, sidecar);
    // the temporary one first: until it has moved, a body in its place is another one's
    const file =
      (await unlessMissing(open(temporaryBody(this.#folder, sidecar), 'r'))) ??
      (await unlessMissing(open(paths.body, 'r')));
    try {
      // removed meanwhile, and maybe written anew: what was opened may be another one's
      const still = await readSidecar(paths.sidecar, action);
      if (still?.generation !== sidecar.generation) throw missing(action);
      const size = (await file?.stat())?.size;
      if (file !== null && size === sidecar.size) return { file, sidecar };
      throw bodyLost(paths.body, size, sidecar, action);
    } catch (thrown) {
      await file?.close();
      throw thrown;
    }
  }

  async #trying<Value>(
    action: FolderAction,
    signal: AbortSignal | undefined,
    work: () => Promise<Value>,
  ): Promise<Value> {
    try {
      throwIfAborted(action, signal);
      return await work();
    } catch (thrown) {
      throw fromFolder(thrown, action, signal);
    }
  }

  #action(doing: string, object: string | undefined): FolderAction {
    return { doing, folder: this.#folder, ...(object === undefined ? {} : { object }) };
  }
}

function describe(name: string, body: readonly Buffer[], options: CreateOptions): Sidecar {
  const createdAt = Date.now();
  return {
    name,
    // grows with time, and differs between two writes of one moment
    generation: (BigInt(createdAt) * 1_000_000n + BigInt(randomInt(1_000_000))).toString(),
    size: body.reduce((size, piece) => size + piece.length, 0),
    crc32c: options.crc32c,
    contentType: options.contentType ?? 'application/octet-stream',
    storageClass: 'STANDARD',
    createdAt,
    metadata: { ...options.metadata },
    temporary: `${randomUUID()}.body`,
  };
}

function assertChecksum(body: readonly Buffer[], wanted: string, action: FolderAction): void {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(body.reduce((crc, piece) => crc32c(piece, crc), 0));
  const found = sum.toString('base64');
  if (found === wanted) return;
  throw folderError('STORE_REFUSED', action, `its CRC32C is ${found}, not ${wanted}. Nothing was written.`);
}

function taken(action: FolderAction, cause?: unknown): PermafrostError {
  return folderError('STORE_CONFLICT', action, 'it exists already. Nothing was overwritten.', cause);
}

function missing(action: FolderAction): PermafrostError {
  return folderError('STORE_NOT_FOUND', action, 'there is no such object, or it was removed meanwhile.');
}
