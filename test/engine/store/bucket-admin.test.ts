/** A bucket's settings: on the sandbox's server, and on one that keeps less than it takes, as emulators do. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseBucketSettings } from '../../../electron/engine/store/bucket-resource';
import { connectCloudStorage, type CloudStorage } from '../../../electron/engine/store/cloud-storage';
import type { BucketAdmin } from '../../../electron/engine/store/port';
import { startSandboxBucketServer } from '../../../electron/sandbox/gcs/server';
import { DAY_SECONDS, type BucketChange } from '../../../shared/model/bucket-settings';
import type { LifecycleRule } from '../../../shared/model/lifecycle';
import { crcOf } from './store-contract';

const NAME = 'cold-store';
const ice = Buffer.from('ice');

async function startBucket(): Promise<CloudStorage & { readonly endpoint: string }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-settings-'));
  const { endpoint, close } = await startSandboxBucketServer({ dataDir, port: 0 });
  onTestFinished(async () => {
    await close();
    await rm(dataDir, { recursive: true });
  });
  const storage = connectCloudStorage({ endpoint, projectId: 'test' });
  await storage.admin.createBucket({ name: NAME, location: 'EU', storageClass: 'NEARLINE' });
  return { ...storage, endpoint };
}

async function change(admin: BucketAdmin, wanted: BucketChange) {
  return admin.changeSettings(NAME, wanted, (await admin.settings(NAME)).metageneration);
}

const RULES: readonly LifecycleRule[] = [
  { kind: 'colder', storageClass: 'COLDLINE', ageDays: 90, prefix: null },
  { kind: 'delete', ageDays: 365, prefix: 'archive/old/' },
];

describe('on the sandbox', () => {
  test('a new bucket tells how it is set up', async () => {
    const { admin } = await startBucket();

    expect(await admin.settings(NAME)).toMatchObject({
      name: NAME,
      location: 'EU',
      locationType: 'multi-region',
      storageClass: 'NEARLINE',
      uniformAccess: { enabled: false, lockedAt: null },
      publicAccess: 'inherited',
      versioning: false,
      retention: null,
      lifecycle: { rules: [], others: [] },
    });
    await expect(admin.settings('no-such')).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  });

  test('everything that can be changed is changed at once, and each thing alone', async () => {
    const { admin } = await startBucket();

    const changed = await change(admin, {
      uniformAccess: true,
      publicAccess: 'enforced',
      versioning: true,
      retentionSeconds: 7 * DAY_SECONDS,
      storageClass: 'ARCHIVE',
      lifecycle: RULES,
    });
    const back = await change(admin, { retentionSeconds: null });

    expect(changed).toMatchObject({
      uniformAccess: { enabled: true, lockedAt: expect.any(Number) as number },
      publicAccess: 'enforced',
      versioning: true,
      retention: { periodSeconds: 7 * DAY_SECONDS, isLocked: false },
      storageClass: 'ARCHIVE',
    });
    expect(changed.lifecycle.rules).toEqual(RULES);
    expect(back).toEqual({ ...changed, metageneration: back.metageneration, retention: null });
    expect(Number(back.metageneration)).toBeGreaterThan(Number(changed.metageneration));
  });

  test('settings that somebody else has changed are not changed by who has not seen that', async () => {
    const { admin } = await startBucket();
    const { metageneration } = await admin.settings(NAME);
    await change(admin, { versioning: true });

    await expect(admin.changeSettings(NAME, { versioning: false }, metageneration)).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
      message: expect.stringContaining('changed by somebody else meanwhile') as string,
    });
    expect(await admin.settings(NAME)).toMatchObject({ versioning: true });
  });

  test('rules that our form does not know are told in words, and kept', async () => {
    const { admin, endpoint } = await startBucket();
    const foreign = {
      action: { type: 'Delete' },
      condition: { age: 1, isLive: false, numNewerVersions: 3 },
    };
    const patched = await fetch(`${endpoint}/storage/v1/b/${NAME}`, {
      method: 'PATCH',
      body: JSON.stringify({ lifecycle: { rule: [foreign, { action: { type: 'Delete' }, condition: { age: 9 } }] } }),
    });
    expect(patched.status).toBe(200);

    const { lifecycle } = await change(admin, { lifecycle: RULES });

    expect(lifecycle.rules).toEqual(RULES);
    expect(lifecycle.others).toHaveLength(1);
    expect(lifecycle.others[0]).toContain('Deletes where');
    expect(lifecycle.others[0]).toContain('numNewerVersions is 3');
    const raw = (await (await fetch(`${endpoint}/storage/v1/b/${NAME}`)).json()) as { lifecycle: { rule: unknown[] } };
    expect(raw.lifecycle.rule).toContainEqual(foreign);
  });

  test('a retention policy is locked for good, and only when there is one', async () => {
    const { admin } = await startBucket();
    const none = await admin.settings(NAME);
    await expect(admin.lockRetention(NAME, none.metageneration)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    const { metageneration } = await change(admin, { retentionSeconds: DAY_SECONDS });
    await expect(admin.lockRetention(NAME, none.metageneration)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });

    const locked = await admin.lockRetention(NAME, metageneration);

    expect(locked.retention).toMatchObject({ periodSeconds: DAY_SECONDS, isLocked: true });
    await expect(change(admin, { retentionSeconds: null })).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringContaining('what is locked cannot be loosened') as string,
    });
    expect(await change(admin, { retentionSeconds: 2 * DAY_SECONDS })).toMatchObject({
      retention: { periodSeconds: 2 * DAY_SECONDS, isLocked: true },
    });
  });

  test('what a retention policy keeps is refused with how long, and what to do', async () => {
    const { admin, bucket } = await startBucket();
    await bucket(NAME).create('kept', [ice], { metadata: {}, crc32c: crcOf(ice) });
    await change(admin, { retentionSeconds: DAY_SECONDS });

    await expect(bucket(NAME).remove('kept')).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringMatching(/retention policy keeps it .*until \d{4}-/) as string,
    });
  });

  test('an account without the right to it is told which right that is', async () => {
    const { endpoint } = await startBucket();
    const { admin } = connectCloudStorage({
      endpoint,
      projectId: 'test',
      credentials: { kind: 'token', accessToken: 'sandbox-archiver' },
    });

    await expect(admin.settings(NAME)).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringContaining('storage.buckets.get') as string,
    });
  });

  test('versions are listed when they are asked for, and removed one by one', async () => {
    const { admin, bucket } = await startBucket();
    const store = bucket(NAME);
    await change(admin, { versioning: true });
    const first = await store.create('a', [ice], { metadata: {}, crc32c: crcOf(ice) });
    await store.remove('a', { generation: first.generation });
    const second = await store.create('a', [ice], { metadata: {}, crc32c: crcOf(ice) });

    const listed = (await store.list({ versions: true })).objects;
    expect(listed.map(({ generation, noncurrentSince }) => [generation, noncurrentSince !== undefined])).toEqual([
      [first.generation, true],
      [second.generation, false],
    ]);
    expect((await store.list({})).objects).toHaveLength(1);
    for (const { generation } of [first, second]) await store.remove('a', { generation, isForGood: true });
    expect((await store.list({ versions: true })).objects).toEqual([]);
    await expect(store.remove('a', { generation: first.generation, isForGood: true })).rejects.toMatchObject({
      code: 'STORE_NOT_FOUND',
    });
  });
});

describe('on a server that keeps less', () => {
  const BARE = { name: NAME, timeCreated: '2030-01-01T00:00:00Z', location: 'US' };

  /** Says yes to everything and remembers nothing but versioning. */
  async function startForgetful(): Promise<BucketAdmin> {
    let versioning: unknown;
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        if (request.method === 'PATCH') {
          ({ versioning } = JSON.parse(Buffer.concat(pieces).toString()) as { versioning?: unknown });
        }
        const known = request.url?.startsWith(`/storage/v1/b/${NAME}?`) === true || request.method === 'PATCH';
        response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(known ? { ...BARE, ...(versioning === undefined ? {} : { versioning }) } : {}));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return connectCloudStorage({ endpoint: `http://127.0.0.1:${port}`, projectId: 'test' }).admin;
  }

  test('what it does not tell is not made up', () => {
    expect(parseBucketSettings(BARE)).toMatchObject({
      locationType: null,
      uniformAccess: null,
      publicAccess: null,
      versioning: null,
      retention: null,
      softDeleteSeconds: null,
      autoclass: null,
    });
  });

  test('Cloud Storage leaves away what is off', () => {
    const iamConfiguration = { publicAccessPrevention: 'unspecified', uniformBucketLevelAccess: { enabled: false } };

    expect(
      parseBucketSettings({ ...BARE, iamConfiguration, softDeletePolicy: { retentionDurationSeconds: '604800' } }),
    ).toMatchObject({
      publicAccess: 'inherited',
      versioning: false,
      autoclass: false,
      softDeleteSeconds: 604_800,
    });
  });

  test('what it did not take is named; what it took holds', async () => {
    const admin = await startForgetful();

    expect(await change(admin, { versioning: true })).toMatchObject({ versioning: true });
    await expect(change(admin, { versioning: false, retentionSeconds: 1, lifecycle: RULES })).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: expect.stringContaining('this server did not take: retention, lifecycle.') as string,
      context: { settings: ['retention', 'lifecycle'] },
    });
    expect(await admin.settings(NAME)).toMatchObject({ versioning: false });
  });
});
