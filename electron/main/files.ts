import { open, readFile, rename } from 'node:fs/promises';
import { messageOf, PermafrostError } from '../../shared/errors';

/** Replaces a small file as a whole: a kill leaves the old one or the new one. */
export async function replaceFile(file: string, content: string, mode = 0o600): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
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
