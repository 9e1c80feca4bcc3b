// @ts-check
/** Everything that has to be there before the app can start. */
import { ensureBuilt } from './build.mjs';
import { openDisplay } from './display.mjs';
import { findRuntime } from './runtime.mjs';
import { ensureLibraries } from './system-libraries.mjs';
import { UserError } from '../run.mjs';

const MIN_NODE = [20, 18];

/**
 * @typedef {object} PreparedElectron
 * @property {string} folder of the runtime
 * @property {string} executablePath
 * @property {string[]} args that the runtime needs on this machine
 * @property {Record<string, string>} env
 * @property {() => void} cleanup
 */

/**
 * @param {{ build?: boolean }} [options]
 * @returns {Promise<PreparedElectron>}
 */
export async function prepareElectron({ build = true } = {}) {
  checkNode();
  const { folder, executablePath } = await findRuntime(say);
  await ensureLibraries(executablePath, say);
  if (build) await ensureBuilt(say);
  const args = [];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    say('Running as root: Chromium has no sandbox then.');
    args.push('--no-sandbox');
  }
  const display = await openDisplay(say);
  if (Object.keys(display.env).length > 0) args.push('--disable-gpu');
  return { folder, executablePath, args, env: { ...inherited(), ...display.env }, cleanup: display.close };
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [minMajor = 0, minMinor = 0] = MIN_NODE;
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return;
  throw new UserError(`Permafrost needs Node ${MIN_NODE.join('.')} or newer; this is ${process.versions.node}.`);
}

/** @returns {Record<string, string>} */
function inherited() {
  const env = /** @type {Record<string, string>} */ ({ ...process.env });
  delete env['ELECTRON_RUN_AS_NODE'];
  return env;
}

/** @param {string} text */
function say(text) {
  console.log(`permafrost: ${text}`);
}
