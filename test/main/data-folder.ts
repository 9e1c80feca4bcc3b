import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A data folder of the test's own. */
export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What no file of the app may look like, whichever it is. */
export const DAMAGED: readonly (readonly [what: string, text: string])[] = [
  ['an empty file', ''],
  ['a file of zeros, as a power failure leaves it', '\0\0\0\0'],
  ['half a file', '{"version":1,"active":"sand'],
  ['an array', '[]'],
  ['null', 'null'],
  ['a text', '"settings"'],
  ['a version that is no number', '{"version":"two"}'],
  ['a version that never was', '{"version":0}'],
  ['a field that does not exist', '{"version":1,"topik":"buses"}'],
];

/** The file's own name, a time, and what it was. */
export function damagedName(name: string): RegExp {
  return new RegExp(`^${name}\\.damaged-\\d{8}T\\d{6}Z\\.json$`);
}

/** Runs the work while nothing can be written in the folder; as an ordinary user, since root may write everywhere. */
export async function whileReadOnly<Value>(folder: string, work: () => Promise<Value>): Promise<Value> {
  await chmod(folder, 0o555);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o700);
  }
}

/** The content of every file, by name. */
export async function everyFile(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder);
  const read = names.map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(read));
}
