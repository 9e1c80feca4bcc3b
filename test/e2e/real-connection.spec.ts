/** The whole demo on a real Kafka that asks who comes and an independent Cloud Storage server, driven through the window. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs-plain';
import { downloadObject, listArchives } from '../../scripts/demo/bucket.mjs';
import { readTopic } from '../../scripts/demo/topic.mjs';
import { verifyArchives } from '../../scripts/demo/verify.mjs';
import {
  answerOpenDialog,
  finishedJob,
  sendGenerated,
  startArchiving,
  stopArchiving,
} from '../../scripts/demo/window.mjs';
import { expect, test, type RunningApp } from './app';
import { exportKey, goTo, live, ready, until } from './checks';
import { useRealServers } from './real-servers';

const servers = useRealServers();

const SENT = 3_000;
const BUCKET = 'of-the-window';

test('archived, proved and restored through the window, over TLS with a login', async ({ app, userData }) => {
  test.setTimeout(240_000);
  const { page } = app;
  const { kafka, users, bucketEndpoint } = servers();
  const admin = new Kafka({ brokers: [kafka.address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'buses', numPartitions: 2 }, { topic: 'other' }] });
  await admin.disconnect();
  await makeBucket(bucketEndpoint, BUCKET);

  await ready(app);
  await page.keyboard.press('Control+0');
  await press(app, 'New connection');
  await page.getByRole('textbox', { name: 'Name' }).fill('Production');
  await page.getByRole('textbox', { name: 'Broker 1' }).fill(kafka.listeners.sasl);
  await choose(app, 'Security', 0, 'TLS, with an own CA');
  await answerOpenDialog(app.electron, kafka.certificates.strangerCa);
  await press(app.page.getByRole('group', { name: 'CA certificates' }), /^Choose/);
  await choose(app, 'Login', 0, 'Password, SCRAM-SHA-512');
  await page.getByRole('textbox', { name: 'User' }).first().fill(users.admin);
  await page.getByLabel('Password', { exact: true }).fill('not-the-password');
  await choose(app, 'Login', 1, 'None (anonymous)');
  await page.getByRole('textbox', { name: 'Bucket' }).fill(BUCKET);
  await press(app, 'More: endpoint, projects');
  await page.getByRole('textbox', { name: 'Endpoint', exact: true }).fill(bucketEndpoint);

  const steps = page.getByRole('list', { name: 'Test of Kafka' });
  await press(app, 'Test');
  await expect(steps).toContainText('of an authority that is not trusted here');
  await answerOpenDialog(app.electron, kafka.certificates.ca);
  await press(page.getByRole('group', { name: 'CA certificates' }), /^(Choose|Replace|Change)/);
  await press(app, 'Test');
  await expect(steps).toContainText('the broker does not take this login');
  await page.getByLabel('Password', { exact: true }).fill(kafka.passwords.scram512);
  await press(app, 'Test');
  await expect(page.getByTestId('connection-test-state')).toContainText(/works/i);
  await expect(steps).toContainText('logged in by scram-sha-512');

  await press(app, 'Save');
  await press(app, 'Use this connection');
  await until(async () => {
    const { connection } = await live(page);
    return connection.name === 'Production' && connection.state === 'running' ? true : null;
  }, 'the connection');
  await goTo(page, 'Topics');
  await page.getByRole('checkbox', { name: 'Archive buses' }).check({ force: true });
  await press(page.getByRole('region', { name: 'Choice of topics' }), /^Save/);
  await expect(page.getByRole('region', { name: 'Choice of topics' })).toHaveCount(0);

  await startArchiving(page);
  await sendGenerated(page, SENT);
  await until(async () => {
    const { archiver } = (await live(page)).groups;
    return archiver.messages === SENT && archiver.lag === 0 ? true : null;
  }, 'the archiver to catch up');
  await stopArchiving(page);

  const names = await listArchives(bucketEndpoint, BUCKET);
  const archives = await Promise.all(
    names.map(async (object) => ({ name: object.name, body: await downloadObject(bucketEndpoint, BUCKET, object) })),
  );
  const records = await readTopic(kafka.address, 'buses');
  const proof = await verifyArchives(records, archives, await exportKey(app, userData));
  expect(proof).toMatchObject({ verifiedRecords: SENT, findings: [] });

  await goTo(page, 'Verify');
  await press(app, 'Check contents');
  await expect(page.getByRole('heading', { name: 'Nothing is wrong' })).toBeVisible();

  await goTo(page, 'Restore');
  await press(app, 'Dry run');
  await press(app, 'Restore 3,000 records');
  await expect(page.getByRole('group', { name: 'Last step' })).toContainText(kafka.listeners.sasl);
  await press(app, 'Restore to buses-restored');
  expect(await finishedJob(page, 'restore')).toMatchObject({ state: 'done', done: SENT });
  const restored = await readMessages(kafka.address, 'buses-restored');
  const sentMessages = records.map(({ key, value }) => [key, value].map(String).join(' '));
  expect(restored.sort()).toEqual(sentMessages.sort());

  const written = await textOfFiles(path.join(userData, 'data'));
  expect(written).toContain('Production');
  for (const secret of [kafka.passwords.scram512, 'not-the-password']) expect(written).not.toContain(secret);
});

test('a folder is archived to over mutual TLS, and the sandbox is as it was', async ({ app, userData }) => {
  const { page } = app;
  const { kafka } = servers();
  const admin = new Kafka({ brokers: [kafka.address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'trams', numPartitions: 1 }] });
  await admin.disconnect();

  await ready(app);
  await page.keyboard.press('Control+0');
  await press(app, 'New connection');
  await page.getByRole('textbox', { name: 'Name' }).fill('By certificate');
  await page.getByRole('textbox', { name: 'Broker 1' }).fill(kafka.listeners.mutualTls);
  await choose(app, 'Security', 0, 'TLS, with an own CA');
  await answerOpenDialog(app.electron, kafka.certificates.ca);
  await press(page.getByRole('group', { name: 'CA certificates' }), /^Choose/);
  await answerOpenDialog(app.electron, kafka.certificates.client.certificate);
  await press(page.getByRole('group', { name: 'Client certificate' }), /^Choose/);
  await answerOpenDialog(app.electron, kafka.certificates.client.key);
  await press(page.getByRole('group', { name: 'Its private key' }), /^Choose/);
  await page.getByRole('combobox', { name: 'Archives go to' }).click();
  await page.getByRole('option', { name: /folder/i }).click();
  await answerOpenDialog(app.electron, userData);
  await press(page.getByRole('group', { name: 'Folder' }), /^Choose/);
  await press(app, 'Test');
  await expect(page.getByTestId('connection-test-state')).toContainText(/works/i);
  await press(app, 'Save');
  await press(app, 'Use this connection');
  await goTo(page, 'Topics');
  await page.getByRole('checkbox', { name: 'Archive trams' }).check({ force: true });
  await press(page.getByRole('region', { name: 'Choice of topics' }), /^Save/);
  await startArchiving(page);
  await sendGenerated(page, 500);
  await until(async () => ((await live(page)).groups.archiver.messages === 500 ? true : null), 'the archiver');
  await stopArchiving(page);

  await goTo(page, 'Bucket');
  await expect(page.getByTestId('object-row').filter({ hasNotText: '@snapshots' })).toHaveCount(1);
  expect((await readdir(userData, { recursive: true })).filter((name) => name.endsWith('.permafrost'))).toHaveLength(1);
  await page.getByRole('button', { name: /^Connection: By certificate/ }).click();
  await page.getByRole('radio', { name: /Sandbox/ }).click();
  await until(async () => ((await live(page)).groups.pipeline.partitions.length > 0 ? true : null), 'the sandbox');
  expect((await live(page)).connection).toMatchObject({ isSandbox: true, state: 'running' });
});

test('each way to log in works, and is told when it does not', async ({ app }) => {
  const { page } = app;
  const { kafka, users, tokens } = servers();
  await ready(app);
  await page.keyboard.press('Control+0');
  await press(app, 'New connection');
  await page.getByRole('textbox', { name: 'Name' }).fill('Every way');
  await page.getByRole('textbox', { name: 'Broker 1' }).fill(kafka.listeners.sasl);
  await choose(app, 'Security', 0, 'TLS, with an own CA');
  await answerOpenDialog(app.electron, kafka.certificates.ca);
  await press(page.getByRole('group', { name: 'CA certificates' }), /^Choose/);
  await page.getByRole('textbox', { name: 'Bucket' }).fill('not-looked-at');
  const steps = page.getByRole('list', { name: 'Test of Kafka' });
  const passwords = [
    ['Password, PLAIN', 'plain', kafka.passwords.plain],
    ['Password, SCRAM-SHA-256', 'scram-sha-256', kafka.passwords.scram256],
  ] as const;
  for (const [option, mechanism, password] of passwords) {
    await choose(app, 'Login', 0, option);
    await page.getByRole('textbox', { name: 'User' }).first().fill(users.admin);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await press(app, 'Test');
    await expect(steps).toContainText(`logged in by ${mechanism}`);
  }
  await choose(app, 'Login', 0, 'Token, OAUTHBEARER');
  await page.getByRole('textbox', { name: 'Token endpoint' }).fill(tokens.endpoint);
  await page.getByRole('textbox', { name: 'Client id' }).fill(tokens.clientId);
  await page.getByLabel('Client secret', { exact: true }).fill('not-the-secret');
  await press(app, 'Test');
  await expect(steps).toContainText('gave no token');
  await page.getByLabel('Client secret', { exact: true }).fill(tokens.clientSecret);
  await press(app, 'Test');
  await expect(steps).toContainText('logged in by oauthbearer');

  await page.getByRole('textbox', { name: 'Broker 1' }).fill(kafka.listeners.expired);
  await press(app, 'Test');
  await expect(steps).toContainText('has expired');
});

async function press(
  where: RunningApp | ReturnType<RunningApp['page']['locator']>,
  name: string | RegExp,
): Promise<void> {
  const scope = 'page' in where && 'electron' in where ? where.page : where;
  const options = typeof name === 'string' ? { name, exact: true } : { name };
  await scope.getByRole('button', options).first().click();
}

async function choose({ page }: RunningApp, field: string, nth: number, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).nth(nth).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

async function makeBucket(endpoint: string, name: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${endpoint}/storage/v1/b?project=p`, { method: 'POST', headers, body: JSON.stringify({ name }) });
}

/** Key and value of each, as kcat reads them. */
async function readMessages(broker: string, topic: string): Promise<string[]> {
  const args = ['-C', '-b', broker, '-t', topic, '-o', 'beginning', '-e', '-q', '-f', '%k %s\\n'];
  const { stdout } = await promisify(execFile)('kcat', [...args, '-X', 'isolation.level=read_committed'], {
    maxBuffer: 1e8,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

async function textOfFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}
