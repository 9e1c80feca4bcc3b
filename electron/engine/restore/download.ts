/**
 * Brings objects of a bucket into a folder: stored (byte for byte) or decoded (decrypted and decompressed JSONL; of a snapshot its JSON). Each
 * file is checked before it gets its name, and is there whole or not at all.
 */
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import type { ObjectRef } from '../../../shared/model/archive';
import type { Identity } from '../keys/identity';
import type { Coverage } from '../store/coverage-metadata';
import { fileNameOnDisk } from '../store/object-names';
import type { ObjectStore, StoredObject } from '../store/port';
import { Crc32c } from './crc32c';
import { fileNameOf } from './file-names';
import { findObject } from './find-object';
import { describeArchive } from './list';
import { ObjectSource } from './object-source';
import { aboutObject, openArchive, type OpenArchiveOptions } from './open-archive';
import { saveFile, type WriteBytes } from './saved-file';
import { openSnapshot } from './snapshot';

const READ_BYTES = 8 << 20;
const PARALLEL_LOOKUPS = 16;

export interface DownloadOptions {
  readonly form: 'stored' | 'decoded';
  readonly folder: string;
  /** what opens encrypted archives; only decoding needs it */
  readonly identities: readonly Identity[];
  readonly signal: AbortSignal;
  /** in bytes of the bucket; total is null until all objects were looked up */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number | null }) => void;
}

export interface DownloadResult {
  readonly state: 'done' | 'cancelled';
  /** paths of what was saved, in the order of the objects */
  readonly files: readonly string[];
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
  const { signal, onProgress } = options;
  const files: string[] = [];
  let bytes = 0;
  try {
    const objects = await findAll(store, refs, signal);
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
      files.push(await downloadObject(store, object, options, onBytes));
      finished += object.size;
      bytes = finished;
    }
    onProgress?.({ done: bytes, total });
    return { state: 'done', files, bytes };
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (error.code === 'CANCELLED') return { state: 'cancelled', files, bytes };
    throw withCount(error, files.length, refs.length);
  }
}

async function findAll(store: ObjectStore, refs: readonly ObjectRef[], signal: AbortSignal): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for (let at = 0; at < refs.length; at += PARALLEL_LOOKUPS) {
    const some = refs.slice(at, at + PARALLEL_LOOKUPS);
    found.push(...(await Promise.all(some.map((ref) => findObject(store, ref, signal)))));
  }
  return found;
}

function downloadObject(
  store: ObjectStore,
  object: StoredObject,
  { form, folder, identities, signal }: DownloadOptions,
  onBytes: (read: number) => void,
): Promise<string> {
  const described = describeArchive(object);
  const isSnapshot = described.kind === 'snapshot' || described.kind === 'unreadable snapshot';
  const coverage = described.kind === 'archive' ? described.coverage : null;
  if (form === 'stored') {
    const name = coverage === null ? fileNameOf(object.name) : storedName(coverage);
    const source = new ObjectSource(store, object, { signal, onBytes });
    return saveFile(folder, name, (write) => copyStored(source, object, write));
  }
  if (isSnapshot) {
    return saveFile(folder, fileNameOf(object.name).replace(/\.age$/, ''), async (write) => {
      const { plain } = await openSnapshot(store, object, identities, signal);
      onBytes(object.size);
      await write(plain);
    });
  }
  const name = coverage === null ? `${fileNameOf(object.name)}.jsonl` : decodedName(coverage);
  return saveFile(folder, name, (write) => decode(store, object, { identities, signal, onBytes }, write));
}

async function copyStored(source: ObjectSource, object: StoredObject, write: WriteBytes): Promise<void> {
  const checksum = new Crc32c();
  for (let at = 0; at < source.size; at += READ_BYTES) {
    const piece = await source.read(at, Math.min(at + READ_BYTES, source.size));
    checksum.update(piece);
    await write(piece);
  }
  if (checksum.base64 === object.crc32c) return;
  throw damaged(object, `its crc32c is ${checksum.base64}, the bucket says ${object.crc32c}`);
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
