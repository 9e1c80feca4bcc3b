// @ts-check
/** Everything that has to be there before the app can open its window. */
import { ensureBuilt } from '../build.mjs';
import { requireNode, say } from '../console.mjs';
import { isRoot } from '../debian-packages.mjs';
import { openDisplay } from './display.mjs';
import { findRuntime } from './runtime.mjs';
import { ensureSystemLibraries } from './system-libraries.mjs';

/** Flags under which tests run the app, besides a `--user-data-dir` of their own. */
export const TEST_FLAGS = ['--disable-gpu', '--log-level=3', '--password-store=basic'];

/**
 * @typedef {object} PreparedElectron
 * @property {import('./runtime.mjs').Runtime} runtime
 * @property {string} executablePath
 * @property {string[]} args flags that this machine needs, to be put before the app's folder
 * @property {Record<string, string>} env the whole environment for Electron
 * @property {() => void} cleanup ends what was started for it
 */

/**
 * Runtime, system libraries, build and display, each made ready where it is missing.
 * @param {{ build?: boolean }} [options] build: false when the caller builds
 * @returns {Promise<PreparedElectron>}
 */
export async function prepareElectron({ build = true } = {}) {
  requireNode();
  const runtime = await findRuntime();
  await ensureSystemLibraries(runtime.executablePath);
  if (build) await ensureBuilt();
  const display = await openDisplay();
  return {
    runtime,
    executablePath: runtime.executablePath,
    args: [...sandboxFlags(), ...(display.isVirtual ? ['--disable-gpu', '--log-level=3'] : [])],
    env: { ...inheritedEnvironment(), ...display.env },
    cleanup: display.close,
  };
}

function sandboxFlags() {
  if (process.platform !== 'linux' || !isRoot) return [];
  say("you are root: Chromium's sandbox does not work for root, so the app runs without it (--no-sandbox)");
  return ['--no-sandbox'];
}

function inheritedEnvironment() {
  /** @type {Record<string, string>} */
  const env = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  // set in the terminals of editors that are Electron apps themselves; it would turn the app into plain Node
  delete env['ELECTRON_RUN_AS_NODE'];
  return env;
}
