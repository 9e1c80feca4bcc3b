// @ts-check
/** Child processes to their end: shown to the user, or read. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';

export const PROJECT = path.resolve(import.meta.dirname, '..');

/**
 * @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv }} Where
 */

/**
 * Runs a command that writes to the user's terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Where} [where] the project's folder by default
 * @returns {Promise<number>} its exit code
 */
export async function run(command, args, where = {}) {
  const child = spawn(command, args, { cwd: PROJECT, stdio: 'inherit', ...where });
  return exitCodeOf(child);
}

/**
 * Runs a command and reads what it says.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Where} [where] the project's folder by default
 * @returns {Promise<{ exitCode: number, stdout: string, stderr: string }>} exit code 127 when there is no such command
 */
export async function read(command, args, where = {}) {
  const child = spawn(command, args, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'], ...where });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stderr += text));
  const exitCode = await exitCodeOf(child);
  return { exitCode, stdout, stderr };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} its exit code as a shell says it: 128 and the signal, 127 when there is no such command
 */
export function exitCodeOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if ('code' in error && error.code === 'ENOENT') resolve(127);
      else reject(error);
    });
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
