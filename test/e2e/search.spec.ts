import { sendGenerated, startArchiving, stopArchiving } from '../../scripts/demo/window.mjs';
import { expect, test } from './app';
import { caughtUp, goTo, ready } from './checks';

test('messages are found in all archives of a topic, and lead to their place in one', async ({ app }) => {
  const { page } = app;
  await ready(app);
  for (const count of [2_000, 2_000]) {
    await startArchiving(page);
    await sendGenerated(page, count);
    await caughtUp(app);
    await stopArchiving(page);
  }

  await goTo(page, 'Bucket');
  await page.getByRole('button', { name: 'Search messages' }).click();
  await page.getByLabel('Text in the value').fill('VEHICLE_ID');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.getByText(/^4,000 found in \d+ of \d+ archives/)).toBeVisible();
  const found = page.getByRole('grid', { name: 'Found messages' });
  await expect(found.locator('mark').first()).toHaveText('VEHICLE_ID');

  await found.getByRole('row').nth(3).click();
  await expect(page.getByRole('grid', { name: 'Messages', exact: true })).toBeVisible();
  await expect(page.getByTestId('record-row').and(page.locator('[aria-selected="true"]'))).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(found).toBeVisible();

  await page.getByLabel('Text in the value').fill('no such text');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing was found')).toBeVisible();
  await page.getByLabel('Text in the value').press('Escape');
  await expect(page.getByRole('button', { name: 'Search messages' })).toBeVisible();
});
