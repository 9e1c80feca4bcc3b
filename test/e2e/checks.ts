/** What the tests in the real window check with code that is not the app's. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadObject, listArchives } from '../../scripts/demo/bucket.mjs';
import { readTopic } from '../../scripts/demo/topic.mjs';
import { verifyArchives, type Verification } from '../../scripts/demo/verify.mjs';
import { answerSaveDialog, ask, goTo, live, until } from '../../scripts/demo/window.mjs';
import type { Locator, Page } from '@playwright/test';
import type { RunningApp } from './app';

export interface Addresses {
  readonly kafka: string;
  readonly bucketEndpoint: string;
  readonly topic: string;
  readonly bucket: string;
}

/** Waits until sandbox and pipeline group are up. */
export async function ready({ page }: RunningApp): Promise<Addresses> {
  const { connection, topic, bucket } = await until(async () => {
    const seen = await live(page);
    return seen.groups.pipeline.partitions.length > 0 ? seen : null;
  }, 'the sandbox');
  if (connection.kafka === null || connection.bucketEndpoint === null || topic === null)
    throw new Error('The sandbox has no address');
  return { kafka: connection.kafka, bucketEndpoint: connection.bucketEndpoint, topic, bucket };
}

/** Waits until both groups have read the log to its end. */
export async function caughtUp({ page }: RunningApp): Promise<void> {
  await until(async () => {
    const { groups, producer } = await live(page);
    const { pipeline, archiver } = groups;
    const isSame = pipeline.messages === producer.messages && archiver.messages === producer.messages;
    return isSame && archiver.lag === 0 ? true : null;
  }, 'both groups to catch up');
}

/** The private key, exported as a user would. */
export async function exportKey({ electron, page }: RunningApp, folder: string): Promise<string> {
  const file = path.join(folder, 'exported.pem');
  await answerSaveDialog(electron, file);
  await goTo(page, 'Keys');
  await page.getByRole('main').getByRole('button', { name: 'Export key' }).first().click();
  return until(() => readFile(file, 'utf8').catch(() => null), 'the exported key');
}

/** Rows of the bucket's list; not those of snapshots, which are taken when something has changed. */
export function archiveRows(page: Page): Locator {
  return page.getByTestId('object-row').filter({ hasNotText: '@snapshots' });
}

/** Compares the bucket with the topic, record by record. */
export async function verify(app: RunningApp, pem: string): Promise<Verification & { readonly sent: number }> {
  const { kafka, bucketEndpoint, topic, bucket } = await ready(app);
  const objects = await listArchives(bucketEndpoint, bucket);
  const archives = await Promise.all(
    objects.map(async (object) => ({ name: object.name, body: await downloadObject(bucketEndpoint, bucket, object) })),
  );
  const records = await readTopic(kafka, topic);
  return { sent: records.length, ...(await verifyArchives(records, archives, pem)) };
}

export { ask, goTo, live, until };
