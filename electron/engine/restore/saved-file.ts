/**
 * A file that is there whole or not at all: written under another name, forced to the disk, then renamed. What the folder
 * holds already is never overwritten.
 */
import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf, PermafrostError } from '../../../shared/errors';
import { harmless, numbered } from './file-names';

export type WriteBytes = (bytes: Buffer) => Promise<void>;

const MAX_SAME_NAMES = 10_000;

/**
 * @param name made harmless, and given a number if the folder has it already
 * @param fill writes the content; if it throws, nothing is left of the file
 * @returns the path of the file
 * @throws PermafrostError FILE_UNWRITABLE; what `fill` throws
 */
export async function saveFile(
  folder: string,
  name: string,
  fill: (write: WriteBytes) => Promise<void>,
): Promise<string> {
  const partPath = join(folder, `${harmless(name)}.${randomUUID().slice(0, 8)}.part`);
  const file = await orUnwritable(partPath, () => open(partPath, 'wx'));
  let isRenamed = false;
  try {
    await writeAndClose(file, partPath, fill);
    const path = await claimName(folder, harmless(name));
    await orUnwritable(
      path,
      () => rename(partPath, path),
      () => rm(path, { force: true }),
    );
    isRenamed = true;
    return path;
  } finally {
    if (!isRenamed) await rm(partPath, { force: true });
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

/** Takes the first free name by making an empty file of that name, which fails where there is one. */
async function claimName(folder: string, name: string): Promise<string> {
  for (let number = 1; number <= MAX_SAME_NAMES; number += 1) {
    const path = join(folder, number === 1 ? name : numbered(name, number));
    const claimed = await orUnwritable(path, () => claim(path));
    if (claimed) return path;
  }
  throw unwritable(join(folder, name), 'the folder has too many files of that name');
}

async function claim(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (thrown) {
    if (hasErrno(thrown, 'EEXIST')) return false;
    throw thrown;
  }
}

async function orUnwritable<Out>(path: string, act: () => Promise<Out>, undo?: () => Promise<void>): Promise<Out> {
  try {
    return await act();
  } catch (thrown) {
    await undo?.();
    throw unwritable(path, hasErrno(thrown, 'ENOSPC') ? 'the disk is full' : messageOf(thrown), thrown);
  }
}

function hasErrno(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}

function unwritable(path: string, reason: string, cause?: unknown): PermafrostError {
  return new PermafrostError(
    'FILE_UNWRITABLE',
    `${basename(path)} cannot be written: ${reason}. Choose another folder, or make room, and try again.`,
    { context: { path }, cause },
  );
}
