import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  answerOpenDialog,
  finishedJob,
  sendGenerated,
  startArchiving,
  stopArchiving,
} from '../../scripts/demo/window.mjs';
import { expect, test } from './app';
import { archiveRows, caughtUp, goTo, ready } from './checks';

test('an archive of the bucket is filtered, and opens again as a file', async ({ app, userData }) => {
  const { page, electron } = app;
  await ready(app);
  await startArchiving(page);
  await sendGenerated(page, 3_000);
  await caughtUp(app);
  await stopArchiving(page);
  await goTo(page, 'Bucket');
  await expect(archiveRows(page)).toHaveCount(3);

  await archiveRows(page).first().dblclick();
  const records = page.getByRole('grid', { name: 'Messages' });
  await expect(records.getByTestId('record-row').first()).toBeVisible();
  const offset = page.getByRole('textbox', { name: 'Until offset or time' });
  await offset.fill('3');
  await offset.press('Enter');
  await expect(page.getByText('3 found, all was looked through')).toBeVisible();
  await expect(records.getByTestId('record-row')).toHaveCount(3);
  const text = page.getByRole('textbox', { name: 'Text in the value' });
  await text.fill('nowhere in it');
  await text.press('Enter');
  await expect(page.getByText('No message fits')).toBeVisible();
  await page.getByRole('button', { name: 'Show all messages' }).click();
  await page.getByRole('textbox', { name: 'Go to offset or time' }).fill('400');
  await page.getByRole('textbox', { name: 'Go to offset or time' }).press('Enter');
  await expect(records.getByRole('row', { selected: true })).toContainText('400');

  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Select all' }).check({ force: true });
  await answerOpenDialog(electron, userData);
  await page.getByRole('button', { name: 'Download', exact: true }).first().click();
  await finishedJob(page, 'download');
  const file = (await readdir(userData)).find((name) => name.endsWith('.jsonl.zst.age')) ?? '';
  expect((await readFile(path.join(userData, file))).length).toBeGreaterThan(0);
  await answerOpenDialog(electron, path.join(userData, file));
  await page.keyboard.press('ControlOrMeta+o');
  await expect(page.getByText(path.join(userData, file))).toBeVisible();
  await expect(records.getByTestId('record-row').first()).toBeVisible();
});
