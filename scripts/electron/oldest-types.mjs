// @ts-check
/**
 * Checks the types against the oldest Electron that the app must run on: the installed one's declare more than the
 * carried runtime has, and what only they know would fail at run time.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT, read, run } from '../child-process.mjs';
import { Refusal, say } from '../console.mjs';
import { CARRIED_VERSION, integrityOf } from './carried-runtime.mjs';

const PACKAGE = `electron@${CARRIED_VERSION}`;
const INTEGRITY = 'sha512-SG/nmSsK9Qg1p6wAW+ZfqU+AV8cmXMTIklUL18NnOKfZLlum4ZsDoVdmmmlL39ZmeCaq27dr7CgslRPahfoVJg==';
/** Below node_modules, so that `npm ci` clears it and no configuration of ours looks into it. */
const CACHE = path.join(PROJECT, 'node_modules/.cache/permafrost');
const TYPES = path.join(CACHE, `electron-${CARRIED_VERSION}.d.ts`);

/** @returns {Promise<number>} exit code of the type check */
export async function checkOldestTypes() {
  await mkdir(CACHE, { recursive: true });
  if (!existsSync(TYPES)) await fetchTypes();
  const config = path.join(CACHE, 'tsconfig.json');
  await writeFile(config, JSON.stringify(configuration(), null, 2));
  return run(process.execPath, [path.join(PROJECT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', config]);
}

function configuration() {
  return {
    extends: path.join(PROJECT, 'tsconfig.json'),
    compilerOptions: {
      types: ['node'],
      typeRoots: [path.join(PROJECT, 'node_modules/@types')],
      paths: { electron: [TYPES] },
    },
    files: [TYPES],
    include: [path.join(PROJECT, 'electron')],
    exclude: [path.join(PROJECT, 'electron/engine/segment/assembly')],
  };
}

/** The package alone: its runtime would come from elsewhere, and is not wanted. */
async function fetchTypes() {
  say(`fetching the types of Electron ${CARRIED_VERSION} from npm ...`);
  const work = await mkdtemp(path.join(CACHE, 'unpacking-'));
  try {
    const { exitCode, stderr } = await read('npm', ['pack', '--ignore-scripts', '--pack-destination', work, PACKAGE]);
    if (exitCode !== 0) throw new Refusal(`npm could not fetch ${PACKAGE}:\n${stderr.trim()}`);
    const [name = ''] = await readdir(work);
    const archive = path.join(work, name);
    if ((await integrityOf(archive)) !== INTEGRITY) throw new Refusal(`${PACKAGE} is not what it should be.`);
    const untarred = await read('tar', ['-xzf', archive, '-C', work, 'package/electron.d.ts']);
    if (untarred.exitCode !== 0) throw new Refusal(`tar could not unpack ${PACKAGE}: ${untarred.stderr.trim()}`);
    await rename(path.join(work, 'package/electron.d.ts'), TYPES);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
