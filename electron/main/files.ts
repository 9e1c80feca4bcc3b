import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, PermafrostError } from '../../shared/errors';

/** Replaces a small file as a whole: a kill or a power failure leaves the old one or the new one. One call at a time. */
export async function replaceFile(file: string, content: string, mode = 0o600): Promise<void> {
  const temporary = `${file}.new`;
  try {
    await writeSynced(temporary, content, mode);
    await rename(temporary, file);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined); // why it could not be written is worth more
    throw thrown;
  }
  await syncFolder(path.dirname(file));
}

async function writeSynced(file: string, content: string, mode: number): Promise<void> {
  const handle = await open(file, 'w', mode);
  try {
    await handle.chmod(mode); // one that a kill left may have another
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the new name outlive a power failure where the file system can; elsewhere the old file may come back. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r').catch(() => null); // a folder may be writable and not readable
  await handle?.sync().catch(() => undefined); // some network file systems refuse it
  await handle?.close();
}

/** @returns null when there is no such file */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

/** A file that the user has chosen. @throws PermafrostError FILE_UNREADABLE */
export async function readChosen(file: string): Promise<string> {
  try {
    const text = await readIfThere(file);
    if (text !== null) return text;
    throw new Error('there is no such file');
  } catch (thrown) {
    throw new PermafrostError('FILE_UNREADABLE', `${file} cannot be read: ${messageOf(thrown)}. Choose another file.`, {
      context: { file },
      cause: thrown,
    });
  }
}
