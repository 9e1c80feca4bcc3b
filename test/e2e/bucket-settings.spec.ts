import { sendGenerated, startArchiving, stopArchiving } from '../../scripts/demo/window.mjs';
import type { BucketSettings } from '../../shared/model/bucket-settings';
import { expect, test } from './app';
import { archiveRows, ask, caughtUp, goTo, ready } from './checks';

test('a bucket is set up, its rules are seen, saved and applied, and its lock wants the name', async ({ app }) => {
  const { page } = app;
  const { bucket } = await ready(app);
  const settings = () => ask(page, 'bucket.settings', { bucket }) as Promise<BucketSettings>;
  await startArchiving(page);
  await sendGenerated(page, 600);
  await caughtUp(app);
  await stopArchiving(page);
  await goTo(page, 'Bucket');
  await expect(archiveRows(page)).toHaveCount(3);

  await page.getByRole('button', { name: 'Bucket settings' }).click();
  const versions = page.getByRole('form', { name: 'Versions' });
  await versions.getByRole('switch').check({ force: true });
  await versions.getByRole('button', { name: 'Save changes' }).click();
  await expect.poll(async () => (await settings()).versioning).toBe(true);

  await page.getByRole('tab', { name: 'Lifecycle' }).click();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('menuitem', { name: 'Move to Archive' }).click();
  const rule = page.getByRole('group', { name: 'Rule 1' });
  await rule.getByRole('textbox', { name: 'After so many days' }).fill('0');
  await rule.getByRole('combobox', { name: 'Only names that begin with' }).fill('archive/archivetest');
  const effect = page.getByRole('table', { name: 'What each rule does' });
  await expect(effect.getByRole('cell', { name: '600', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('button', { name: 'Apply the rules now' }).click();
  await expect(page.getByText('Rules applied: 3 objects moved to a colder class')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Bucket settings' })).toBeFocused();
  await archiveRows(page).first().click();
  await expect(
    page.getByRole('complementary', { name: 'Details' }).getByText('Archive', { exact: true }),
  ).toBeVisible();

  await page.getByRole('button', { name: 'Bucket settings' }).click();
  await page.getByRole('tab', { name: 'Settings' }).click();
  const retention = page.getByRole('form', { name: 'Retention' });
  await retention.getByRole('switch').check({ force: true });
  await retention.getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('button', { name: 'Keep objects for 30 days' }).click();
  await retention.getByRole('button', { name: 'Lock for good…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('not its name');
  await expect(dialog.getByRole('button', { name: 'Lock for good' })).toBeDisabled();
  await dialog.getByRole('textbox').fill(bucket);
  await dialog.getByRole('button', { name: 'Lock for good' }).click();
  await expect(retention.getByText('Locked for good')).toBeVisible();
  expect((await settings()).retention).toMatchObject({ periodSeconds: 30 * 86_400, isLocked: true });
});
