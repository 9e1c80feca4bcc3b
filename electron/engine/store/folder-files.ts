/** Steps on the disk: what they return from has reached it. */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, folderError, type FolderAction } from './folder-errors';

/** The value, or null when the file is not there. */
export async function unlessMissing<Value>(work: Promise<Value>): Promise<Value | null> {
  try {
    return await work;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

/** Makes what was linked or renamed in a folder outlive a power failure. Windows can't and needn't. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a file; beforeEach piece the write may be given up. */
export async function writeSynced(file: string, body: readonly Buffer[], beforeEach: () => void): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    for (const piece of body) {
      beforeEach();
      await handle.writeFile(piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function readFully(
  file: FileHandle,
  start: number,
  length: number,
  action: FolderAction,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) throw folderError('STORE_REFUSED', action, 'its body became shorter. Was it changed by hand?');
    done += bytesRead;
  }
  return bytes;
}

/** Below the root, which must be there. */
export async function makeFolders(root: string, folder: string): Promise<void> {
  if (folder === root) return;
  try {
    await makeFolder(folder);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    await makeFolders(root, path.dirname(folder));
    await makeFolder(folder);
  }
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return;
    throw thrown;
  }
  await syncFolder(path.dirname(folder));
}
