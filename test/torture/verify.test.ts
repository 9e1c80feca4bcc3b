/** The independent reader and the watch tell what they are there for: else a run that finds nothing proves nothing. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startSandboxBucketServer } from '../../electron/sandbox/gcs/server';
import { read } from '../../scripts/child-process.mjs';
import { BucketWatch } from './bucket-watch';

type Row = readonly [offset: number, timestamp: number, key: string, value: string, headers: [string, string][]];

const CHAIN = 'archive/torture/life/partition=0';

let folder: string;
let endpoint: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-verify-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const server = await startSandboxBucketServer({ dataDir: path.join(folder, 'bucket'), port: 0 });
  onTestFinished(() => server.close());
  endpoint = server.endpoint;
  const headers = { 'content-type': 'application/json' };
  await fetch(`${endpoint}/storage/v1/b`, { method: 'POST', headers, body: JSON.stringify({ name: 'bucket' }) });
});

function row(offset: number): Row {
  return [offset, 1_671_494_400_000, 'bus', `value ${offset}`, [['id', `id-${offset}`]]];
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function archive(rows: readonly Row[], first: number, next: number, more: Record<string, string> = {}) {
  const lines = rows.map(([offset, timestamp, key, value, headers]) =>
    JSON.stringify({ offset, timestamp, key, value, headers }),
  );
  const counts = { records: String(rows.length), control: '0', aborted: '0', dropped: '0', corrupt: '0' };
  const offsets = { partition: '0', 'first-offset': String(first), 'next-offset': String(next), codec: 'none' };
  await upload(`${CHAIN}/${String(first).padStart(20, '0')}.permafrost`, lines.map((line) => `${line}\n`).join(''), {
    ...counts,
    ...offsets,
    ...more,
  });
}

async function upload(name: string, body: string, metadata: Record<string, string>): Promise<void> {
  const parts = ['application/json', 'application/octet-stream'].map(
    (type) => `--cut\r\ncontent-type: ${type}\r\n\r\n`,
  );
  const answer = await fetch(`${endpoint}/upload/storage/v1/b/bucket/o?uploadType=multipart`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/related; boundary=cut' },
    body: `${parts[0] ?? ''}${JSON.stringify({ name, metadata })}\r\n${parts[1] ?? ''}${body}\r\n--cut--`,
  });
  expect(answer.status).toBe(200);
}

async function verify(
  truth: readonly Row[],
  { end = truth.length, acknowledged = [] as string[], aborted = [] as string[] } = {},
): Promise<string> {
  const truthFolder = path.join(folder, 'truth');
  await mkdir(truthFolder);
  const lines = truth.map(([offset, timestamp, key, value, headers]) => {
    const pairs = headers.map((pair) => pair.map(base64));
    return `${JSON.stringify([offset, timestamp, base64(key), base64(value), pairs])}\n`;
  });
  await writeFile(path.join(truthFolder, '0.jsonl'), lines.join(''));
  const sent = path.join(folder, 'sent.json');
  await writeFile(sent, JSON.stringify({ acknowledged, aborted }));
  const settings = path.join(folder, 'verify.json');
  const about = { endpoint, bucket: 'bucket', topic: 'torture', identities: [], threads: 1, sent };
  await writeFile(settings, JSON.stringify({ ...about, truth: truthFolder, ends: { 0: end } }));
  const { exitCode, stderr } = await read('/usr/bin/python3', [path.join(import.meta.dirname, 'verify.py'), settings]);
  expect(exitCode).toBe(stderr === '' ? 0 : 1);
  return stderr;
}

test('archives that hold the topic exactly once are without a defect', async () => {
  await archive([row(0), row(1)], 0, 2);
  await archive([row(2)], 2, 4, { control: '1' });

  expect(await verify([row(0), row(1), row(2)], { end: 4, acknowledged: ['id-2'], aborted: ['id-9'] })).toBe('');
});

test('a lost record is told', async () => {
  await archive([row(0)], 0, 2, { aborted: '1' });

  expect(await verify([row(0), row(1)])).toContain('offset 1 is lost');
});

test('a record that is archived twice is told', async () => {
  await archive([row(0), row(1)], 0, 2);
  await archive([row(1)], 1, 2);

  const told = await verify([row(0), row(1)]);

  expect(told).toContain('offset 1 is archived 2 times');
  expect(told).toContain('the chain breaks, 2 was next');
});

test('a changed record, and one that is not in the topic, are told', async () => {
  await archive([[0, 5, 'bus', 'other', []], row(1)], 0, 2);

  const told = await verify([row(0)], { end: 2 });

  expect(told).toContain('offset 0 is [0, 5,');
  expect(told).toContain('offset 1 is archived, and not in the topic');
});

test('a chain that breaks, ends early, begins late or holds a gap is told', async () => {
  await archive([row(1)], 1, 2);
  await archive([], 3, 4, { gap: 'expired', aborted: '1' });

  const told = await verify([row(1)], { end: 5 });

  expect(told).toContain('the chain breaks, 0 was next');
  expect(told).toContain('the chain breaks, 2 was next');
  expect(told).toContain('a gap (expired)');
  expect(told).toContain('archived up to 4, the topic ends at 5');
});

test('an offset that the metadata does not account for is told', async () => {
  await archive([row(0)], 0, 2);

  expect(await verify([row(0)], { end: 2 })).toContain('it accounts for 1 of 2 offsets');
});

test('what was acknowledged and is missing, and what was aborted and is there, are told', async () => {
  await archive([row(0)], 0, 1);

  const told = await verify([row(0)], { acknowledged: ['id-7'], aborted: ['id-0'] });

  expect(told).toContain('id-7 was acknowledged, and is not in the topic');
  expect(told).toContain('id-0 was aborted, and is in the topic');
});

test('the watch tells of an object that was overwritten, and of one that is gone', async () => {
  await archive([row(0)], 0, 1);
  await archive([row(1)], 1, 2);
  const watch = new BucketWatch(endpoint, 'bucket');
  await watch.look();
  await watch.look();
  expect(watch.violations).toEqual([]);
  expect(watch.ends.get('0')).toBe(2n);

  await archive([row(0)], 0, 1); // by an account that may
  const second = encodeURIComponent(`${CHAIN}/${'1'.padStart(20, '0')}.permafrost`);
  await fetch(`${endpoint}/storage/v1/b/bucket/o/${second}`, { method: 'DELETE' });
  await watch.look();

  expect(watch.violations).toHaveLength(2);
  expect(watch.violations[0]).toContain('was changed');
  expect(watch.violations[1]).toContain('is gone');
});
