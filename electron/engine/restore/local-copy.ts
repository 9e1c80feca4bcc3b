/** An archive on this machine, whole and as its bucket says: in memory, or in a temporary file when it is large. */
import { createWriteStream } from 'node:fs';
import { open, rm, mkdtemp, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, PermafrostError } from '../../../shared/errors';
import type { RangedSource } from '../segment/ranged-source';
import type { ObjectStore, StoredObject } from '../store/port';
import { Crc32c } from './crc32c';

/** as stored: encrypted archives lie encrypted on the disk too */
const MAX_IN_MEMORY = 32 * 1024 * 1024;

export interface LocalCopy extends RangedSource {
  /** it is as long as the bucket says, and its checksum holds */
  readonly isAsStored: boolean;
  /** removes the file, if there is one */
  close(): Promise<void>;
}

/**
 * @throws PermafrostError ARCHIVE_DAMAGED when it is not what the bucket's crc32c says; STORE_NOT_FOUND when it was deleted
 * or replaced since it was listed; FILE_UNWRITABLE; STORE_*; CANCELLED
 */
export async function copyToHere(
  store: ObjectStore,
  object: StoredObject,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<LocalCopy> {
  const copy = await copyUnchecked(store, object, signal, onBytes);
  if (copy.isAsStored) return copy;
  await copy.close();
  const { name, size, crc32c } = object;
  throw new PermafrostError(
    'ARCHIVE_DAMAGED',
    `${name} is damaged: the ${copy.size} bytes that came are not those of the bucket's checksum (${size} bytes, crc32c ${crc32c}).`,
    { context: { object: name } },
  );
}

/** The same, whatever comes. */
export async function copyUnchecked(
  store: ObjectStore,
  { name, generation, size, crc32c }: StoredObject,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<LocalCopy> {
  const checksum = new Crc32c();
  async function* pieces(): AsyncGenerator<Buffer, void, undefined> {
    for await (const piece of store.stream(name, { generation, signal })) {
      checksum.update(piece);
      onBytes(piece.length);
      yield piece;
    }
  }
  const copy = size <= MAX_IN_MEMORY ? await inMemory(pieces()) : await inFile(pieces());
  return { ...copy, isAsStored: copy.size === size && checksum.base64 === crc32c };
}

type Copy = Omit<LocalCopy, 'isAsStored'>;

async function inMemory(pieces: AsyncIterable<Buffer>): Promise<Copy> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(piece);
  const bytes = Buffer.concat(parts);
  return {
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
    close: () => Promise.resolve(),
  };
}

async function inFile(pieces: AsyncIterable<Buffer>): Promise<Copy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-restore-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const file = path.join(folder, 'archive');
  try {
    await pipeline(Readable.from(pieces), createWriteStream(file, { mode: 0o600 }));
    const handle = await open(file);
    const { size } = await handle.stat();
    const close = async (): Promise<void> => {
      await handle.close();
      await remove();
    };
    return { size, read: (start, end) => readFrom(handle, start, end), close };
  } catch (thrown) {
    await remove();
    if (thrown instanceof PermafrostError) throw thrown;
    const message = `An archive cannot be kept in ${tmpdir()} while it is restored (${messageOf(thrown)}). Make room there.`;
    throw new PermafrostError('FILE_UNWRITABLE', message, { cause: thrown });
  }
}

async function readFrom(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(end - start);
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw new PermafrostError('INTERNAL', 'The copy of an archive is shorter than it was.');
    at += bytesRead;
  }
  return bytes;
}
