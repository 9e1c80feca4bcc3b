// @ts-check
/** `npm run torture [-- FLAGS]`: archives under faults, see test/torture/main.ts. */
import { runnerImport } from 'vite';
import { ensureBuilt } from './build.mjs';
import { runMain } from './console.mjs';

await runMain(async () => {
  await ensureBuilt();
  const { module } = await runnerImport('./test/torture/main.ts');
  return /** @type {{ main(args: string[]): Promise<number> }} */ (module).main(process.argv.slice(2));
});
