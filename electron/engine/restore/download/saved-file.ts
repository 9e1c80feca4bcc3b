/**
 * A file that is there whole or not at all: written under another name, forced to the disk, then given its own. What the
 * folder holds already is never overwritten, and a symbolic link in it is never followed.
 */
import { randomUUID } from 'node:crypto';
import { link, lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { harmless, numbered } from './file-names';
import { haveSameContent } from './same-content';
import { hasErrno, orUnwritable, unwritable } from './unwritable';

export type WriteBytes = (bytes: Buffer) => Promise<void>;

export interface SavedFile {
  readonly path: string;
  /** true: the folder had the whole file already, nothing was written */
  readonly wasThere: boolean;
}

const MAX_SAME_NAMES = 10_000;
/** What a file system without hard links answers: FAT, some network shares. */
const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'];

/**
 * @param name made harmless; given a number if the folder has another file of it already
 * @param fill writes the content; if it throws, nothing is left of the file
 * @param taken paths that are other objects' files: never taken for this one's, even when they are equal
 * @throws PermafrostError FILE_UNWRITABLE; what `fill` throws
 */
export async function saveFile(
  folder: string,
  name: string,
  fill: (write: WriteBytes) => Promise<void>,
  taken: ReadonlySet<string> = new Set(),
): Promise<SavedFile> {
  const partPath = join(folder, `${harmless(name)}.${randomUUID().slice(0, 8)}.part`);
  const file = await orUnwritable(partPath, () => open(partPath, 'wx'));
  try {
    await writeAndClose(file, partPath, fill);
    return await publish(partPath, folder, name, taken);
  } finally {
    await rm(partPath, { force: true });
  }
}

/**
 * Gives a whole file, written and synced, the first free name; if the same content lies there already, that file stays and the part goes.
 */
export async function publish(
  partPath: string,
  folder: string,
  name: string,
  taken: ReadonlySet<string>,
): Promise<SavedFile> {
  for (const path of candidates(folder, name)) {
    if (await orUnwritable(path, () => moveToFree(partPath, path))) return { path, wasThere: false };
    if (!taken.has(path) && (await orUnwritable(path, () => haveSameContent(partPath, path)))) {
      await orUnwritable(partPath, () => rm(partPath, { force: true }));
      return { path, wasThere: true };
    }
  }
  throw unwritable(join(folder, harmless(name)), 'the folder has too many files of that name');
}

/** The name, then the name with numbers. */
export function* candidates(folder: string, name: string): Generator<string> {
  const plain = harmless(name);
  for (let number = 1; number <= MAX_SAME_NAMES; number += 1) {
    yield join(folder, number === 1 ? plain : numbered(plain, number));
  }
}

async function writeAndClose(
  file: FileHandle,
  path: string,
  fill: (write: WriteBytes) => Promise<void>,
): Promise<void> {
  try {
    await fill((bytes) => orUnwritable(path, () => file.writeFile(bytes)));
    await orUnwritable(path, () => file.sync());
  } finally {
    await file.close();
  }
}

/** @returns false where something of that name is */
async function moveToFree(partPath: string, path: string): Promise<boolean> {
  try {
    await link(partPath, path);
  } catch (thrown) {
    if (hasErrno(thrown, 'EEXIST')) return false;
    if (!NO_LINKS.some((code) => hasErrno(thrown, code))) throw thrown;
    return claimAndMove(partPath, path);
  }
  await rm(partPath, { force: true });
  return true;
}

/** Without hard links: an empty file takes the name, which fails where there is one, and the part takes its place. */
async function claimAndMove(partPath: string, path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
  } catch (thrown) {
    if (hasErrno(thrown, 'EEXIST')) return false;
    throw thrown;
  }
  try {
    await rename(partPath, path);
  } catch (thrown) {
    if ((await lstat(path)).size === 0) await rm(path, { force: true });
    throw thrown;
  }
  return true;
}
