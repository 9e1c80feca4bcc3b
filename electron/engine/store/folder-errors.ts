import { messageOf, PermafrostError, type ErrorCode } from '../../../shared/errors';

/** What was tried, e.g. "Writing", on which folder and which object in it. */
export interface FolderAction {
  readonly doing: string;
  readonly folder: string;
  readonly object?: string;
}

/** By Node's error code; what is missing here is STORE_REFUSED. */
const MEANINGS: Readonly<Record<string, { readonly code: ErrorCode; readonly says: string }>> = {
  ENOENT: { code: 'STORE_NOT_FOUND', says: 'it is not there. Check the folder; is its disk mounted?' },
  ENOTDIR: { code: 'STORE_REFUSED', says: 'a file is where a folder should be. Choose another folder.' },
  EACCES: { code: 'STORE_DENIED', says: 'access was denied. Give this user the right to read and write the folder.' },
  EPERM: { code: 'STORE_DENIED', says: 'access was denied. Give this user the right to read and write the folder.' },
  EROFS: {
    code: 'STORE_DENIED',
    says: 'the file system is read-only. Mount it for writing, or choose another folder.',
  },
  ENOSPC: { code: 'STORE_REFUSED', says: 'the disk is full. Make room, or choose a folder on another disk.' },
  EDQUOT: { code: 'STORE_REFUSED', says: 'the disk quota is used up. Make room, or choose another folder.' },
  EFBIG: { code: 'STORE_REFUSED', says: 'the file system allows no file as large. Choose a smaller segment size.' },
  ENAMETOOLONG: { code: 'STORE_REFUSED', says: 'the path is too long. Choose a folder with a shorter path.' },
  EBUSY: { code: 'STORE_UNAVAILABLE', says: 'another program holds the file. It is tried again.' },
  EMFILE: { code: 'STORE_UNAVAILABLE', says: 'too many files are open. It is tried again.' },
  ENFILE: { code: 'STORE_UNAVAILABLE', says: 'too many files are open. It is tried again.' },
  EIO: { code: 'STORE_UNAVAILABLE', says: 'the disk reported an error. It is tried again; check the disk.' },
  ESTALE: { code: 'STORE_UNAVAILABLE', says: 'the file server lost the file. It is tried again.' },
  ETIMEDOUT: { code: 'STORE_UNAVAILABLE', says: 'the file server does not answer. It is tried again.' },
};

/** How file systems without hard links answer; EISDIR is libuv's name for Windows' ERROR_INVALID_FUNCTION. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EINVAL', 'EMLINK']);

/** What a file operation threw, as an error of ours. */
export function fromFolder(thrown: unknown, action: FolderAction, signal?: AbortSignal): PermafrostError {
  if (thrown instanceof PermafrostError) return thrown;
  if (signal?.aborted) return cancelled(action, thrown);
  const { code, says } = MEANINGS[errnoOf(thrown) ?? ''] ?? {
    code: 'STORE_REFUSED',
    says: `the file system refused (${messageOf(thrown)}).`,
  };
  return folderError(code, action, says, thrown);
}

export function fromLink(thrown: unknown, action: FolderAction): PermafrostError {
  const code = errnoOf(thrown) ?? '';
  if (code === 'EXDEV') {
    return folderError('STORE_REFUSED', action, 'another disk is mounted inside of the folder. Unmount it.', thrown);
  }
  if (!NO_HARD_LINKS.has(code)) return fromFolder(thrown, action);
  return folderError(
    'STORE_REFUSED',
    action,
    `its file system has no hard links (${code}), which keep archives from being overwritten. ` +
      'Choose a folder on e.g. ext4, XFS, APFS or NTFS.',
    thrown,
  );
}

export function folderError(code: ErrorCode, action: FolderAction, says: string, cause?: unknown): PermafrostError {
  const { doing, folder, object } = action;
  return new PermafrostError(code, `${doing} ${whereOf(action)}: ${says}`, {
    context: { folder, ...(object === undefined ? {} : { object }) },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** @throws PermafrostError CANCELLED */
export function throwIfAborted(action: FolderAction, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(action);
}

/** Node's code of a failed file operation, e.g. ENOENT. */
export function errnoOf(thrown: unknown): string | null {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
  return typeof code === 'string' ? code : null;
}

function cancelled(action: FolderAction, cause?: unknown): PermafrostError {
  return folderError('CANCELLED', action, 'cancelled.', cause);
}

function whereOf({ folder, object }: FolderAction): string {
  return object === undefined ? folder : `${object} in ${folder}`;
}
