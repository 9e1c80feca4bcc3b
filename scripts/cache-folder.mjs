// @ts-check
/** The user's cache folder: what is fetched or built once and used by every checkout. */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** @returns {string} the user's cache folder of this app */
export function cacheFolder() {
  const base = process.env['XDG_CACHE_HOME'] ?? '';
  return path.join(path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'permafrost');
}

/**
 * A folder in the cache, made at its first use. Safe to be called by several processes at once: each makes its own, the
 * first to be done wins.
 * @param {string} name changes when what is made changes
 * @param {(folder: string, work: string) => Promise<void>} make fills the folder, which it creates, inside a work folder
 * @returns {Promise<string>} path of the folder
 */
export async function cachedFolder(name, make) {
  const cache = cacheFolder();
  const folder = path.join(cache, name);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const work = await mkdtemp(path.join(cache, 'unpacking-'));
  try {
    const made = path.join(work, 'made');
    await make(made, work);
    await moveIntoPlace(made, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** @param {string} name of a folder in the cache */
export function isCached(name) {
  return exists(path.join(cacheFolder(), name));
}

/**
 * @param {string} made
 * @param {string} folder
 */
async function moveIntoPlace(made, folder) {
  try {
    await rename(made, folder);
  } catch (thrown) {
    // another process was faster: what it made is the same
    if (!(await exists(folder))) throw thrown;
  }
}

/**
 * What killed processes left behind.
 * @param {string} cache
 */
async function removeAbandoned(cache) {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('unpacking-')) continue;
    const folder = path.join(cache, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} file */
async function exists(file) {
  try {
    await stat(file);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return false;
    throw thrown;
  }
}
