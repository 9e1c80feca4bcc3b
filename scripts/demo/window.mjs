// @ts-check
/** Drives the app's window as a person would: by the names of its buttons and fields. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {import('@playwright/test').ElectronApplication} ElectronApplication
 * @typedef {import('../../shared/model/live').LiveSnapshot} LiveSnapshot
 * @typedef {import('../../shared/model/job').JobView} JobView
 */

/**
 * Asks the app what it would show.
 * @param {Page} page
 * @param {string} name of a request of shared/ipc/contract.ts
 * @param {unknown} [params]
 * @returns {Promise<any>}
 */
export async function ask(page, name, params) {
  const reply = await page.evaluate(
    ([request, input]) => /** @type {any} */ (globalThis).permafrost.request(request, input),
    /** @type {const} */ ([name, params]),
  );
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
  return reply.value;
}

/**
 * @param {Page} page
 * @returns {Promise<LiveSnapshot>}
 */
export function live(page) {
  return ask(page, 'live.get');
}

/**
 * Waits for something that the app measures; the limit is for a hung app, not for a slow machine.
 * @template Value
 * @param {() => Promise<Value | null>} look
 * @param {string} what
 * @param {number} [limitMs]
 * @returns {Promise<Value>}
 */
export async function until(look, what, limitMs = 300_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await sleep(200);
  }
}

/**
 * @param {Page} page
 * @param {'Live' | 'Topics' | 'Send' | 'Bucket' | 'Verify' | 'Restore' | 'Keys' | 'Settings'} screen
 */
export async function goTo(page, screen) {
  await page.getByRole('navigation').getByRole('link', { name: screen, exact: true }).click();
  await page.getByRole('heading', { name: screen, exact: true, level: 1 }).waitFor();
}

/** @param {Page} page */
export async function startArchiving(page) {
  await page.getByRole('button', { name: 'Start archiving' }).click();
  await until(
    async () => ((await live(page)).archiver.state === 'archiving' ? true : null),
    'the archiver to join its group',
  );
}

/** @param {Page} page */
export async function stopArchiving(page) {
  await page.getByRole('button', { name: 'Stop archiving' }).click();
  await until(
    async () => ((await live(page)).archiver.state === 'stopped' ? true : null),
    'the archiver to close its segments',
  );
}

/**
 * @param {Page} page
 * @param {number} count
 */
export async function sendGenerated(page, count) {
  await startGenerator(page, count, null);
  return finishedJob(page, 'generate');
}

/**
 * @param {Page} page
 * @param {number} count
 * @param {number | null} ratePerSecond null: as fast as it goes
 */
export async function startGenerator(page, count, ratePerSecond) {
  await goTo(page, 'Send');
  await page.getByRole('tab', { name: 'Generator' }).click();
  await page.getByRole('textbox', { name: 'Messages', exact: true }).fill(String(count));
  if (ratePerSecond !== null) {
    await page.getByRole('textbox', { name: 'Messages per second' }).fill(String(ratePerSecond));
  }
  await page.getByRole('button', { name: 'Start generator' }).click();
}

/**
 * @param {ElectronApplication} electron
 * @param {Page} page
 * @param {string} file
 */
export async function startFile(electron, page, file) {
  await goTo(page, 'Send');
  await page.getByRole('tab', { name: 'File' }).click();
  await answerOpenDialog(electron, path.resolve(file));
  await page.getByRole('button', { name: 'Choose file' }).click();
  await page.getByRole('button', { name: 'Send file' }).click();
}

/**
 * @param {Page} page
 * @param {string} kind
 * @returns {Promise<JobView>}
 */
export async function finishedJob(page, kind) {
  const job = await until(async () => {
    /** @type {JobView[]} */
    const jobs = await ask(page, 'job.list');
    return jobs.findLast((each) => each.kind === kind && each.state !== 'running') ?? null;
  }, `the job ${kind}`);
  if (job.state !== 'done') throw new Error(`${job.title}: ${job.error?.message ?? job.state}`);
  return job;
}

/**
 * A native dialog can't be clicked from outside: the answer is put into it.
 * @param {ElectronApplication} electron
 * @param {string} answer
 */
export function answerOpenDialog(electron, answer) {
  return electron.evaluate(({ dialog }, file) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] });
  }, answer);
}

/**
 * @param {ElectronApplication} electron
 * @param {string} answer
 */
export function answerSaveDialog(electron, answer) {
  return electron.evaluate(({ dialog }, file) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file });
  }, answer);
}

/** They would lie over what the picture is of. */
const DISMISS_TOASTS = `
  for (const button of document.querySelectorAll('.mantine-Notifications-notification button')) button.click();
`;

/**
 * Takes a picture of what the window shows, light and dark.
 * @param {Page} page
 * @param {string} folder
 * @param {string} name
 */
export async function picture(page, folder, name) {
  await page.evaluate(DISMISS_TOASTS);
  for (const theme of ['light', 'dark']) {
    await ask(page, 'settings.update', { theme });
    await page.locator(`[data-mantine-color-scheme="${theme}"]`).waitFor({ state: 'attached' });
    await sleep(400); // colours fade over
    await writeFile(path.join(folder, `${name}-${theme}.png`), await page.screenshot());
  }
}
