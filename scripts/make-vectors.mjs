// @ts-check
/** Writes the golden archives of a new format version into test/vectors; refuses to replace any that is there. */
import { runnerImport } from 'vite';

const { module } = await runnerImport('./test/vectors/write-vectors.ts');
await /** @type {{ writeVectors(): Promise<void> }} */ (module).writeVectors();
