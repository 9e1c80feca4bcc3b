// @ts-check
/**
 * `npm start -- --demo [--count N | --input FILE.jsonl] [--out DIR]`: the main job from end to end in the real app, on a
 * data folder of its own. The window is driven from outside; what it archived is opened and compared by other code
 * than the app's.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { _electron } from '@playwright/test';
import { prepareElectron } from '../electron/prepare.mjs';
import { downloadObject, listArchives } from './bucket.mjs';
import { ratiosOf, tableOf } from './report.mjs';
import { readTopic } from './topic.mjs';
import { compareWithFile, verifyArchives } from './verify.mjs';
import * as ui from './window.mjs';

const DEFAULT_COUNT = 10_000;
/** So many are sent at a pace that one can watch, more as fast as it goes. */
const MOST_AT_LEISURE = 20_000;
const LEISURE_PER_SECOND = 1_500;

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runDemo(args) {
  const started = Date.now();
  const { count, input, out } = parseOptions(args);
  const work = await mkdtemp(path.join(tmpdir(), 'permafrost-demo-'));
  const folder = out ?? path.join(work, 'out');
  const screens = path.join(folder, 'screens');
  await mkdir(screens, { recursive: true });
  const electron = await prepareElectron();
  try {
    const userData = path.join(work, 'user-data');
    await mkdir(path.join(userData, 'data'), { recursive: true });
    // free ports, so that the user's own Permafrost may run beside it
    const settings = { sandboxKafkaPort: 0, sandboxBucketPort: 0 };
    await writeFile(path.join(userData, 'data', 'settings.json'), JSON.stringify(settings));
    const app = await _electron.launch({
      executablePath: electron.executablePath,
      args: [...electron.args, `--user-data-dir=${userData}`, '.'],
      env: electron.env,
      cwd: path.resolve(import.meta.dirname, '../..'),
    });
    try {
      const report = await perform(app, { count, input, folder, screens, work, started });
      await writeFile(path.join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
      console.log(tableOf(report));
      for (const finding of report.findings.slice(0, 20)) console.error(`  ${finding}`);
      if (out !== null) console.log(`report.json, screens/, bucket/ and key.pem are in ${out}`);
      console.log(report.passed ? 'Every message is in the bucket exactly once.' : 'The demo found differences.');
      return report.passed ? 0 : 1;
    } finally {
      await app.close();
    }
  } finally {
    electron.cleanup();
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * @param {import('@playwright/test').ElectronApplication} app
 * @param {{ count: number, input: string | null, folder: string, screens: string, work: string, started: number }} options
 * @returns {Promise<import('./report.mjs').DemoReport>}
 */
async function perform(app, { count, input, folder, screens, work, started }) {
  const page = await app.firstWindow();
  const say = (/** @type {string} */ text) =>
    console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${text}`);

  const { connection } = await ui.until(async () => {
    const seen = await ui.live(page);
    if (seen.connection.state === 'failed') throw new Error(seen.connection.problem?.message);
    return seen.connection.state === 'running' && seen.groups.pipeline.partitions.length > 0 ? seen : null;
  }, 'the sandbox and the pipeline group');
  const { kafka, bucketEndpoint } = connection;
  if (kafka === null || bucketEndpoint === null) throw new Error('The sandbox has no address');
  const { topic, bucket } = await ui.ask(page, 'settings.get');
  say(`sandbox up: Kafka on ${kafka}, bucket on ${bucketEndpoint}`);

  await ui.startArchiving(page);
  say('both consumer groups on');
  const sendingSince = Date.now();
  if (input === null) await ui.startGenerator(page, count, count > MOST_AT_LEISURE ? null : LEISURE_PER_SECOND);
  else await ui.startFile(app, page, input);
  await ui.picture(page, screens, 'send');
  await ui.goTo(page, 'Live');
  const job = await ui.finishedJob(page, input === null ? 'generate' : 'send-file');
  const sending = ((job.endedAt ?? Date.now()) - job.startedAt) / 1000;
  say(job.result ?? job.title);

  const groups = await ui.until(async () => {
    const seen = await ui.live(page);
    if (seen.archiver.state === 'failed') throw new Error(seen.archiver.reason ?? 'The archiver failed');
    const { pipeline, archiver } = seen.groups;
    return pipeline.messages === job.done && archiver.messages === job.done ? seen : null;
  }, 'both groups to have seen every message');
  const archivingSeconds = (Date.now() - sendingSince) / 1000;
  say(`both groups have seen ${job.done.toLocaleString('en')} messages: ${groups.comparison.verdict}`);
  await ui.picture(page, screens, 'live-archiving');

  await ui.stopArchiving(page);
  say('stopped: segments closed, uploaded and committed');
  await ui.picture(page, screens, 'live-stopped');

  await ui.goTo(page, 'Bucket');
  await page.getByTestId('object-row').first().waitFor();
  await page.getByTestId('object-row').first().click();
  await ui.picture(page, screens, 'bucket');
  await page.getByRole('button', { name: 'Look inside' }).first().click();
  await page.getByTestId('record-row').first().waitFor();
  await page.getByTestId('record-row').first().click();
  const previewedRecords = await page.getByTestId('record-row').count();
  say('one archive decrypted and previewed');
  await ui.picture(page, screens, 'preview');

  await ui.goTo(page, 'Keys');
  const exported = path.join(work, 'exported.pem');
  await ui.answerSaveDialog(app, exported);
  await ui.picture(page, screens, 'keys');
  await page.getByRole('button', { name: 'Export key' }).first().click();
  const pem = await ui.until(() => readFile(exported, 'utf8').catch(() => null), 'the exported key');
  await copyFile(exported, path.join(folder, 'key.pem'));
  await ui.goTo(page, 'Settings');
  await ui.picture(page, screens, 'settings');

  const archives = await downloadAll(bucketEndpoint, bucket, path.join(folder, 'bucket'));
  const records = await readTopic(kafka, topic);
  const verified = await verifyArchives(records, archives, pem);
  const findings = [...verified.findings];
  if (records.length !== job.done) findings.push(`${job.done} messages were sent, the topic holds ${records.length}`);
  if (input !== null) findings.push(...compareWithFile(records, await readFile(input)));
  else if (job.done !== count) findings.push(`${count} messages were asked for, ${job.done} were sent`);
  if (groups.comparison.verdict !== 'same') findings.push(`the groups' verdict is "${groups.comparison.verdict}"`);
  say(`${verified.verifiedRecords.toLocaleString('en')} records verified with age, zstd and JSON.parse`);

  return {
    source: input === null ? 'generated breadcrumbs' : path.basename(input),
    sent: job.done,
    groups: {
      pipeline: groups.groups.pipeline.messages,
      archiver: groups.groups.archiver.messages,
      verdict: groups.comparison.verdict,
    },
    bytes: verified.bytes,
    ratios: ratiosOf(verified.bytes),
    objects: verified.objects,
    previewedRecords,
    verifiedRecords: verified.verifiedRecords,
    seconds: { sending, archiving: archivingSeconds, whole: (Date.now() - started) / 1000 },
    findings,
    passed: findings.length === 0 && verified.verifiedRecords === job.done && job.done > 0,
  };
}

/**
 * Every archive as it lies in the bucket, under its name on disk.
 * @param {string} endpoint
 * @param {string} bucket
 * @param {string} folder
 */
async function downloadAll(endpoint, bucket, folder) {
  await mkdir(folder, { recursive: true });
  const archives = [];
  for (const object of await listArchives(endpoint, bucket)) {
    const body = await downloadObject(endpoint, bucket, object);
    await writeFile(path.join(folder, nameOnDisk(object)), body);
    archives.push({ name: object.name, body });
  }
  return archives;
}

/** @param {import('./bucket.mjs').BucketObject} object */
function nameOnDisk({ metadata }) {
  const codec = { zstd: '.zst', gzip: '.gz' }[metadata['codec'] ?? ''] ?? '';
  const age = (metadata['recipients'] ?? '') === '' ? '' : '.age';
  return `${metadata['topic']}-${metadata['partition']}-${metadata['first-offset']}.jsonl${codec}${age}`;
}

/** @param {string[]} args */
function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      demo: { type: 'boolean' },
      count: { type: 'string' },
      input: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const count = values.count === undefined ? DEFAULT_COUNT : Number(values.count);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--count takes a whole number, not "${values.count}"`);
  if (values.count !== undefined && values.input !== undefined) throw new Error('Give --count or --input, not both');
  return { count, input: values.input ?? null, out: values.out ?? null };
}
