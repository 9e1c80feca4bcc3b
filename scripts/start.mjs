// @ts-check
/**
 * `npm start [-- --dev] [-- app's arguments]`, `npm start -- --demo [...]`: from a fresh clone to an open window.
 *
 *   --dev    rebuilds and reloads on every change of the sources
 *   --demo   performs the main job from end to end in the real app, see scripts/demo/run.mjs
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { exitCodeOf, PROJECT } from './child-process.mjs';
import { requireNode, requirePackages, runMain } from './console.mjs';

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function main([mode, ...rest]) {
  requireNode();
  requirePackages();
  if (mode === '--demo') {
    const { runDemo } = await import('./demo/run.mjs');
    return runDemo(rest);
  }
  const isDev = mode === '--dev';
  const appArgs = [mode ?? '', ...rest].filter((arg) => !['', '--', '--dev'].includes(arg));
  const { prepareElectron } = await import('./electron/prepare.mjs');
  const electron = await prepareElectron({ build: !isDev });
  try {
    return isDev ? await runDev(electron, appArgs) : await runBuilt(electron, appArgs);
  } finally {
    electron.cleanup();
  }
}

/**
 * @param {import('./electron/prepare.mjs').PreparedElectron} electron
 * @param {string[]} appArgs
 */
function runBuilt({ executablePath, args, env }, appArgs) {
  return runInForeground(executablePath, [...args, '.', ...appArgs], env);
}

/**
 * @param {import('./electron/prepare.mjs').PreparedElectron} electron
 * @param {string[]} appArgs
 */
async function runDev({ executablePath, args, env }, appArgs) {
  const { forgetBuild } = await import('./build.mjs');
  await forgetBuild();
  const cli = path.join(PROJECT, 'node_modules/electron-vite/bin/electron-vite.js');
  const devEnv = { ...env, ELECTRON_EXEC_PATH: executablePath };
  return runInForeground(process.execPath, [cli, 'dev', '--watch', '--', ...args, ...appArgs], devEnv);
}

/**
 * Runs until it ends. The child has a process group of its own and gets each signal once, from here: Chromium takes a
 * second SIGINT, which Ctrl-C in a terminal and npm would both send, for an order to die at once.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
async function runInForeground(command, args, env) {
  const child = spawn(command, args, { cwd: PROJECT, env, stdio: 'inherit', detached: process.platform !== 'win32' });
  const stopForwarding = forwardSignals(child);
  try {
    return await exitCodeOf(child);
  } finally {
    stopForwarding();
  }
}

const SAME_SIGNAL_WITHIN_MS = 1000;
const LOOK_FOR_PARENT_EVERY_MS = 500;

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  let lastAt = 0;
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    const isEcho = Date.now() - lastAt < SAME_SIGNAL_WITHIN_MS;
    lastAt = Date.now();
    if (!isEcho) child.kill(signal);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, forward);
  // npm hands SIGTERM to its shell alone, which dies of it: having lost the parent means being told to end
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    forward('SIGTERM');
  }, LOOK_FOR_PARENT_EVERY_MS);
  return () => {
    clearInterval(watch);
    for (const signal of signals) process.removeListener(signal, forward);
  };
}

await runMain(() => main(process.argv.slice(2)));
