import { Kafka, logLevel } from 'kafkajs-plain';
import { listArchives } from '../../scripts/demo/bucket.mjs';
import { startArchiving, stopArchiving } from '../../scripts/demo/window.mjs';
import { expect, test } from './app';
import { goTo, ready, until } from './checks';

/** Made by another client, ten messages each. */
async function makeTopics(broker: string, topics: readonly string[]): Promise<void> {
  const kafka = new Kafka({ brokers: [broker], clientId: 'permafrost-e2e', logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1 })) });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  for (const topic of topics) {
    await producer.send({ topic, messages: Array.from({ length: 10 }, (_, at) => ({ value: `message ${at}` })) });
  }
  await producer.disconnect();
}

test('topics are chosen by name and by pattern, and archived beside the one of the sandbox', async ({ app }) => {
  const { page } = app;
  const { kafka, bucketEndpoint, bucket } = await ready(app);
  await makeTopics(kafka, ['orders', 'fleet-status', 'left-out']);

  await goTo(page, 'Topics');
  const row = (name: string) => page.getByTestId('topic-row').filter({ hasText: name });
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(row('left-out')).toContainText('Not archived');
  await expect(page.getByRole('checkbox', { name: 'Archive archivetest' })).toBeDisabled();
  await page.getByRole('checkbox', { name: 'Archive orders' }).click();
  await page.getByRole('textbox', { name: 'Pattern' }).fill('fleet-.*');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('2 topics more; 1 pattern more')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(row('orders')).toContainText('Not begun');
  await expect(row('fleet-status')).toContainText('by pattern');

  await startArchiving(page);
  await page.getByRole('checkbox', { name: 'Archive left-out' }).click();
  await expect(page.getByText('Stop archiving to change this.')).toBeVisible();
  await page.getByRole('button', { name: 'Discard' }).click();
  await until(async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    const states = await Promise.all([row('orders'), row('fleet-status')].map((each) => each.textContent()));
    return states.every((state) => state?.includes('Up to date')) ? true : null;
  }, 'both topics to be archived');
  await stopArchiving(page);

  const archives = (await listArchives(bucketEndpoint, bucket)).map(({ name }) => name);
  expect(archives.filter((name) => name.includes('/orders/'))).toHaveLength(1);
  expect(archives.filter((name) => name.includes('/fleet-status/'))).toHaveLength(1);
  expect(archives.filter((name) => name.includes('/left-out/'))).toEqual([]);
});
