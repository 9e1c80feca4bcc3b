// @ts-check
/**
 * `npm test`: everything, in the order in which it fails fastest. On a fresh machine it fetches what it needs, or says
 * what to install. Stops at the first step that fails.
 */
import path from 'node:path';
import { PROJECT, run } from './child-process.mjs';
import { requireNode, requirePackages, runMain } from './console.mjs';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<number>} perform its exit code
 */

/** @param {string} script below node_modules */
const tool =
  (script, /** @type {string[]} */ ...args) =>
  () =>
    run(process.execPath, [path.join(PROJECT, 'node_modules', script), ...args]);

const vitest = (/** @type {string[]} */ ...projects) =>
  tool('vitest/vitest.mjs', 'run', ...projects.flatMap((name) => ['--project', name]));

const tsc = (/** @type {string} */ config) => tool('typescript/bin/tsc', '--noEmit', '-p', config);

/** Those of the first stage use one core each, and say little: they run at the same time. */
/** @type {Step[]} */
const STATIC_CHECKS = [
  { name: 'format', perform: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  { name: 'lint', perform: tool('eslint/bin/eslint.js', '--max-warnings', '0', '.') },
  { name: 'types', perform: tsc('tsconfig.json') },
  { name: 'types: renderer', perform: tsc('tsconfig.renderer.json') },
  { name: 'types: oldest Electron', perform: oldestTypes },
];

/** @type {Step[][]} */
const STAGES = [
  STATIC_CHECKS,
  [{ name: 'unit, renderer, scripts', perform: vitest('unit', 'renderer', 'scripts') }],
  [{ name: 'integration, real servers', perform: withServers }],
  [{ name: 'build', perform: build }],
  [{ name: 'e2e', perform: () => run(process.execPath, [path.join(PROJECT, 'scripts/e2e.mjs')]) }],
];

async function oldestTypes() {
  const { checkOldestTypes } = await import('./electron/oldest-types.mjs');
  return checkOldestTypes();
}

/** One run, so that no worker is idle while another one's last file takes its time. */
async function withServers() {
  const { ensureTestTools } = await import('./test-tools.mjs');
  await ensureTestTools();
  return vitest('integration', 'real')();
}

async function build() {
  const { ensureBuilt } = await import('./build.mjs');
  await ensureBuilt();
  return 0;
}

/** @returns {Promise<number>} */
async function main() {
  requireNode();
  requirePackages();
  /** @type {string[]} */
  const table = [];
  let exitCode = 0;
  for (const steps of STAGES) {
    if (exitCode !== 0) {
      table.push(...steps.map(({ name }) => row('not run', name, '')));
      continue;
    }
    console.log(`\n== ${steps.map(({ name }) => name).join(', ')} ==`);
    const results = await Promise.all(steps.map(timed));
    table.push(...results.map(({ line }) => line));
    exitCode = results.find((result) => result.exitCode !== 0)?.exitCode ?? 0;
  }
  console.log(`\n${table.join('\n')}`);
  return exitCode;
}

/** @param {Step} step */
async function timed({ name, perform }) {
  const started = performance.now();
  const exitCode = await resultOf(perform);
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  return { exitCode, line: row(exitCode === 0 ? 'passed' : 'FAILED', name, seconds) };
}

/** @param {Step['perform']} perform */
async function resultOf(perform) {
  try {
    return await perform();
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : thrown);
    return 1;
  }
}

/**
 * @param {string} result
 * @param {string} name
 * @param {string} seconds
 */
function row(result, name, seconds) {
  return `${result.padEnd(8)} ${name.padEnd(26)} ${seconds.padStart(9)}`;
}

await runMain(main);
