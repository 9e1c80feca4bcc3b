import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { connectCloudStorage, type CloudStorage } from '../../../electron/engine/store/cloud-storage';
import { retrying } from '../../../electron/engine/store/retry';
import { startSandboxBucketServer, type SandboxBucketServer } from '../../../electron/sandbox/gcs/server';
import { crcOf, storeContract } from './store-contract';

let dataDir: string;
let server: SandboxBucketServer;

async function startServer(): Promise<CloudStorage> {
  server = await startSandboxBucketServer({ dataDir, port: 0 });
  return connectCloudStorage({ endpoint: server.endpoint, projectId: 'test' });
}

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-bucket-'));
});
afterEach(async () => {
  await server.close();
  await rm(dataDir, { recursive: true });
});

const NEARLINE = { location: 'EU', storageClass: 'NEARLINE' };
const ice = Buffer.from('ice');
const options = { metadata: {}, crc32c: crcOf(ice) };

storeContract('Cloud Storage on the sandbox bucket', async () => {
  const storage = await startServer();
  await storage.admin.createBucket({ name: 'cold-store', ...NEARLINE });
  return { store: storage.bucket('cold-store'), missing: storage.bucket('no-such'), close: () => Promise.resolve() };
});

test('a bucket is made with its class, listed, and removed when it is empty', async () => {
  const { admin, bucket } = await startServer();

  const made = await admin.createBucket({ name: 'cold-store', ...NEARLINE });
  const object = await bucket('cold-store').create('a', [ice], options);

  expect(made).toMatchObject({ name: 'cold-store', ...NEARLINE });
  expect(object.storageClass).toBe('NEARLINE');
  expect(await admin.listBuckets()).toEqual([made]);
  await expect(admin.createBucket({ name: 'cold-store', ...NEARLINE })).rejects.toMatchObject({
    code: 'STORE_CONFLICT',
  });
  await expect(admin.deleteBucket('cold-store')).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  await bucket('cold-store').remove('a');
  await admin.deleteBucket('cold-store');
  expect(await admin.listBuckets()).toEqual([]);
});

test.each(['ab', 'Upper', '-begin', 'end-', '1.2.3.4', 'google-it', 'goog1', 'a..b', 'x'.repeat(64), '../up'])(
  'the bucket name "%s" is refused with the rule that it breaks',
  async (name) => {
    const { admin } = await startServer();

    await expect(admin.createBucket({ name, ...NEARLINE })).rejects.toMatchObject({ code: 'BUCKET_NAME_INVALID' });
  },
);

test('objects survive a restart; what was half written when it was killed does not appear', async () => {
  const { admin, bucket } = await startServer();
  await admin.createBucket({ name: 'cold-store', ...NEARLINE });
  const kept = await bucket('cold-store').create('kept', [ice], options);
  await server.close();
  const folder = path.join(dataDir, 'buckets', 'cold-store', 'objects');
  await writeFile(path.join(folder, '7-1.part'), 'half');
  await writeFile(path.join(folder, `${'0'.repeat(64)}.5.body`), 'a body without its sidecar');

  const restarted = (await startServer()).bucket('cold-store');

  expect((await restarted.list({})).objects).toEqual([kept]);
  expect(await readdir(folder)).toHaveLength(2);
});

test('a sidecar that is damaged is named, and nothing is served from it', async () => {
  const { admin, bucket } = await startServer();
  await admin.createBucket({ name: 'cold-store', ...NEARLINE });
  await bucket('cold-store').create('kept', [ice], options);
  await server.close();
  const folder = path.join(dataDir, 'buckets', 'cold-store', 'objects');
  const sidecar = (await readdir(folder)).find((file) => file.endsWith('.json')) ?? '';
  await writeFile(path.join(folder, sidecar), '{"name":');

  await expect(startSandboxBucketServer({ dataDir, port: 0 })).rejects.toMatchObject({
    code: 'SANDBOX_FAILED',
    message: expect.stringContaining(sidecar) as string,
  });
});

test('a taken port is refused by name', async () => {
  await startServer();

  await expect(
    startSandboxBucketServer({ dataDir: path.join(dataDir, 'other'), port: server.port }),
  ).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    context: { port: server.port },
  });
});

test('the account of the archiver can create and read, not delete', async () => {
  const { admin, bucket } = await startServer();
  await admin.createBucket({ name: 'cold-store', ...NEARLINE });
  await bucket('cold-store').create('a', [ice], options);
  const url = `${server.endpoint}/storage/v1/b/cold-store/o/a`;
  const headers = { authorization: 'Bearer sandbox-archiver' };

  const upload = `${server.endpoint}/upload/storage/v1/b/cold-store/o?uploadType=media&name=`;
  const statuses = [
    (await fetch(url, { headers })).status,
    (await fetch(`${upload}b`, { method: 'POST', headers, body: 'new' })).status,
    (await fetch(`${upload}a`, { method: 'POST', headers, body: 'over' })).status,
    (await fetch(url, { method: 'DELETE', headers })).status,
  ];

  expect(statuses).toEqual([200, 200, 403, 403]);
});

test('errors are told by their status: overload, a cut connection, no rights', async () => {
  const { admin, bucket } = await startServer();
  await admin.createBucket({ name: 'cold-store', ...NEARLINE });
  const store = bucket('cold-store');
  const attempt = async (fault: Parameters<SandboxBucketServer['intercept']>[0]) => {
    const end = server.intercept(fault);
    const outcome = await store.create('a', [ice], options).catch((thrown: unknown) => thrown);
    end();
    return outcome;
  };

  const overloaded = await attempt(() => ({ kind: 'answer', status: 503, headers: { 'retry-after': '7' } }));
  const cut = await attempt(() => ({ kind: 'reset' }));
  const denied = await attempt(() => ({ kind: 'answer', status: 403 }));
  const lost = await attempt(({ method }) => (method === 'POST' ? { kind: 'lose-reply' } : undefined));

  expect(overloaded).toMatchObject({ code: 'STORE_UNAVAILABLE', retriable: true, context: { retryAfterMs: 7_000 } });
  expect(cut).toMatchObject({ code: 'STORE_UNAVAILABLE', retriable: true });
  expect(denied).toMatchObject({ code: 'STORE_DENIED', retriable: false });
  expect(lost).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await store.head('a')).toMatchObject({ size: 3 });
});

test('a read that fails is repeated', async () => {
  const { admin, bucket } = await startServer();
  await admin.createBucket({ name: 'cold-store', ...NEARLINE });
  let asked = 0;
  server.intercept(() => ((asked += 1) === 1 ? { kind: 'reset' } : undefined));

  expect(await bucket('cold-store').head('a')).toBeNull();
  expect(asked).toBe(2);
});

test('a download that stands still in its middle is given up and told', async () => {
  await startServer();
  const stalling = createServer((request, response) => {
    response.writeHead(200, { 'content-length': '3' });
    response.write(ice.subarray(0, 1));
    request.resume();
  });
  await once(stalling.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    stalling.close();
    stalling.closeAllConnections();
  });
  const { port } = stalling.address() as AddressInfo;
  const store = connectCloudStorage({ endpoint: `http://127.0.0.1:${port}`, projectId: 'test', stallMs: 50 });

  const reading = async (): Promise<void> => {
    for await (const piece of store.bucket('cold-store').stream('a')) expect(piece.toString()).toBe('i');
  };

  await expect(reading()).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('nothing came for 0.05 s') as unknown,
  });
});

test('a retry waits longer each time, honours Retry-After, and ends when told', async () => {
  const waits: number[] = [];
  const abort = new AbortController();
  let attempts = 0;
  const { PermafrostError } = await import('../../../shared/errors');
  const work = () => {
    attempts += 1;
    const context = attempts === 3 ? { retryAfterMs: 9_000 } : {};
    if (attempts === 5) abort.abort();
    return Promise.reject(new PermafrostError('STORE_UNAVAILABLE', 'no answer', { context }));
  };

  const outcome = retrying(work, {
    signal: abort.signal,
    random: () => 1,
    sleep: (ms) => Promise.resolve(void waits.push(ms)),
  });

  await expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(waits).toEqual([500, 1_000, 9_000, 4_000]);
});
