#!/usr/bin/env node
// @ts-check
/** The `permafrost` command. In a checkout it builds itself when it has to; what it says about that goes to stderr. */
import { existsSync } from 'node:fs';
import path from 'node:path';

const project = path.resolve(import.meta.dirname, '..');
const isCheckout = existsSync(path.join(project, 'electron.vite.config.ts'));
if (isCheckout) {
  const { ensureBuilt } = await import('./build.mjs');
  await ensureBuilt();
}
const cli = path.join(project, 'out/main/cli.js');
const { runCommand } = /** @type {{ runCommand: (args: string[], env: NodeJS.ProcessEnv) => Promise<number> }} */ (
  await import(cli)
);
process.exitCode = await runCommand(process.argv.slice(2), process.env);
