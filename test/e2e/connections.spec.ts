import { expect, test } from './app';
import { ready } from './checks';

test('a connection is typed in, tested step by step, saved, and removed', async ({ app }) => {
  const { page } = app;
  const { kafka, bucketEndpoint, bucket } = await ready(app);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const choose = async (field: 'Security' | 'Login', nth: number, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: field }).nth(nth).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };

  await page.keyboard.press('Control+0');
  await button('New connection').first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Mine');
  await page.getByRole('textbox', { name: 'Broker 1' }).fill(kafka);
  await choose('Security', 0, 'Plain, without TLS');
  await choose('Login', 1, 'None (anonymous)');
  await button('Save').click();
  await expect(page.getByText('A bucket is needed')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Bucket' })).toBeFocused();
  await page.getByRole('textbox', { name: 'Bucket' }).fill(bucket);
  await button('More: endpoint, projects').click();
  await page.getByRole('textbox', { name: 'Endpoint' }).fill(bucketEndpoint);

  await button('Test').click();
  await expect(page.getByTestId('connection-test-state')).toContainText(/works/i);
  await expect(page.getByRole('list', { name: 'Test of Kafka' })).toContainText('Speak with Kafka');
  await expect(page.getByRole('list', { name: 'Test of Destination' })).toContainText(`Bucket ${bucket}`);

  await page.keyboard.press('Control+s');
  await expect(page.getByRole('list', { name: 'Connections' })).toContainText(`${kafka} → gs://${bucket}/archive`);
  await button('Remove').click();
  await button('Remove connection').click();
  await expect(page.getByText('Your own Kafka, your own bucket')).toBeVisible();
});
