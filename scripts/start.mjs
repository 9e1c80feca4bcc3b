// @ts-check
/** `npm start [-- --dev | --demo ...]`: opens the desktop app, with whatever it needs. */
import path from 'node:path';
import { prepareElectron } from './electron/prepare.mjs';
import { main, ROOT, run } from './run.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--demo')) {
    const { runDemo } = await import('./demo/run.mjs');
    return runDemo(args);
  }
  const isDev = args.includes('--dev');
  const electron = await prepareElectron({ build: !isDev });
  const appArgs = [...electron.args, ...args.filter((arg) => arg !== '--dev')];
  try {
    if (!isDev) return await run(electron.executablePath, [...appArgs, ROOT], { env: electron.env, cwd: ROOT });
    const vite = path.join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    const env = { ...electron.env, ELECTRON_EXEC_PATH: electron.executablePath };
    return await run(process.execPath, [vite, 'dev', '--', ...appArgs], { env, cwd: ROOT });
  } finally {
    electron.cleanup();
  }
});
