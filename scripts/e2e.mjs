// @ts-check
/** `npm run test:e2e [-- arguments of playwright test]`: the built app in its real window. */
import { PROJECT, run } from './child-process.mjs';
import { runMain } from './console.mjs';
import { prepareElectron, TEST_FLAGS } from './electron/prepare.mjs';
import path from 'node:path';

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function main(args) {
  const electron = await prepareElectron();
  try {
    const env = {
      ...electron.env,
      // read by test/e2e/app.ts
      PERMAFROST_ELECTRON: electron.executablePath,
      PERMAFROST_ELECTRON_FLAGS: JSON.stringify([...new Set([...electron.args, ...TEST_FLAGS])]),
    };
    const cli = path.join(PROJECT, 'node_modules/@playwright/test/cli.js');
    return await run(process.execPath, [cli, 'test', ...args], { env });
  } finally {
    electron.cleanup();
  }
}

await runMain(() => main(process.argv.slice(2)));
