// @ts-check
/**
 * Compiles AssemblyScript for Vite: `import wasm from './x.ts?assemblyscript'` is the module in base64. It becomes part of
 * the bundle, so that it is found wherever the bundle is: in out/, in an asar, in a test.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

// resolved, not relative: a configuration that imports this is bundled, and then this file is elsewhere
const COMPILER = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
/** beside what Vite itself keeps there */
const CACHE = path.join(path.dirname(COMPILER), '../../.cache/permafrost-assemblyscript');
const QUERY = '?assemblyscript';
/** no allocations, no imports; memory of 323 pages (64 KiB each) that never grows */
const OPTIONS = [
  ...['--runtime', 'stub', '--use', 'abort=', '--noAssert', '--enable', 'simd'],
  ...['--optimizeLevel', '3', '--shrinkLevel', '0'],
  ...['--initialMemory', '323', '--maximumMemory', '323'],
];

/**
 * Of this process: every project of a test run asks for it.
 * @type {Map<string, { sources: string, binary: Promise<Buffer> }>}
 */
const compiled = new Map();

/** @returns {import('vite').Plugin} */
export function assemblyScript() {
  return {
    name: 'permafrost:assemblyscript',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(QUERY)) return null;
      const file = id.slice(0, -QUERY.length);
      const sources = await sourcesBeside(file);
      for (const { name } of sources) this.addWatchFile(name);
      const binary = await compileOnce(file, JSON.stringify(sources));
      return { code: `export default '${binary.toString('base64')}';`, moduleType: 'js', map: null };
    },
  };
}

/**
 * A module's imports lie beside it.
 * @param {string} file
 */
async function sourcesBeside(file) {
  const folder = path.dirname(file);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: path.join(folder, name),
      content: await readFile(path.join(folder, name), 'utf8'),
    })),
  );
}

/**
 * @param {string} file
 * @param {string} sources all that it is compiled from
 */
function compileOnce(file, sources) {
  const known = compiled.get(file);
  if (known?.sources === sources) return known.binary;
  const binary = compile(file, sources);
  compiled.set(file, { sources, binary });
  return binary;
}

/**
 * From where an earlier run has left it, until the next `npm ci`; else by the compiler.
 * @param {string} file
 * @param {string} sources all that it is compiled from
 * @throws when it does not compile, with what the compiler says
 */
async function compile(file, sources) {
  const manifest = await readFile(path.join(path.dirname(COMPILER), '../package.json'), 'utf8');
  const digest = createHash('sha256').update(JSON.stringify([manifest, OPTIONS, path.basename(file), sources]));
  const known = path.join(CACHE, `${digest.digest('hex')}.wasm`);
  const binary = await readFile(known).catch(() => null); // nobody has compiled it yet
  if (binary !== null) return binary;
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(path.join(CACHE, 'compiling-'));
  try {
    const output = path.join(work, 'module.wasm');
    await promisify(execFile)(process.execPath, [COMPILER, file, '--outFile', output, ...OPTIONS]);
    await rename(output, known); // whole, or not there: others may be compiling it, too
    return await readFile(known);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
