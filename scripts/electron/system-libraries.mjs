// @ts-check
/** The shared libraries and the font that Electron takes from the system on Linux. */
import { readdir } from 'node:fs/promises';
import { read } from '../child-process.mjs';
import { Refusal } from '../console.mjs';
import { installDebianPackages } from '../debian-packages.mjs';

/** What Electron links to, by Debian's package. */
const PACKAGE_OF = new Map([
  ['libasound.so.2', 'libasound2'],
  ['libatk-1.0.so.0', 'libatk1.0-0'],
  ['libatk-bridge-2.0.so.0', 'libatk-bridge2.0-0'],
  ['libatspi.so.0', 'libatspi2.0-0'],
  ['libcairo.so.2', 'libcairo2'],
  ['libcups.so.2', 'libcups2'],
  ['libdbus-1.so.3', 'libdbus-1-3'],
  ['libdrm.so.2', 'libdrm2'],
  ['libexpat.so.1', 'libexpat1'],
  ['libgbm.so.1', 'libgbm1'],
  ['libgio-2.0.so.0', 'libglib2.0-0'],
  ['libglib-2.0.so.0', 'libglib2.0-0'],
  ['libgobject-2.0.so.0', 'libglib2.0-0'],
  ['libgtk-3.so.0', 'libgtk-3-0'],
  ['libnspr4.so', 'libnspr4'],
  ['libnss3.so', 'libnss3'],
  ['libnssutil3.so', 'libnss3'],
  ['libpango-1.0.so.0', 'libpango-1.0-0'],
  ['libsmime3.so', 'libnss3'],
  ['libudev.so.1', 'libudev1'],
  ['libX11.so.6', 'libx11-6'],
  ['libxcb.so.1', 'libxcb1'],
  ['libXcomposite.so.1', 'libxcomposite1'],
  ['libXdamage.so.1', 'libxdamage1'],
  ['libXext.so.6', 'libxext6'],
  ['libXfixes.so.3', 'libxfixes3'],
  ['libxkbcommon.so.0', 'libxkbcommon0'],
  ['libXrandr.so.2', 'libxrandr2'],
]);

/** What Electron opens only when it runs, or dialogs look bad without. */
const OPENED_LATER = ['libgtk-3-0', 'libxss1', 'libxtst6'];
const FONT = 'fonts-dejavu-core';
const FONT_FOLDERS = ['/usr/share/fonts', '/usr/local/share/fonts'];

/**
 * Makes sure that the runtime can be loaded.
 * @param {string} executablePath
 */
export async function ensureSystemLibraries(executablePath) {
  if (process.platform !== 'linux') return;
  const missing = await missingLibraries(executablePath);
  const packages = packagesOf(missing);
  if (!(await hasFont())) packages.push(FONT);
  if (packages.length === 0) return;
  await installDebianPackages(packages, 'Electron needs');
  const still = await missingLibraries(executablePath);
  if (still.length > 0) throw new Refusal(`Electron still misses ${still.join(', ')} after the installation.`);
}

/**
 * @param {readonly string[]} libraries sonames that the loader did not find
 * @returns {string[]} Debian packages, each once; a library that is not known here is left to the check afterwards
 */
export function packagesOf(libraries) {
  if (libraries.length === 0) return [];
  const known = libraries.flatMap((library) => PACKAGE_OF.get(library) ?? []);
  return [...new Set([...known, ...OPENED_LATER])].sort();
}

/** @param {string} output of ldd */
export function notFoundIn(output) {
  const names = output.matchAll(/^\s*(\S+) => not found$/gm);
  return [...names].flatMap(([, name]) => name ?? []);
}

/** @param {string} executablePath */
async function missingLibraries(executablePath) {
  const { exitCode, stdout, stderr } = await read('ldd', [executablePath]);
  if (exitCode !== 0)
    throw new Refusal(`${executablePath} does not fit this system: ${stderr.trim() || stdout.trim()}`);
  return notFoundIn(stdout);
}

async function hasFont() {
  for (const folder of FONT_FOLDERS) {
    const files = await readdir(folder, { recursive: true }).catch(() => []);
    if (files.some((file) => /\.(ttf|otf|ttc|pfb)$/i.test(file))) return true;
  }
  return false;
}
