// @ts-check
/**
 * Starts the app whose folder is on the command line, as the launcher inside an official Electron does; the carried
 * runtime has none. Ends in a top-level await, so that `ready` waits for a main that is an ES module.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const { folder, preloads } = readArguments(process.argv.slice(1));
if (folder === null) {
  console.error('Usage: electron [options] <folder of an app>');
  process.exit(1);
}
const appPath = path.resolve(folder);
const require = createRequire(path.join(appPath, 'package.json'));
for (const preload of preloads) require(path.resolve(preload));
Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
await import(pathToFileURL(describeApp(appPath)).href);

/**
 * @param {string[]} args
 * @returns {{ folder: string | null, preloads: string[] }}
 */
function readArguments(args) {
  /** @type {string[]} */
  const preloads = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '-r' || arg === '--require') preloads.push(args[++index] ?? '');
    else if (arg === '-v' || arg === '--version') answer(`v${process.versions.electron}`);
    else if (arg === '-a' || arg === '--abi') answer(process.versions.modules);
    else if (!arg.startsWith('-')) return { folder: arg, preloads };
  }
  return { folder: null, preloads };
}

/**
 * @param {string} text
 * @returns {never}
 */
function answer(text) {
  console.log(text);
  process.exit(0);
}

/**
 * Takes name and version from the app's package.json, as for a packaged app.
 * @param {string} folder
 * @returns {string} the file to run
 */
function describeApp(folder) {
  const packageFile = path.join(folder, 'package.json');
  if (!existsSync(packageFile)) return folder;
  /** @type {{ name?: string, productName?: string, version?: string, main?: string }} */
  const { name, productName, version, main = 'index.js' } = JSON.parse(readFileSync(packageFile, 'utf8'));
  const title = productName ?? name;
  // what Electron's own launcher calls; not in its public types
  const launched = /** @type {typeof app & Record<'setVersion' | 'setAppPath', (value: string) => void>} */ (app);
  if (title !== undefined) launched.setName(title);
  if (version !== undefined) launched.setVersion(version);
  launched.setAppPath(folder);
  return path.join(folder, main);
}
