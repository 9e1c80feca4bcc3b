/** Whether files that lie in a folder are what a download would bring. Only regular files count: no link is followed. */
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { Crc32c } from '../crc32c';

const PIECE_BYTES = 1 << 20;

/** What Windows lacks counts as no flag; there `lstat` alone tells links. */
export const NO_FOLLOW = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;

/** @returns null when it is absent or no regular file */
export async function sizeOfFile(path: string): Promise<number | null> {
  const found = await lstat(path).catch(() => null);
  return found?.isFile() === true ? found.size : null;
}

/** True when a regular file of that size and checksum lies there. */
export async function isWhole(
  path: string,
  { size, crc32c }: { readonly size: number; readonly crc32c: string },
  signal: AbortSignal,
): Promise<boolean> {
  if ((await sizeOfFile(path)) !== size) return false;
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW).catch(() => null);
  if (file === null) return false;
  try {
    const checksum = new Crc32c();
    await addToChecksum(file, size, checksum, signal);
    return checksum.base64 === crc32c;
  } finally {
    await file.close();
  }
}

/** Reads the first bytes of a file into a checksum; fewer when it ends before. @returns how many were read */
export async function addToChecksum(
  file: FileHandle,
  bytes: number,
  checksum: Crc32c,
  signal: AbortSignal,
): Promise<number> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let at = 0;
  while (at < bytes && !signal.aborted) {
    const { bytesRead } = await file.read(piece, 0, Math.min(PIECE_BYTES, bytes - at), at);
    if (bytesRead === 0) break;
    checksum.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
  return at;
}

export async function haveSameContent(path: string, other: string): Promise<boolean> {
  const [size, otherSize] = [await sizeOfFile(path), await sizeOfFile(other)];
  if (size === null || size !== otherSize) return false;
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW);
  try {
    const otherFile = await open(other, constants.O_RDONLY | NO_FOLLOW);
    try {
      return await areEqual(file, otherFile, size);
    } finally {
      await otherFile.close();
    }
  } finally {
    await file.close();
  }
}

async function areEqual(file: FileHandle, other: FileHandle, size: number): Promise<boolean> {
  const [piece, otherPiece] = [Buffer.allocUnsafe(PIECE_BYTES), Buffer.allocUnsafe(PIECE_BYTES)];
  let at = 0;
  while (at < size) {
    const length = Math.min(PIECE_BYTES, size - at);
    const read = (await file.read(piece, 0, length, at)).bytesRead;
    const otherRead = (await other.read(otherPiece, 0, length, at)).bytesRead;
    if (read === 0 || read !== otherRead) return false;
    if (!piece.subarray(0, read).equals(otherPiece.subarray(0, read))) return false;
    at += read;
  }
  return true;
}
