// @ts-check
/**
 * `npm run package [-- --unsupported-runtime] [-- targets]`: packages the built app into release/.
 *
 *   --unsupported-runtime   packages the carried runtime, for tests behind a closed network; the artifacts say -dev
 *   targets                 of electron-builder, e.g. `dir` or `zip`; those of electron-builder.yml when none is given
 */
import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import sevenZip from '7zip-bin';
import { ensureBuilt } from './build.mjs';
import { PROJECT, run } from './child-process.mjs';
import { Refusal, requireNode, runMain } from './console.mjs';
import { findRuntime } from './electron/runtime.mjs';

const UNSUPPORTED = '--unsupported-runtime';

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function main(args) {
  requireNode();
  const runtime = await findRuntime();
  if (runtime.kind === 'carried' && !args.includes(UNSUPPORTED)) {
    throw new Refusal(
      'A package made now would bring an Electron without security updates. Package where the official one can be\n' +
        `downloaded, or add ${UNSUPPORTED} for a package that is only tested and never handed out.`,
    );
  }
  await ensureBuilt();
  const targets = args.filter((arg) => arg !== UNSUPPORTED);
  const cli = path.join(PROJECT, 'node_modules/electron-builder/cli.js');
  const settings = [`-c.electronDist=${runtime.folder}`, `-c.electronVersion=${await versionOf(runtime)}`];
  if (runtime.kind === 'carried') settings.push('-c.artifactName=${name}-${version}-${os}-${arch}-dev.${ext}');
  return run(process.execPath, [cli, '--linux', ...targets, '--publish', 'never', ...settings], {
    env: await toolsEnv(),
  });
}

/** @param {import('./electron/runtime.mjs').Runtime} runtime */
async function versionOf({ folder }) {
  const version = await readFile(path.join(folder, 'version'), 'utf8');
  return version.trim().replace(/^v/, '');
}

/** The archiver that electron-builder would otherwise download. */
async function toolsEnv() {
  const { path7za } = sevenZip;
  await chmod(path7za, 0o755); // npm drops its run bit
  return { ...process.env, ELECTRON_BUILDER_7ZIP_PATH: path7za };
}

await runMain(() => main(process.argv.slice(2)));
