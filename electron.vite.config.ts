import { readdirSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { assemblyScript } from './scripts/assemblyscript.mjs';

/** Set, not derived from the installed electron: the tests may run on an older one behind a closed network. */
const NODE = 'node20.18';
const CHROME = 'chrome130';

const root = import.meta.dirname;

/** Every `<name>.thread.ts` is the entry of a worker thread and becomes `<name>.thread.js` beside the main bundle. */
function threads(folder: string): Record<string, string> {
  const files = readdirSync(path.join(root, folder)).filter((file) => file.endsWith('.thread.ts'));
  return Object.fromEntries(files.map((file) => [path.basename(file, '.ts'), path.join(root, folder, file)]));
}

export default defineConfig({
  main: {
    plugins: [assemblyScript()],
    build: {
      target: NODE,
      sourcemap: false,
      // `dependencies` of package.json: native modules, and kafkajs, whose insides engine/kafka reaches into; zod loads faster bundled
      externalizeDeps: { exclude: ['zod'] },
      rolldownOptions: {
        input: {
          index: path.join(root, 'electron/main/index.ts'),
          cli: path.join(root, 'electron/cli/index.ts'),
          ...threads('electron/worker'),
          ...threads('electron/sandbox'),
        },
        // AssemblyScript takes most of the time, and that is no news
        checks: { bundlerTimings: false },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: NODE,
      sourcemap: false,
      // a sandboxed preload can require electron alone, and only as CommonJS
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: path.join(root, 'electron/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: path.join(root, 'renderer'),
    plugins: [react()],
    build: {
      target: CHROME,
      sourcemap: false,
      // the content security policy lets fonts and images come from files alone
      assetsInlineLimit: 0,
      rolldownOptions: { input: path.join(root, 'renderer/index.html') },
    },
  },
});
