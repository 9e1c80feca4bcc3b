// @ts-check
/** Writes the golden archives of a new format version into test/vectors; refuses to replace any that is there. */
import { runnerImport } from 'vite';
import { assemblyScript } from './assemblyscript.mjs';

const { module } = await runnerImport('./test/vectors/write-vectors.ts', {
  configFile: false,
  plugins: [assemblyScript()],
});
await /** @type {{ writeVectors(): Promise<void> }} */ (module).writeVectors();
