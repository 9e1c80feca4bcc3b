// @ts-check
/** Builds the app into out/ when its sources have changed since the last build. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT, run } from './child-process.mjs';
import { Refusal, say } from './console.mjs';

const SOURCES = [
  ...['shared', 'electron', 'renderer', 'package.json', 'package-lock.json'],
  ...['electron.vite.config.ts', 'scripts/assemblyscript.mjs'],
];
const OUT = path.join(PROJECT, 'out');
/** what the build was made from, and how those files looked: one that looks as before is not read again */
const MARK = path.join(OUT, 'built-from.json');

export async function ensureBuilt() {
  const mark = await readMark();
  const stamp = stampOf(PROJECT, SOURCES);
  if (mark?.stamp === stamp) return;
  const digest = await digestOf(PROJECT, SOURCES);
  if (mark?.digest !== digest) await build();
  await writeFile(MARK, JSON.stringify({ stamp, digest }));
}

async function build() {
  say('building the app ...');
  await forgetBuild();
  const cli = path.join(PROJECT, 'node_modules/electron-vite/bin/electron-vite.js');
  const exitCode = await run(process.execPath, [cli, 'build', '--logLevel', 'warn']);
  if (exitCode !== 0) throw new Refusal('The build failed, see above.');
}

/** @returns {Promise<{ stamp: string, digest: string } | null>} null when there is no whole build */
async function readMark() {
  try {
    return /** @type {{ stamp: string, digest: string }} */ (JSON.parse(await readFile(MARK, 'utf8')));
  } catch {
    return null; // it is not there, or was cut off while it was written
  }
}

/** Before something else writes into out/. */
export async function forgetBuild() {
  await rm(MARK, { force: true });
}

/**
 * @param {string} root
 * @param {readonly string[]} sources files and folders in it
 * @returns {string} of all names, sizes and times of change: the same as long as nothing was touched
 */
export function stampOf(root, sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesIn(root, source)) {
      const { size, mtimeMs } = statSync(path.join(root, file));
      hash.update(`${file}\0${size}\0${mtimeMs}\0`);
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {readonly string[]} sources files and folders in it
 * @returns {Promise<string>} of all names and contents: the same when nothing was changed
 */
export async function digestOf(root, sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesIn(root, source)) {
      const content = await readFile(path.join(root, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} source
 * @returns {string[]} in order of name, relative to the root
 */
function filesIn(root, source) {
  if (path.extname(source) !== '') return [source];
  const entries = readdirSync(path.join(root, source), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
}
