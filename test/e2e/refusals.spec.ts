import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { answerOpenDialog, sendGenerated, startArchiving, stopArchiving } from '../../scripts/demo/window.mjs';
import { expect, launchApp, test, type RunningApp } from './app';
import { ask, caughtUp, exportKey, goTo, live, ready } from './checks';

/** A few archives, and the archiver stopped. */
async function someArchives(app: RunningApp): Promise<void> {
  await ready(app);
  await startArchiving(app.page);
  await sendGenerated(app.page, 300);
  await caughtUp(app);
  await stopArchiving(app.page);
}

async function lookInsideFirst({ page }: RunningApp): Promise<void> {
  await goTo(page, 'Bucket');
  await page.getByTestId('object-row').first().click();
  await page.getByRole('button', { name: 'Look inside' }).first().click();
}

test('a file with a malformed line is refused by its number, and nothing of it is sent', async ({ app, userData }) => {
  const { page, electron } = app;
  await ready(app);
  const file = path.join(userData, 'broken.jsonl');
  await writeFile(file, '{"a":1}\n{"a":2}\n{"a":\n{"a":4}\n');

  await goTo(page, 'Send');
  await page.getByRole('tab', { name: 'File' }).click();
  await answerOpenDialog(electron, file);
  await page.getByRole('button', { name: 'Choose file' }).click();
  await page.getByRole('button', { name: 'Send file' }).click();

  await expect(page.getByText(/line 3/i).first()).toBeVisible();
  expect((await live(page)).producer.messages).toBe(0);
});

test('a bucket name that is not valid is refused with its rule', async ({ app }) => {
  const { page } = app;
  await ready(app);
  await goTo(page, 'Bucket');

  await page.getByRole('button', { name: 'More about buckets' }).click();
  await page.getByRole('menuitem', { name: /^Create/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /name/i }).fill('Not Valid');
  await dialog.getByRole('button', { name: 'Create bucket' }).click();

  await expect(dialog.getByText(/lower-case letters/)).toBeVisible();
});

test('without its key an archive says which key it wants', async ({ app, userData }) => {
  const { page } = app;
  await someArchives(app);
  await exportKey(app, userData);
  const [old] = (await ask(page, 'key.list')) as { fingerprint: string }[];
  if (old === undefined) throw new Error('There is no key');
  const fresh = (await ask(page, 'key.generate')) as { fingerprint: string };
  await ask(page, 'key.makeCurrent', { fingerprint: fresh.fingerprint });
  await ask(page, 'key.forget', { fingerprint: old.fingerprint, typed: old.fingerprint.slice(-8) });

  await lookInsideFirst(app);

  await expect(page.getByText(old.fingerprint).first()).toBeVisible();
  await expect(page.getByTestId('record-row')).toHaveCount(0);
});

test('a damaged object is recognised and shows no records', async ({ app, userData }) => {
  const { page } = app;
  await someArchives(app);
  const folder = path.join(userData, 'data/sandbox/bucket/buckets/permafrost-sandbox/objects');
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.body'))) {
    const bytes = await readFile(path.join(folder, name));
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0xff;
    await writeFile(path.join(folder, name), bytes);
  }

  await lookInsideFirst(app);

  await expect(page.getByText(/damaged/i).first()).toBeVisible();
  await expect(page.getByTestId('record-row')).toHaveCount(0);
});

test('a port that is taken is named, and Retry works once it is free', async ({ userData }) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await writeFile(
    path.join(userData, 'data/settings.json'),
    JSON.stringify({ sandboxKafkaPort: port, sandboxBucketPort: 0 }),
  );

  const app = await launchApp(userData);
  await expect(app.page.getByText(new RegExp(`port ${port}`)).first()).toBeVisible();
  await new Promise((resolve) => other.close(resolve));
  await app.page.getByRole('button', { name: /again/i }).first().click();

  await ready(app);
  expect((await live(app.page)).connection.state).toBe('running');
  await app.electron.close();
});

test('a bucket is deleted only when its name was typed', async ({ app }) => {
  const { page } = app;
  await someArchives(app);
  await goTo(page, 'Bucket');

  await page.getByRole('button', { name: 'More about buckets' }).click();
  await page.getByRole('menuitem', { name: /^Delete/ }).click();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'Delete bucket' });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole('textbox').fill('permafrost-sandbox');
  await confirm.click();

  await expect.poll(async () => ((await ask(page, 'bucket.list')) as unknown[]).length).toBe(0);
});
