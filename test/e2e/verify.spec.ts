import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listArchives } from '../../scripts/demo/bucket.mjs';
import {
  answerOpenDialog,
  answerSaveDialog,
  finishedJob,
  sendGenerated,
  startArchiving,
  stopArchiving,
} from '../../scripts/demo/window.mjs';
import { expect, test } from './app';
import { caughtUp, goTo, ready } from './checks';

test('what is missing is found and archived again, what is damaged gives back the rest', async ({ app }) => {
  const { page, electron } = app;
  const { bucketEndpoint, bucket, topic } = await ready(app);
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-verify-'));
  for (const count of [3_000, 3_000, 3_000]) {
    await startArchiving(page);
    await sendGenerated(page, count);
    await caughtUp(app);
    await stopArchiving(page);
  }

  await goTo(page, 'Verify');
  await expect(page.getByText('Nothing was verified yet')).toBeVisible();
  await page.getByRole('button', { name: 'Check contents' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing is wrong' })).toBeVisible();
  const all = (await listArchives(bucketEndpoint, bucket)).length;
  await expect(page.getByText(`${all} of ${all}`, { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'partition 0: whole' })).toBeVisible();

  const [, second] = (await listArchives(bucketEndpoint, bucket)).filter(({ name }) => name.includes('partition=0'));
  const address = `${bucketEndpoint}/storage/v1/b/${bucket}/o/${encodeURIComponent(second!.name)}`;
  await fetch(address, { method: 'DELETE' });
  await page.getByRole('button', { name: 'Check coverage' }).click();
  const finding = page.getByRole('table', { name: 'Findings' }).getByRole('row').nth(1);
  await expect(finding).toContainText('Missing');
  await expect(finding).toContainText('Kafka still holds them');
  await page.getByRole('button', { name: /^partition 0: .* missing/ }).click();
  await expect(page.getByRole('list', { name: 'Stretches' })).toContainText('missing');

  const report = path.join(folder, 'report.html');
  await answerSaveDialog(electron, report);
  await page.getByRole('button', { name: 'Save report' }).click();
  await expect(page.getByText(`Report saved to ${report}`)).toBeVisible();
  expect(await readFile(report, 'utf8')).toContain('1 finding');

  await finding.getByRole('button', { name: 'Archive it now' }).click();
  expect(await finishedJob(page, 'repair')).toMatchObject({ state: 'done' });
  await page.getByRole('button', { name: 'Check coverage' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing is wrong' })).toBeVisible();

  await damage(bucketEndpoint, bucket, second!.name);
  await page.getByRole('button', { name: 'Check contents' }).click();
  await expect(page.getByText(`${all - 1} of ${all}`, { exact: true })).toBeVisible();
  const damaged = page.getByRole('table', { name: 'Findings' }).getByRole('row').nth(1);
  await expect(damaged).toContainText('Damaged');
  await answerOpenDialog(electron, folder);
  await damaged.getByRole('button', { name: 'Recover the rest' }).click();
  expect(await finishedJob(page, 'recover')).toMatchObject({ state: 'done' });
  expect(await readdir(folder)).toContain(`${topic}-0-${firstOffsetOf(second!.name)}.partial.json`);

  await damaged.getByRole('button', { name: /permafrost$/ }).click();
  await expect(page.getByRole('heading', { name: 'Bucket', exact: true })).toBeVisible();
});

function firstOffsetOf(name: string): string {
  return String(Number(/(\d{20})\.permafrost$/.exec(name)?.[1]));
}

/** The same object with a byte changed in its middle, by somebody who may do everything. */
async function damage(endpoint: string, bucket: string, name: string): Promise<void> {
  const address = `${endpoint}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
  const { metadata } = (await (await fetch(address)).json()) as { metadata: Record<string, string> };
  const body = Buffer.from(await (await fetch(`${address}?alt=media`)).arrayBuffer());
  body[Math.floor(body.length / 2)]! ^= 1;
  await fetch(address, { method: 'DELETE' });
  const boundary = 'b';
  const head = JSON.stringify({ name, metadata });
  const parts = [
    Buffer.from(`--${boundary}\r\ncontent-type: application/json\r\n\r\n${head}\r\n--${boundary}\r\n`),
    Buffer.from('content-type: application/octet-stream\r\n\r\n'),
    body,
    Buffer.from(`\r\n--${boundary}--`),
  ];
  const answer = await fetch(
    `${endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=multipart&name=${encodeURIComponent(name)}`,
    {
      method: 'POST',
      headers: { 'content-type': `multipart/related; boundary=${boundary}` },
      body: Buffer.concat(parts),
    },
  );
  expect(answer.ok).toBe(true);
}
