// @ts-check
/** Installs Debian packages as root, or says exactly what to type. */
import { existsSync } from 'node:fs';
import { capture, run, UserError } from '../run.mjs';

/**
 * @param {readonly string[]} packages
 * @param {string} why
 * @param {(text: string) => void} say
 */
export async function installPackages(packages, why, say) {
  const command = `apt-get install -y ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new UserError(`${why} On Debian or Ubuntu, run:\n\n    sudo ${command}\n`);
  }
  say(`${why} Installing: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  let code = await run('apt-get', ['install', '-y', '-qq', ...packages], { env });
  if (code !== 0) {
    await run('apt-get', ['update', '-qq'], { env });
    code = await run('apt-get', ['install', '-y', '-qq', ...packages], { env });
  }
  if (code !== 0) throw new UserError(`Installing failed. Run it by hand:\n\n    ${command}\n`);
}

/**
 * @param {readonly string[]} packages
 * @returns {Promise<string[]>} those that are not installed
 */
export async function missingPackages(packages) {
  const { stdout } = await capture('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...packages]);
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}
