/**
 * Small state on disk as one JSON file, replaced as a whole: written under a temporary name, synced, then renamed.
 * Whoever reads it sees the old or the new state, never half of one. A file that does not parse is never replaced by
 * an empty state: the sandbox refuses to start and names it.
 */
import { open, readFile, rename } from 'node:fs/promises';
import type { z } from 'zod';
import { PermafrostError, messageOf } from '../../shared/errors';

/**
 * @returns the parsed state, or undefined if there is no such file
 * @throws PermafrostError SANDBOX_FAILED if it is damaged or cannot be read
 */
export async function readStateFile<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return schema.parse(JSON.parse(text));
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw damagedFile(path, messageOf(error), error);
  }
}

export async function replaceStateFile(path: string, state: unknown): Promise<void> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(state, null, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}

export function damagedFile(path: string, what: string, cause?: unknown): PermafrostError {
  return new PermafrostError(
    'SANDBOX_FAILED',
    `The sandbox cannot read its file ${path}: ${what}. Nothing was changed. ` +
      'Put the file back from a copy, or move the sandbox data folder away to begin with an empty sandbox.',
    { context: { file: path }, cause },
  );
}

export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
