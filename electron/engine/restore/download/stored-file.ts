/**
 * Brings one object into a folder byte for byte. What was read lies in a part file named after the object and its
 * generation, so that a second run goes on where the first one stopped. Bytes go to their own place in it: two runs at
 * the same time write the same bytes to the same places.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { asPermafrostError, PermafrostError, type ErrorCode } from '../../../../shared/errors';
import type { StoredObject } from '../../store/port';
import { Crc32c } from '../crc32c';
import type { ObjectSource } from '../object-source';
import { harmless } from './file-names';
import { addToChecksum, isWhole, NO_FOLLOW, sizeOfFile } from './same-content';
import { candidates, publish, type SavedFile } from './saved-file';
import { orUnwritable, unwritable } from './unwritable';

const READ_BYTES = 8 << 20;
/** After these the same object can still be had: its part stays. */
const KEEPS_PART: ReadonlySet<ErrorCode> = new Set(['CANCELLED', 'STORE_UNAVAILABLE']);

export interface StoredFileOptions {
  readonly folder: string;
  readonly name: string;
  /** of the bucket: goes into the part's name with the object's name and generation */
  readonly location: string;
  readonly taken: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** bytes that need not be read, since the folder has them */
  readonly onHeld: (bytes: number) => void;
}

/** @throws PermafrostError ARCHIVE_DAMAGED; FILE_UNWRITABLE; STORE_*; CANCELLED */
export async function saveStored(
  source: ObjectSource,
  object: StoredObject,
  options: StoredFileOptions,
): Promise<SavedFile> {
  const { folder, name, taken, onHeld } = options;
  const there = await findWhole(object, options);
  if (there !== null) {
    onHeld(object.size);
    return { path: there, wasThere: true };
  }
  const partPath = join(folder, `${harmless(name)}.${partId(object, options.location)}.part`);
  try {
    const file = await openPart(partPath);
    try {
      await fillPart(file, partPath, source, object, options);
    } finally {
      await file.close();
    }
    return await publish(partPath, folder, name, taken);
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    // what is no regular file is not ours
    const size = await sizeOfFile(partPath);
    if (size === 0 || (size !== null && !KEEPS_PART.has(error.code))) await rm(partPath, { force: true });
    throw error;
  }
}

async function findWhole(object: StoredObject, options: StoredFileOptions): Promise<string | null> {
  for (const path of candidates(options.folder, options.name)) {
    if ((await sizeOfFile(path)) === null) return null;
    if (!options.taken.has(path) && (await isWhole(path, object, options.signal))) return path;
  }
  return null;
}

async function openPart(path: string): Promise<FileHandle> {
  const file = await orUnwritable(path, () => open(path, constants.O_RDWR | constants.O_CREAT | NO_FOLLOW, 0o666));
  const stat = await file.stat();
  // a link to a file elsewhere would be written through
  if (stat.isFile() && stat.nlink === 1 && (await sizeOfFile(path)) !== null) return file;
  await file.close();
  throw unwritable(path, 'something else lies there, or another name leads to the same file');
}

async function fillPart(
  file: FileHandle,
  path: string,
  source: ObjectSource,
  object: StoredObject,
  { signal, onHeld }: StoredFileOptions,
): Promise<void> {
  const checksum = new Crc32c();
  const { size } = await file.stat();
  const held = size > object.size ? 0 : await orUnwritable(path, () => addToChecksum(file, size, checksum, signal));
  if (size > object.size) await orUnwritable(path, () => file.truncate(0));
  if (held > 0) onHeld(held);
  if ((await readOn(file, path, source, held, checksum)) === object.crc32c) return;
  if (held === 0) throw damaged(object, checksum);
  // what was held may be what is wrong: a computer that lost its power keeps a file's length and not its bytes
  await orUnwritable(path, () => file.truncate(0));
  const again = new Crc32c();
  if ((await readOn(file, path, source, 0, again)) !== object.crc32c) throw damaged(object, again);
}

/** @returns the checksum of all */
async function readOn(
  file: FileHandle,
  path: string,
  source: ObjectSource,
  from: number,
  checksum: Crc32c,
): Promise<string> {
  for (let at = from; at < source.size; at += READ_BYTES) {
    const piece = await source.read(at, Math.min(at + READ_BYTES, source.size));
    checksum.update(piece);
    await orUnwritable(path, () => writeAt(file, piece, at));
  }
  await orUnwritable(path, () => file.sync());
  return checksum.base64;
}

async function writeAt(file: FileHandle, piece: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    const { bytesWritten } = await file.write(piece, written, piece.length - written, position + written);
    written += bytesWritten;
  }
}

function partId({ name, generation }: StoredObject, location: string): string {
  return createHash('sha256')
    .update(JSON.stringify([location, name, generation]))
    .digest('hex')
    .slice(0, 8);
}

function damaged({ name, generation, crc32c }: StoredObject, checksum: Crc32c): PermafrostError {
  return new PermafrostError(
    'ARCHIVE_DAMAGED',
    `${name} is damaged: its crc32c is ${checksum.base64}, the bucket says ${crc32c}. Nothing of it was saved.`,
    { context: { object: name, generation } },
  );
}
