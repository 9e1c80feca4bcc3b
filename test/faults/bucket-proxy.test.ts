import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSandboxBucketServer } from '../../electron/sandbox/gcs/server';
import { startBucketProxy, type BucketFault, type BucketProxy, type BucketRequest } from './bucket-proxy';

const BODY = 'archived '.repeat(20_000);

interface Proxied {
  readonly proxy: BucketProxy;
  readonly direct: string;
}

async function start(): Promise<Proxied> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-proxy-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startSandboxBucketServer({ dataDir, port: 0 });
  onTestFinished(() => server.close());
  await fetch(`${server.endpoint}/storage/v1/b`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bucket' }),
  });
  const proxy = await startBucketProxy(server.endpoint);
  onTestFinished(() => proxy.close());
  return { proxy, direct: server.endpoint };
}

function upload(endpoint: string, name = 'object'): Promise<Response> {
  const query = new URLSearchParams({ uploadType: 'media', name, ifGenerationMatch: '0' });
  return fetch(`${endpoint}/upload/storage/v1/b/bucket/o?${query.toString()}`, { method: 'POST', body: BODY });
}

async function names(endpoint: string): Promise<string[]> {
  const answer = (await (await fetch(`${endpoint}/storage/v1/b/bucket/o`)).json()) as { items?: { name: string }[] };
  return (answer.items ?? []).map(({ name }) => name);
}

const download = (endpoint: string): Promise<string> =>
  fetch(`${endpoint}/storage/v1/b/bucket/o/object?alt=media`).then((answer) => answer.text());

const uploads = { matches: ({ verb }: BucketRequest) => verb === 'upload' };

test('what meets no fault passes both ways', async () => {
  const { proxy, direct } = await start();

  expect((await upload(proxy.endpoint)).status).toBe(200);

  expect(await names(proxy.endpoint)).toEqual(['object']);
  expect(await download(proxy.endpoint)).toBe(BODY);
  expect(await download(direct)).toBe(BODY);
});

test('a storm of 503 ends by itself, and says when to try again', async () => {
  const { proxy, direct } = await start();
  const planned = proxy.plan({ kind: 'answer', status: 503, retryAfterSeconds: 7 }, { times: 3 });

  const answers = [await upload(proxy.endpoint), await upload(proxy.endpoint), await upload(proxy.endpoint)];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(answers[0]?.headers.get('retry-after')).toBe('7');
  expect(await names(direct)).toEqual([]);

  expect((await upload(proxy.endpoint)).status).toBe(200);
  expect(planned.count).toBe(3);
});

test.each<[BucketFault, string[]]>([
  [{ kind: 'reset' }, []],
  [{ kind: 'cut-body' }, []],
  [{ kind: 'lose-reply' }, ['object']],
  [{ kind: 'cut-reply' }, ['object']],
])('%j of an upload is an error to the client, and leaves %j in the bucket', async (fault, left) => {
  const { proxy, direct } = await start();
  proxy.plan(fault, uploads);

  await expect(upload(proxy.endpoint).then((answer) => answer.text())).rejects.toThrow();

  expect(await names(direct)).toEqual(left);
  expect((await upload(proxy.endpoint)).status).toBe(left.length === 0 ? 200 : 412);
});

test('an upload that arrives twice is refused the second time, and the client hears that', async () => {
  const { proxy, direct } = await start();
  proxy.plan({ kind: 'duplicate' }, uploads);

  expect((await upload(proxy.endpoint)).status).toBe(412);

  expect(await download(direct)).toBe(BODY);
});

test('an upload can arrive when its client has given up', async () => {
  const { proxy, direct } = await start();
  proxy.plan({ kind: 'deliver-late', ms: 200 }, uploads);

  await expect(upload(proxy.endpoint)).rejects.toThrow();
  expect(await names(direct)).toEqual([]);

  await expect.poll(() => names(direct), { timeout: 10_000 }).toEqual(['object']);
});

test.each<BucketFault>([
  { kind: 'delay', ms: 50 },
  { kind: 'delay-reply', ms: 50 },
  { kind: 'throttle', bytesPerSecond: 1_000_000 },
])('%j changes nothing but the time', async (fault) => {
  const { proxy, direct } = await start();
  const planned = proxy.plan(fault, uploads);

  expect((await upload(proxy.endpoint)).status).toBe(200);

  expect(planned.count).toBe(1);
  expect(await download(direct)).toBe(BODY);
});

test('a download whose answer is cut is an error to the client', async () => {
  const { proxy } = await start();
  await upload(proxy.endpoint);
  proxy.plan({ kind: 'cut-reply' }, { matches: ({ verb }) => verb === 'download' });

  await expect(download(proxy.endpoint)).rejects.toThrow();
  expect(await download(proxy.endpoint)).toBe(BODY);
});

test('a server that is down cuts the connection, and one that came back elsewhere is reached', async () => {
  const { proxy, direct } = await start();
  proxy.retarget('http://127.0.0.1:1');
  await expect(upload(proxy.endpoint)).rejects.toThrow();

  proxy.retarget(direct);

  expect((await upload(proxy.endpoint)).status).toBe(200);
});
