// @ts-check
/** Builds the app into out/ when its sources have changed since the last build. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT, run } from './child-process.mjs';
import { Refusal, say } from './console.mjs';

const SOURCES = [
  ...['shared', 'electron', 'renderer', 'package.json', 'package-lock.json'],
  ...['electron.vite.config.ts', 'scripts/assemblyscript.mjs'],
];
const OUT = path.join(PROJECT, 'out');
const MARK = path.join(OUT, 'built-from.sha256');

export async function ensureBuilt() {
  const digest = await digestOf(PROJECT, SOURCES);
  if ((await readFile(MARK, 'utf8').catch(() => '')) === digest) return;
  say('building the app ...');
  await forgetBuild();
  const cli = path.join(PROJECT, 'node_modules/electron-vite/bin/electron-vite.js');
  const exitCode = await run(process.execPath, [cli, 'build', '--logLevel', 'warn']);
  if (exitCode !== 0) throw new Refusal('The build failed, see above.');
  await writeFile(MARK, digest);
}

/** Before something else writes into out/. */
export async function forgetBuild() {
  await rm(MARK, { force: true });
}

/**
 * @param {string} root
 * @param {readonly string[]} sources files and folders in it
 * @returns {Promise<string>} of all names and contents
 */
export async function digestOf(root, sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of await filesIn(root, source)) {
      const content = await readFile(path.join(root, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} source
 * @returns {Promise<string[]>} in order of name, relative to the root
 */
async function filesIn(root, source) {
  if (path.extname(source) !== '') return [source];
  const entries = await readdir(path.join(root, source), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
}
