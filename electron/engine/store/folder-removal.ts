/**
 * How an object leaves a folder store: its sidecar first, which is the moment it is gone, then its body. Both are moved
 * away under names of their own before they are deleted, so that what somebody else wrote meanwhile is noticed and put
 * back.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, folderError, type FolderAction } from './folder-errors';
import { makeFolder, syncFolder, unlessMissing } from './folder-files';
import { finish, parseSidecar, partialFolder, pathsOf, readSidecar, type ObjectPaths } from './folder-sidecar';

/** Of what was moved away to be deleted. */
export const REMOVED_SIDECAR = '.removed.json';
export const REMOVED_BODY = '.removed.body';

export async function removeObject(name: string, generation: string | undefined, action: FolderAction): Promise<void> {
  const paths = pathsOf(action.folder, name);
  const sidecar = await readSidecar(paths.sidecar, action);
  if (sidecar === null) throw folderError('STORE_NOT_FOUND', action, 'there is no such object.');
  if ((generation ?? sidecar.generation) !== sidecar.generation) throw changed(action);
  // else somebody might do it later, over a new body
  if (!(await finish(action.folder, sidecar))) {
    throw folderError(
      'STORE_DENIED',
      action,
      'its files may not be moved. Give this user the right to write the folder.',
    );
  }
  const partial = partialFolder(action.folder);
  await makeFolder(partial);
  const body = await inodeOf(paths.body);
  const grave = path.join(partial, randomUUID() + REMOVED_SIDECAR);
  await rename(paths.sidecar, grave);
  if (parseSidecar(await readFile(grave, 'utf8'))?.generation !== sidecar.generation) {
    await putBack(grave, paths.sidecar);
    throw changed(action);
  }
  await syncFolder(path.dirname(paths.sidecar));
  await discardBody(action.folder, paths, body);
  await rm(grave, { force: true });
}

/** Deletes a body that no sidecar names any more, if it is still the one with that inode. */
export async function discardBody(folder: string, { body }: ObjectPaths, inode: bigint | null): Promise<void> {
  if (inode === null || (await inodeOf(body)) !== inode) return;
  const grave = path.join(partialFolder(folder), randomUUID() + REMOVED_BODY);
  if ((await unlessMissing(rename(body, grave).then(() => true))) === null) return;
  if ((await inodeOf(grave)) === inode) await rm(grave, { force: true });
  else await putBack(grave, body);
}

/** What tells a file from another one of the same name; null when there is none. */
export async function inodeOf(file: string): Promise<bigint | null> {
  const found = await unlessMissing(stat(file, { bigint: true }));
  return found?.ino ?? null;
}

async function putBack(grave: string, file: string): Promise<void> {
  try {
    await link(grave, file);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown; // else a newer one took its place
  }
  await rm(grave, { force: true });
}

function changed(action: FolderAction): Error {
  return folderError('STORE_CONFLICT', action, 'it has changed meanwhile. Nothing was deleted.');
}
