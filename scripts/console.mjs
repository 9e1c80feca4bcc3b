// @ts-check
/** What the scripts say, what they ask for before they begin, and how they end. */
import { existsSync } from 'node:fs';

/** Something that the user has to decide or to do: printed as its message alone, without a stack. */
export class Refusal extends Error {}

/** @param {string} text */
export function say(text) {
  console.error(`permafrost: ${text}`);
}

/**
 * Runs a script to its exit code.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (thrown) {
    if (thrown instanceof Refusal) say(thrown.message);
    else console.error(thrown);
    process.exitCode = 1;
  }
}

/** The oldest Node that runs this: the one inside the Electron that tests use, too. */
const OLDEST_NODE = /** @type {const} */ ([20, 18]);

/** @param {string} [version] as process.versions.node says it */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Refusal(
    `Permafrost needs Node ${oldestMajor}.${oldestMinor} or newer, this is ${version}. Install a newer Node, then run the same command again.`,
  );
}

/** Before anything is imported that comes from npm. */
export function requirePackages() {
  if (existsSync(new URL('../node_modules/.package-lock.json', import.meta.url))) return;
  throw new Refusal('The packages are not installed yet. Run this first:  npm ci');
}
