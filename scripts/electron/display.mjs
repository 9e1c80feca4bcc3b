// @ts-check
/** A display for the window: the user's, or a virtual one where there is none. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { installPackages } from './debian-packages.mjs';
import { UserError } from '../run.mjs';

const SCREEN = '1920x1200x24';

/**
 * @typedef {object} Display
 * @property {Record<string, string>} env
 * @property {() => void} close
 */

/**
 * @param {(text: string) => void} say
 * @returns {Promise<Display>}
 */
export async function openDisplay(say) {
  const hasDisplay = process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
  if (process.platform !== 'linux' || hasDisplay) return { env: {}, close: () => undefined };
  if (!existsSync('/usr/bin/Xvfb'))
    await installPackages(['xvfb', 'xauth'], 'There is no display here: a virtual one is needed.', say);
  say('There is no display here: the window opens on a virtual one (Xvfb).');
  return startXvfb();
}

/** @returns {Promise<Display>} */
function startXvfb() {
  return new Promise((resolve, reject) => {
    // it picks a free number and writes it to descriptor 3
    const args = ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset'];
    const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const number = server.stdio[3];
    let text = '';
    number?.on('data', (/** @type {Buffer} */ chunk) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve({ env: { DISPLAY: `:${text.trim()}` }, close: () => server.kill() });
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new UserError(`The virtual display (Xvfb) ended with code ${code}`)));
  });
}
