// @ts-check
/** `npm run torture`: faults at random against archivers at work; see test/torture/run.ts. */
import path from 'node:path';
import { runnerImport } from 'vite';
import { ensureBuilt } from './build.mjs';
import { PROJECT } from './child-process.mjs';
import { requireNode, requirePackages, runMain } from './console.mjs';

await runMain(async () => {
  requireNode();
  requirePackages();
  await ensureBuilt();
  const file = path.join(PROJECT, 'test/torture/command.ts');
  /** @type {{ module: { runTorture: (args: readonly string[]) => Promise<number> } }} */
  const { module } = await runnerImport(file, { root: PROJECT, configFile: false, logLevel: 'warn' });
  return module.runTorture(process.argv.slice(2));
});
