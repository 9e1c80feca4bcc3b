/** What the local file system refuses, in words. */
import { basename } from 'node:path';
import { messageOf, PermafrostError } from '../../../../shared/errors';

/** @throws PermafrostError FILE_UNWRITABLE in place of what `act` throws */
export async function orUnwritable<Out>(path: string, act: () => Promise<Out>): Promise<Out> {
  try {
    return await act();
  } catch (thrown) {
    const isFull = hasErrno(thrown, 'ENOSPC') || hasErrno(thrown, 'EDQUOT');
    throw unwritable(path, isFull ? 'the disk is full' : messageOf(thrown), thrown);
  }
}

export function hasErrno(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}

export function unwritable(path: string, reason: string, cause?: unknown): PermafrostError {
  return new PermafrostError(
    'FILE_UNWRITABLE',
    `${basename(path)} cannot be written: ${reason}. Choose another folder, or make room, and try again.`,
    { context: { path }, cause },
  );
}
