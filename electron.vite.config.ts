import { readdirSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/** Every *.thread.ts is the entry of a worker thread, and lies beside the main bundle. */
const threads = Object.fromEntries(
  ['electron/worker', 'electron/sandbox'].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((file) => file.endsWith('.thread.ts'))
      .map((file) => [file.slice(0, -'.ts'.length), path.join(root, folder, file)] as const),
  ),
);

/** The oldest runtime that the app runs on: Electron 33 has Node 20.18 and Chrome 130. */
export default defineConfig({
  main: {
    build: {
      target: 'node20.18',
      outDir: 'out/main',
      externalizeDeps: true,
      rollupOptions: {
        input: { index: path.join(root, 'electron/main/index.ts'), ...threads },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node20.18',
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: path.join(root, 'electron/preload/index.ts') },
        // a sandboxed preload must be CommonJS
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: path.join(root, 'renderer'),
    plugins: [react()],
    build: {
      target: 'chrome130',
      outDir: 'out/renderer',
      // the page's policy allows no data: URLs for fonts
      assetsInlineLimit: 0,
      rollupOptions: { input: path.join(root, 'renderer/index.html') },
    },
  },
});
