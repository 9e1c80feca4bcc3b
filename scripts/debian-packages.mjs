// @ts-check
/** Programs and libraries of the system that npm can't bring: installed as root, asked for otherwise. */
import { read, run } from './child-process.mjs';
import { Refusal, say } from './console.mjs';

export const isRoot = process.getuid?.() === 0;

/**
 * @param {readonly string[]} packages names of Debian 12
 * @param {string} purpose who needs them, as in "Electron needs"
 */
export async function installDebianPackages(packages, purpose) {
  const list = packages.join(' ');
  if ((await read('apt-get', ['--version'])).exitCode !== 0) {
    throw new Refusal(
      `${purpose} what Debian packages as: ${list}. Install the same with your system's package manager.`,
    );
  }
  if (!isRoot) {
    const names = (await namesHere(packages)).join(' ');
    throw new Refusal(
      `${purpose} packages that are not installed. Run this, then the same command again:\n\n` +
        `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}\n`,
    );
  }
  say(`${purpose} packages that are not installed; installing them as root: ${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if ((await run('apt-get', ['update', '-qq'], { env })) !== 0) throw new Refusal('apt-get update failed, see above.');
  const names = await namesHere(packages);
  const exitCode = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
  if (exitCode !== 0) throw new Refusal(`apt-get install ${names.join(' ')} failed, see above.`);
}

/**
 * Debian 13 and Ubuntu 24.04 renamed libraries when time_t grew to 64 bits; some old names are ambiguous there.
 * @param {readonly string[]} packages
 */
async function namesHere(packages) {
  const names = packages.map(async (name) => {
    const renamed = `${name}t64`;
    return name.startsWith('lib') && (await read('apt-cache', ['show', renamed])).exitCode === 0 ? renamed : name;
  });
  return Promise.all(names);
}
