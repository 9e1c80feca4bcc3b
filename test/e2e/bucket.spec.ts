import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  answerOpenDialog,
  finishedJob,
  sendGenerated,
  startArchiving,
  stopArchiving,
} from '../../scripts/demo/window.mjs';
import { expect, test, type RunningApp } from './app';
import { archiveRows, ask, caughtUp, exportKey, goTo, live, ready, until } from './checks';

async function someArchives(app: RunningApp): Promise<void> {
  await ready(app);
  await startArchiving(app.page);
  await sendGenerated(app.page, 600);
  await caughtUp(app);
  await stopArchiving(app.page);
  await goTo(app.page, 'Bucket');
  await expect(archiveRows(app.page)).toHaveCount(3);
}

test('archives are downloaded as stored and decrypted, and age opens the stored ones', async ({ app, userData }) => {
  const { page, electron } = app;
  await someArchives(app);
  const folder = path.join(userData, 'downloads');
  await mkdir(folder);
  await answerOpenDialog(electron, folder);

  await page.getByRole('button', { name: /^archivetest/ }).click();
  await expect(page.getByTestId('object-row')).toHaveCount(3);
  await page.getByRole('checkbox', { name: 'Select all' }).check({ force: true });
  await page.getByRole('button', { name: 'Download', exact: true }).first().click();
  await finishedJob(page, 'download');
  await page.getByRole('button', { name: 'Download decrypted' }).first().click();
  const whole = async (): Promise<string[]> => (await readdir(folder)).filter((name) => !name.endsWith('.part')).sort();
  await until(async () => ((await whole()).length === 6 ? true : null), 'six files');

  const again = path.join(userData, 'again');
  await mkdir(again);
  await answerOpenDialog(electron, again);
  await page.getByRole('button', { name: 'Clear the selection' }).click();
  await page.getByRole('button', { name: /^partition 1/ }).click();
  await page.getByRole('button', { name: 'More about buckets' }).click();
  await page.getByRole('menuitem', { name: 'Download 1 object of archivetest, partition 1…' }).click();
  await until(async () => ((await readdir(again)).includes('archivetest-1-0.jsonl.zst.age') ? true : null), 'it');

  const files = await whole();
  expect(files).toEqual(
    [0, 1, 2].flatMap((partition) => [`archivetest-${partition}-0.jsonl`, `archivetest-${partition}-0.jsonl.zst.age`]),
  );
  const key = path.join(userData, 'exported.pem');
  await exportKey(app, userData);
  for (const file of files.filter((name) => name.endsWith('.age'))) {
    const decoded = path.join(folder, file.replace('.zst.age', ''));
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', 'age -d -i "$0" "$1" | zstd -dc', key, path.join(folder, file)],
      { encoding: 'buffer', maxBuffer: 1e8 },
    );
    expect(stdout.equals(await readFile(decoded))).toBe(true);
  }
});

test('deleted archives are gone from the bucket, the others stay', async ({ app }) => {
  const { page } = app;
  await someArchives(app);

  await page.getByTestId('object-row').first().getByRole('checkbox').check({ force: true });
  await page
    .getByRole('toolbar')
    .getByRole('button', { name: /^Delete/ })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/messages/).first()).toBeVisible();
  await dialog.getByRole('textbox').fill('delete');
  await dialog.getByRole('button', { name: /^Delete 1/ }).click();

  await finishedJob(page, 'delete-archives');
  await expect(archiveRows(page)).toHaveCount(2);
});

test('a generator can be cancelled, and says how many messages it sent', async ({ app }) => {
  const { page } = app;
  await ready(app);
  const request = { topic: 'archivetest', count: 1_000_000, ratePerSecond: 500, vehicles: 3, seed: 1 };
  const { jobId } = (await ask(page, 'send.generate', request)) as { jobId: string };
  await until(async () => ((await live(page)).groups.pipeline.messages ?? 0) > 0 || null, 'the first message');

  await ask(page, 'job.cancel', { id: jobId });

  const job = await until(async () => {
    const jobs = (await ask(page, 'job.list')) as { state: string; done: number; result: string | null }[];
    return jobs[0]?.state === 'cancelled' ? jobs[0] : null;
  }, 'the cancellation');
  expect(job.result).toContain(`${job.done.toLocaleString('en')} messages of 1,000,000`);
  await expect.poll(async () => (await live(page)).producer.messages).toBe(job.done);
});
