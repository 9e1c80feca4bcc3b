// @ts-check
/** A display to open the window on: the user's, or an invisible one for the length of the run. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { read } from '../child-process.mjs';
import { Refusal, say } from '../console.mjs';
import { installDebianPackages } from '../debian-packages.mjs';

const SCREEN = '1600x1000x24';
const FAMILY_WILD = 0xffff;

/**
 * @typedef {object} Display
 * @property {boolean} isVirtual
 * @property {Record<string, string>} env what the app needs in its environment
 * @property {() => void} close
 */

/** @returns {Promise<Display>} */
export async function openDisplay() {
  const { DISPLAY = '', WAYLAND_DISPLAY = '' } = process.env;
  if (process.platform !== 'linux' || DISPLAY !== '' || WAYLAND_DISPLAY !== '') {
    return { isVirtual: false, env: {}, close: () => undefined };
  }
  if ((await read('Xvfb', ['-help'])).exitCode === 127) {
    await installDebianPackages(['xvfb'], 'Without a display, Electron needs');
  }
  return startXvfb();
}

/**
 * Ends the server and clears up when its standard input ends: so it goes with this process, however that dies. Without
 * descriptor 3 the shell does not keep the pipe open after a server that could not start.
 */
const KEEPER = 'folder=$1; shift; Xvfb "$@" & server=$!; exec 3>&-; cat >/dev/null; kill "$server"; rm -rf "$folder"';

/** @returns {Promise<Display>} */
async function startXvfb() {
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-display-'));
  const authority = path.join(folder, 'authority');
  await writeFile(authority, authorityEntry(randomBytes(16)), { mode: 0o600 });
  const options = ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset', '-auth', authority];
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', folder, ...options], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    // a session of its own: Ctrl-C is for the app, which still needs its display to close
    detached: true,
  });
  const close = () => void keeper.stdin?.end();
  try {
    const display = `:${await numberFrom(keeper)}`;
    say(`there is no display here: the window opens on an invisible one (Xvfb ${display})`);
    return { isVirtual: true, env: { DISPLAY: display, XAUTHORITY: authority }, close };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

/**
 * Xvfb chooses a free display and writes its number to file descriptor 3 when it is ready.
 * @param {import('node:child_process').ChildProcess} keeper
 * @returns {Promise<number>}
 */
function numberFrom(keeper) {
  return new Promise((resolve, reject) => {
    let said = '';
    let problem = '';
    keeper.once('error', reject);
    keeper.stderr?.on('data', (/** @type {Buffer} */ bytes) => (problem += bytes.toString()));
    const pipe = keeper.stdio[3];
    pipe?.on('data', (/** @type {Buffer} */ bytes) => {
      said += bytes.toString();
      if (said.endsWith('\n')) resolve(Number(said));
    });
    pipe?.once('close', () => reject(new Refusal(`Xvfb could not open a display: ${problem.trim()}`)));
  });
}

/**
 * One entry of an Xauthority file, for any display: only who can read the file may see the window.
 * Source: Xau library, AuDispose and AuWrite: big-endian counted strings after the family.
 * @param {Buffer} cookie
 */
export function authorityEntry(cookie) {
  const family = Buffer.alloc(2);
  family.writeUInt16BE(FAMILY_WILD);
  const fields = [Buffer.alloc(0), Buffer.alloc(0), Buffer.from('MIT-MAGIC-COOKIE-1'), cookie];
  const counted = fields.flatMap((field) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(field.length);
    return [length, field];
  });
  return Buffer.concat([family, ...counted]);
}
