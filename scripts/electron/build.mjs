// @ts-check
/** Builds out/ when the sources have changed since it was built. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT, run, UserError } from '../run.mjs';

const SOURCES = ['electron', 'renderer', 'shared', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];
const STAMP = path.join(ROOT, 'out', '.built-from');

/** @param {(text: string) => void} say */
export async function ensureBuilt(say) {
  const sources = await fingerprint();
  if ((await readFile(STAMP, 'utf8').catch(() => '')) === sources) return;
  say('Building the app ...');
  const vite = path.join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const code = await run(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: ROOT });
  if (code !== 0) throw new UserError('The build failed; see above.');
  await writeFile(STAMP, sources);
}

/** Names, sizes and times of all sources. */
async function fingerprint() {
  const hash = createHash('sha256');
  for (const source of SOURCES) await add(hash, path.join(ROOT, source));
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} file
 * @returns {Promise<void>}
 */
async function add(hash, file) {
  const { mtimeMs, size } = await stat(file);
  const isFolder = (await stat(file)).isDirectory();
  hash.update(isFolder ? file : `${file} ${mtimeMs} ${size}\n`);
  if (!isFolder) return;
  for (const entry of (await readdir(file)).sort()) await add(hash, path.join(file, entry));
}
