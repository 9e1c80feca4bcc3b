// @ts-check
/** The permafrost command of the build that is there: unlike scripts/permafrost.mjs it does not look for newer sources. */
import path from 'node:path';

const cli = path.resolve(import.meta.dirname, '../../out/main/cli.js');
/** @type {unknown} */
const module = await import(cli);
const { runCommand } = /** @type {{ runCommand: (args: string[], env: NodeJS.ProcessEnv) => Promise<number> }} */ (
  module
);
process.exitCode = await runCommand(process.argv.slice(2), process.env);
