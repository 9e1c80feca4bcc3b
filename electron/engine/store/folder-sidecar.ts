/** The sidecar of an object in a folder store: what the object is, and where its body lay when it was committed. */
import { readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errnoOf, folderError, type FolderAction } from './folder-errors';
import { syncFolder, unlessMissing } from './folder-files';
import { pathOfObject, SIDECAR_SUFFIX } from './folder-names';
import type { StoredObject } from './port';

/** Where bodies and sidecars are written before they are linked. No object's name leads there. */
const PARTIAL_FOLDER = '.partial';

const sidecarSchema = z.object({
  name: z.string(),
  generation: z.string().regex(/^\d+$/),
  size: z.number().int().min(0),
  crc32c: z.string(),
  contentType: z.string(),
  storageClass: z.string(),
  createdAt: z.number(),
  metadata: z.record(z.string(), z.string()),
  /** a plain file name: what a sidecar says never leads out of the folder */
  temporary: z.string().regex(/^[0-9a-f-]+\.body$/),
});

export type Sidecar = Readonly<z.infer<typeof sidecarSchema>>;

export interface ObjectPaths {
  readonly body: string;
  readonly sidecar: string;
}

/** Absolute. */
export function pathsOf(folder: string, name: string): ObjectPaths {
  const body = path.join(folder, ...pathOfObject(name));
  return { body, sidecar: body + SIDECAR_SUFFIX };
}

export function partialFolder(folder: string): string {
  return path.join(folder, PARTIAL_FOLDER);
}

export function temporaryBody(folder: string, { temporary }: Pick<Sidecar, 'temporary'>): string {
  return path.join(partialFolder(folder), temporary);
}

/**
 * @returns null when there is none
 * @throws PermafrostError STORE_REFUSED for one that is damaged: it is named, never taken for something else
 */
export async function readSidecar(file: string, action: FolderAction): Promise<Sidecar | null> {
  const text = await unlessMissing(readFile(file, 'utf8'));
  if (text === null) return null;
  const sidecar = parseSidecar(text);
  if (sidecar !== null && pathsOf(action.folder, sidecar.name).sidecar === path.resolve(file)) return sidecar;
  throw folderError('STORE_REFUSED', action, `${file} is damaged or was moved by hand. Restore it from a backup.`);
}

/** @returns null for anything else */
export function parseSidecar(text: string): Sidecar | null {
  try {
    return sidecarSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

export function toStoredObject(sidecar: Sidecar): StoredObject {
  const { name, generation, size, crc32c, storageClass, createdAt, metadata } = sidecar;
  return { name, generation, size, crc32c, md5: null, storageClass, createdAt, metadata };
}

/**
 * Does what a writer that was killed behind its commit left to do: puts the body in its place. Whoever comes second
 * finds nothing to do. Where nothing can be written it stays where it is, and is read there.
 * @returns whether it has moved, now or before
 */
export async function finish(folder: string, sidecar: Sidecar): Promise<boolean> {
  const { body } = pathsOf(folder, sidecar.name);
  try {
    await rename(temporaryBody(folder, sidecar), body);
  } catch (thrown) {
    const errno = errnoOf(thrown) ?? '';
    if (errno === 'ENOENT') return true;
    if (['EROFS', 'EACCES', 'EPERM', 'EBUSY'].includes(errno)) return false;
    throw thrown;
  }
  await syncFolder(path.dirname(body));
  return true;
}

/** @throws PermafrostError STORE_REFUSED when the body is gone or has another length */
export async function assertBody(sidecar: Sidecar, action: FolderAction): Promise<void> {
  const { body } = pathsOf(action.folder, sidecar.name);
  const found = (await unlessMissing(stat(temporaryBody(action.folder, sidecar)))) ?? (await unlessMissing(stat(body)));
  if (found?.size !== sidecar.size) throw bodyLost(body, found?.size, sidecar, action);
}

export function bodyLost(body: string, size: number | undefined, sidecar: Sidecar, action: FolderAction): Error {
  const is = size === undefined ? 'is gone' : `has ${size} bytes instead of ${sidecar.size}`;
  return folderError(
    'STORE_REFUSED',
    action,
    `its body ${body} ${is}. Restore it from a backup, or delete the object.`,
  );
}
