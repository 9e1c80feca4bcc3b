// @ts-check
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * One rule per room keeps the import arrows of docs/ARCHITECTURE.md.
 * @param {string[]} files
 * @param {{ group: string[], message: string }[]} patterns
 * @returns {import('eslint').Linter.Config}
 */
const room = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const KAFKAJS = {
  group: ['kafkajs', 'kafkajs/*'],
  message: 'Only engine/kafka talks to kafkajs: its seam for raw batches lives in one place. Call engine/kafka.',
};
const STORAGE = {
  group: ['@google-cloud/*'],
  message: 'Only engine/store talks to @google-cloud/storage: everything else works on any store. Use the port.',
};
const ELECTRON = {
  group: ['electron', 'electron/*'],
  message: 'Only electron/main and electron/preload drive Electron: the engine runs on plain Node too.',
};
const SANDBOX = {
  group: ['**/sandbox/**'],
  message: 'The sandbox stands in for real servers: only main and cli start it, over the network.',
};
const ENGINE = {
  group: ['**/engine/**', '**/worker/**', '**/main/**'],
  message: 'The sandbox shares no code with what it tests: otherwise both could be wrong in the same way.',
};
const NODE = { group: ['node:*'], message: 'This room has no Node: ask the main process over shared/ipc.' };
const ELECTRON_ROOMS = {
  group: ['**/electron/**'],
  message: 'Reach the other side over shared/ipc, not by import.',
};

export default defineConfig(
  // AssemblyScript looks like TypeScript and is none: its compiler checks it
  {
    ignores: [
      'out',
      'release',
      'node_modules',
      'test-results',
      'playwright-report',
      'electron/engine/segment/assembly',
    ],
  },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.renderer.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-console': 'error',
    },
  },
  {
    files: ['scripts/**', 'test/e2e/**'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
  {
    // typed by JSDoc, checked by tsc: what tools print as JSON is not worth schemas here
    files: ['scripts/**'],
    rules: Object.fromEntries(
      ['assignment', 'member-access', 'argument', 'call', 'return'].map((kind) => [
        `@typescript-eslint/no-unsafe-${kind}`,
        'off',
      ]),
    ),
  },
  {
    files: ['renderer/**'],
    plugins: { 'react-hooks': /** @type {import('eslint').ESLint.Plugin} */ (/** @type {unknown} */ (reactHooks)) },
    rules: reactHooks.configs.recommended.rules,
  },
  {
    // safeStorage's functions that answer at once are deprecated in Electron 45; Electron 33 has no others
    files: ['electron/main/secret-box.ts'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  room(['shared/**'], [KAFKAJS, STORAGE, ELECTRON, NODE, ELECTRON_ROOMS]),
  room(['renderer/**'], [KAFKAJS, STORAGE, ELECTRON, NODE, ELECTRON_ROOMS]),
  room(
    ['electron/preload/**'],
    [KAFKAJS, STORAGE, { ...ENGINE, message: 'The preload is a bridge: no engine in it.' }],
  ),
  room(['electron/main/**'], [KAFKAJS, STORAGE]),
  room(['electron/cli/**'], [KAFKAJS, STORAGE, ELECTRON]),
  room(['electron/worker/**'], [KAFKAJS, STORAGE, ELECTRON, SANDBOX]),
  room(['electron/engine/**'], [KAFKAJS, STORAGE, ELECTRON, SANDBOX]),
  room(['electron/engine/kafka/**'], [STORAGE, ELECTRON, SANDBOX]),
  room(['electron/engine/store/**'], [KAFKAJS, ELECTRON, SANDBOX]),
  room(['electron/sandbox/**'], [KAFKAJS, STORAGE, ELECTRON, ENGINE]),
);
