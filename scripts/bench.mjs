// @ts-check
/** `npm run bench [-- FLAGS]`: measures the archiver, see test/bench/options.ts. */
import { runnerImport } from 'vite';
import { assemblyScript } from './assemblyscript.mjs';
import { ensureBuilt } from './build.mjs';
import { runMain } from './console.mjs';

await runMain(async () => {
  await ensureBuilt();
  const { module } = await runnerImport('./test/bench/main.ts', { plugins: [assemblyScript()] });
  return /** @type {{ main(args: string[]): Promise<number> }} */ (module).main(process.argv.slice(2));
});
