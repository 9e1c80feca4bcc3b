/**
 * Brings objects of a bucket into a folder: stored (byte for byte) or decoded (decrypted and decompressed JSONL; of a snapshot its JSON). Each
 * file is checked before it gets its name, and is there whole or not at all. What an earlier run saved is found again.
 */
import { asPermafrostError, PermafrostError, type ErrorCode } from '../../../../shared/errors';
import type { ObjectRef } from '../../../../shared/model/archive';
import type { Identity } from '../../keys/identity';
import type { Coverage } from '../../store/coverage-metadata';
import { fileNameOnDisk } from '../../store/object-names';
import type { ObjectStore, StoredObject } from '../../store/port';
import { fileNameOf } from './file-names';
import { findObject } from '../find-object';
import { describeArchive } from '../list';
import { ObjectSource } from '../object-source';
import { aboutObject, openArchive, type OpenArchiveOptions } from '../open-archive';
import { saveFile, type SavedFile, type WriteBytes } from './saved-file';
import { saveStored } from './stored-file';
import { openSnapshot } from '../snapshot';

const PARALLEL_LOOKUPS = 16;
/** What is wrong with one object, and says nothing about the next. */
const OF_ONE_OBJECT: ReadonlySet<ErrorCode> = new Set([
  'STORE_NOT_FOUND',
  'KEY_MISSING',
  'KEY_WRONG',
  'ARCHIVE_DAMAGED',
  'ARCHIVE_UNKNOWN_VERSION',
  'ARCHIVE_LIMIT',
  'NOT_AN_ARCHIVE',
]);

export interface DownloadOptions {
  readonly form: 'stored' | 'decoded';
  readonly folder: string;
  /** what opens encrypted archives; only decoding needs it */
  readonly identities: readonly Identity[];
  readonly signal: AbortSignal;
  /** in bytes of the bucket; total is null until all objects were looked up */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number | null }) => void;
  /** takes what is wrong with one object, and the others are saved nevertheless; without it the first error ends it */
  readonly onFailure?: (error: PermafrostError, ref: ObjectRef) => void;
}

export interface DownloadResult {
  readonly state: 'done' | 'cancelled';
  /** paths of what was saved or was there already, in the order of the objects */
  readonly files: readonly string[];
  /** how many of them were there already, whole and equal */
  readonly alreadyThere: number;
  /** of the bucket: all of what was saved, and what was read of the object that was cancelled */
  readonly bytes: number;
}

/**
 * @throws PermafrostError STORE_NOT_FOUND when an object was deleted or replaced since it was listed; ARCHIVE_DAMAGED;
 * KEY_MISSING; NOT_AN_ARCHIVE; FILE_UNWRITABLE; STORE_*. The first error ends it: context.saved and the message tell how
 * many files were saved before.
 */
export async function downloadObjects(
  store: ObjectStore,
  refs: readonly ObjectRef[],
  options: DownloadOptions,
): Promise<DownloadResult> {
  const { onProgress } = options;
  const files: string[] = [];
  const taken = new Set<string>();
  let alreadyThere = 0;
  let bytes = 0;
  try {
    const objects = await findAll(store, refs, options);
    const total = objects.reduce((sum, { size }) => sum + size, 0);
    onProgress?.({ done: 0, total });
    let finished = 0;
    for (const object of objects) {
      let read = 0;
      const onBytes = (more: number): void => {
        // decoding reads the end of an archive twice, for its index
        read = Math.min(read + more, object.size);
        bytes = finished + read;
        onProgress?.({ done: bytes, total });
      };
      const saved = await orTold(object, options, () => downloadObject(store, object, options, taken, onBytes));
      if (saved !== null) {
        files.push(saved.path);
        taken.add(saved.path);
        if (saved.wasThere) alreadyThere += 1;
      }
      finished += object.size;
      bytes = finished;
      onProgress?.({ done: bytes, total });
    }
    return { state: 'done', files, alreadyThere, bytes };
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (error.code === 'CANCELLED') return { state: 'cancelled', files, alreadyThere, bytes };
    throw withCount(error, files.length, refs.length);
  }
}

/** @returns null when it failed, and that was told */
async function orTold<Value>(
  ref: ObjectRef,
  { onFailure }: DownloadOptions,
  work: () => Promise<Value>,
): Promise<Value | null> {
  try {
    return await work();
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (onFailure === undefined || !OF_ONE_OBJECT.has(error.code)) throw error;
    onFailure(error, ref);
    return null;
  }
}

async function findAll(
  store: ObjectStore,
  refs: readonly ObjectRef[],
  options: DownloadOptions,
): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for (let at = 0; at < refs.length; at += PARALLEL_LOOKUPS) {
    const some = refs.slice(at, at + PARALLEL_LOOKUPS);
    const objects = await Promise.all(
      some.map((ref) => orTold(ref, options, () => findObject(store, ref, options.signal))),
    );
    found.push(...objects.filter((object) => object !== null));
  }
  return found;
}

function downloadObject(
  store: ObjectStore,
  object: StoredObject,
  { form, folder, identities, signal }: DownloadOptions,
  taken: ReadonlySet<string>,
  onBytes: (read: number) => void,
): Promise<SavedFile> {
  const described = describeArchive(object);
  const isSnapshot = described.kind === 'snapshot' || described.kind === 'unreadable snapshot';
  const coverage = described.kind === 'archive' ? described.coverage : null;
  if (form === 'stored') {
    const name = coverage === null ? fileNameOf(object.name) : storedName(coverage);
    const source = new ObjectSource(store, object, { signal, onBytes });
    const { location } = store;
    return saveStored(source, object, { folder, name, location, taken, signal, onHeld: onBytes });
  }
  if (isSnapshot) {
    const fill = async (write: WriteBytes): Promise<void> => {
      const { plain } = await openSnapshot(store, object, identities, signal);
      onBytes(object.size);
      await write(plain);
    };
    return saveFile(folder, fileNameOf(object.name).replace(/\.age$/, ''), fill, taken);
  }
  const name = coverage === null ? `${fileNameOf(object.name)}.jsonl` : decodedName(coverage);
  const fill = (write: WriteBytes): Promise<void> => decode(store, object, { identities, signal, onBytes }, write);
  return saveFile(folder, name, fill, taken);
}

async function decode(
  store: ObjectStore,
  object: StoredObject,
  options: OpenArchiveOptions,
  write: WriteBytes,
): Promise<void> {
  const { segment, coverage } = await openArchive(store, object, options);
  const encodedBytes = await aboutObject(object, coverage, async () => {
    let written = 0;
    for await (const block of segment.encodedBlocks()) {
      await write(block);
      written += block.length;
    }
    return written;
  });
  // an archive without its index may end early at a block's edge, and nothing in it tells
  if (coverage === null || coverage.encodedBytes === encodedBytes) return;
  throw damaged(object, `it holds ${encodedBytes} bytes of records, its metadata say ${coverage.encodedBytes}`);
}

function storedName(coverage: Coverage): string {
  return fileNameOnDisk({ ...coverage, isEncrypted: coverage.recipients.length > 0 });
}

function decodedName(coverage: Coverage): string {
  return fileNameOnDisk({ ...coverage, codec: 'none', isEncrypted: false });
}

function damaged({ name, generation }: StoredObject, what: string): PermafrostError {
  return new PermafrostError('ARCHIVE_DAMAGED', `${name} is damaged: ${what}. Nothing of it was saved.`, {
    context: { object: name, generation },
  });
}

function withCount(error: PermafrostError, saved: number, all: number): PermafrostError {
  const message = all === 1 ? error.message : `${error.message} ${saved} of ${all} files were saved before.`;
  return new PermafrostError(error.code, message, { context: { ...error.context, saved }, cause: error });
}
