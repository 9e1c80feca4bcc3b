import { Kafka, logLevel } from 'kafkajs-plain';
import { finishedJob, sendGenerated, startArchiving, stopArchiving } from '../../scripts/demo/window.mjs';
import { expect, test } from './app';
import { caughtUp, goTo, ready } from './checks';

test('archives come back into Kafka by a dry run and one more step that names cluster and topic', async ({ app }) => {
  const { page } = app;
  const { kafka, topic } = await ready(app);
  await startArchiving(page);
  await sendGenerated(page, 3_000);
  await caughtUp(app);
  await stopArchiving(page);

  await goTo(page, 'Restore');
  await page.getByRole('button', { name: 'Dry run' }).click();
  const plan = page.getByRole('region', { name: 'Dry run' });
  await expect(plan.getByRole('row')).toHaveCount(4);
  await expect(plan).toContainText('3,000 records');
  await page.getByRole('button', { name: 'Restore 3,000 records' }).click();
  const last = page.getByRole('group', { name: 'Last step' });
  await expect(last).toContainText(`topic ${topic}-restored of cluster`);
  await expect(last).toContainText(kafka);
  await page.getByRole('button', { name: `Restore to ${topic}-restored` }).click();
  const job = await finishedJob(page, 'restore');

  expect(job).toMatchObject({ state: 'done', done: 3_000 });
  const admin = new Kafka({ brokers: [kafka], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(`${topic}-restored`);
  await admin.disconnect();
  const written = ends.reduce((sum, { high }) => sum + Number(high), 0);
  expect(written - ends.length).toBe(3_000); // behind each partition's records lies the marker of their transaction
});

test('what stands against a restore is said, and it cannot be begun', async ({ app }) => {
  const { page } = app;
  const { topic } = await ready(app);
  await startArchiving(page);
  await sendGenerated(page, 100);
  await caughtUp(app);
  await stopArchiving(page);

  await goTo(page, 'Restore');
  await page.getByRole('textbox', { name: 'Topic', exact: true }).fill(topic);
  await page.getByRole('button', { name: 'Dry run' }).click();

  await expect(page.getByText(`Topic ${topic} holds 100 records already`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Restore 100 records' })).toBeDisabled();
});
