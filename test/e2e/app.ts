/**
 * The fixture of all tests in the real window: the built app with a data folder of its own. What goes wrong unseen, in
 * the page or in the main process, fails the test.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, _electron, type ElectronApplication, type Page } from '@playwright/test';

const PROJECT = path.resolve(import.meta.dirname, '../..');

/** What Node and Electron write to stderr when something was thrown and nobody caught it. */
const UNCAUGHT = /Uncaught|UnhandledPromiseRejection|unhandled rejection|error occurred in the main process/i;

export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** errors of the page, and uncaught ones of the main process; a test that provokes one takes it out */
  readonly troubles: string[];
}

interface Fixtures {
  /** lives as long as the test, so that the app can be started again on the same data */
  readonly userData: string;
  readonly app: RunningApp;
}

/** @returns the app with its window open; the caller closes it */
export async function launchApp(userData: string): Promise<RunningApp> {
  const flags: unknown = JSON.parse(fromScript('PERMAFROST_ELECTRON_FLAGS'));
  if (!Array.isArray(flags)) throw new Error('PERMAFROST_ELECTRON_FLAGS is not a list');
  const electron = await _electron.launch({
    executablePath: fromScript('PERMAFROST_ELECTRON'),
    args: [...flags.map(String), `--user-data-dir=${userData}`, '.'],
    cwd: PROJECT,
    chromiumSandbox: !flags.includes('--no-sandbox'),
  });
  const troubles: string[] = [];
  electron.process().stderr?.on('data', (bytes: Buffer) => {
    const text = bytes.toString();
    if (UNCAUGHT.test(text)) troubles.push(`main process: ${text.trim()}`);
  });
  const page = await electron.firstWindow();
  page.on('pageerror', (error) => troubles.push(`page: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  return { electron, page, troubles };
}

function fromScript(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with npm run test:e2e`);
  return value;
}

export const test = base.extend<Fixtures>({
  userData: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-e2e-'));
    // free ports, so that a Permafrost of the user may run beside it
    await mkdir(path.join(folder, 'data'));
    const settings = { sandboxKafkaPort: 0, sandboxBucketPort: 0 };
    await writeFile(path.join(folder, 'data/settings.json'), JSON.stringify(settings));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  app: async ({ userData }, use) => {
    const app = await launchApp(userData);
    await use(app);
    await app.electron.close();
    if (app.troubles.length > 0) throw new Error(`Uncaught while the test ran:\n${app.troubles.join('\n')}`);
  },
});

export { expect } from '@playwright/test';
