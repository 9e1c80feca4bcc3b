/** Emptying a bucket that keeps versions, or that a retention policy keeps. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { deleteAllObjects } from '../../../electron/engine/restore/delete';
import { HeldObjects, retentionOf } from '../../../electron/engine/restore/held';
import { lossOfBucket } from '../../../electron/engine/restore/loss';
import { connectCloudStorage, type CloudStorage } from '../../../electron/engine/store/cloud-storage';
import { startSandboxBucketServer } from '../../../electron/sandbox/gcs/server';
import type { BucketChange } from '../../../shared/model/bucket-settings';
import { BUCKET, makeFolder, storeArchive, storeOther } from './support';

const GOES_ON = new AbortController().signal;
const DAY_MS = 86_400_000;

interface Bucket extends CloudStorage {
  readonly endpoint: string;
  change(change: BucketChange): Promise<void>;
  held(now?: number): Promise<HeldObjects>;
}

async function startBucket(): Promise<Bucket> {
  const server = await startSandboxBucketServer({ port: 0, dataDir: await makeFolder() });
  onTestFinished(() => server.close());
  const storage = connectCloudStorage({ endpoint: server.endpoint, projectId: 'test' });
  const { admin } = storage;
  await admin.createBucket({ name: BUCKET, location: 'US', storageClass: 'STANDARD' });
  return {
    ...storage,
    endpoint: server.endpoint,
    change: async (change) => {
      await admin.changeSettings(BUCKET, change, (await admin.settings(BUCKET)).metageneration);
    },
    held: async (now = Date.now()) => new HeldObjects(await retentionOf(admin, BUCKET), now),
  };
}

/** n objects, each deleted once and stored again. */
async function storeVersions(bucket: Bucket, count: number): Promise<void> {
  const store = bucket.bucket(BUCKET);
  await bucket.change({ versioning: true });
  for (let index = 0; index < count; index += 1) {
    await storeOther(store, `o${index}`, Buffer.from('old'));
    await store.remove(`o${index}`);
    await storeOther(store, `o${index}`, Buffer.from('newer'));
  }
}

describe('a bucket that keeps versions', () => {
  test('is told with them, and they are no archives of the loss', async () => {
    const bucket = await startBucket();
    await storeVersions(bucket, 3);
    await storeArchive(bucket.bucket(BUCKET));

    expect(await lossOfBucket(bucket.bucket(BUCKET), await bucket.held())).toMatchObject({
      objects: 4,
      archives: 1,
      noncurrent: { objects: 3, bytes: 9 },
      held: null,
    });
  });

  test('is emptied with them, told how far it is, so that it can be removed', async () => {
    const bucket = await startBucket();
    await storeVersions(bucket, 5);
    const progress: string[] = [];

    const result = await deleteAllObjects(bucket.bucket(BUCKET), await bucket.held(), {
      signal: GOES_ON,
      onProgress: ({ done, total }) => progress.push(`${done}/${total}`),
    });

    expect(result).toEqual({ state: 'done', deleted: 10 });
    expect(progress.at(-1)).toBe('10/10');
    await bucket.admin.deleteBucket(BUCKET);
  });

  test('goes on after it was cancelled, and what others deleted meanwhile is no failure', async () => {
    const bucket = await startBucket();
    await storeVersions(bucket, 12);
    const store = bucket.bucket(BUCKET);
    const controller = new AbortController();

    const first = await deleteAllObjects(store, await bucket.held(), {
      signal: controller.signal,
      onProgress: ({ done }) => done === 4 && controller.abort(),
    });
    const left = (await store.list({ versions: true })).objects;
    let others = 0;
    const second = await deleteAllObjects(store, await bucket.held(), {
      signal: GOES_ON,
      onProgress: () => {
        const last = left.at(-1)!;
        if (others++ === 0)
          void store.remove(last.name, { generation: last.generation, isForGood: true }).catch(() => null);
      },
    });

    expect(first.state).toBe('cancelled');
    expect(left).toHaveLength(24 - first.deleted);
    expect(second).toEqual({ state: 'done', deleted: left.length });
    expect((await store.list({ versions: true })).objects).toEqual([]);
  });
});

describe('a bucket that its retention policy keeps', () => {
  test('loses nothing, and says how much is kept, until when, and what to do', async () => {
    const bucket = await startBucket();
    await storeVersions(bucket, 2);
    await bucket.change({ retentionSeconds: 7 * 86_400 });
    const store = bucket.bucket(BUCKET);
    const newest = Math.max(...(await store.list({})).objects.map(({ createdAt }) => createdAt));

    const deleting = deleteAllObjects(store, await bucket.held(), { signal: GOES_ON });

    const until = new Date(newest + 7 * DAY_MS).toISOString();
    await expect(deleting).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringMatching(
        new RegExp(
          `nothing was deleted, since 4 objects are kept .* of 7 days, the last until ${until}. Wait .* remove`,
        ),
      ) as string,
      context: { held: 4, until },
    });
    expect((await store.list({ versions: true })).objects).toHaveLength(4);
    expect((await lossOfBucket(store, await bucket.held())).held).toEqual({
      objects: 4,
      until: newest + 7 * DAY_MS,
      isLocked: false,
    });
  });

  test('is told to be locked', async () => {
    const bucket = await startBucket();
    await storeOther(bucket.bucket(BUCKET), 'kept', Buffer.from('x'));
    await bucket.change({ retentionSeconds: 86_400 });
    await bucket.admin.lockRetention(BUCKET, (await bucket.admin.settings(BUCKET)).metageneration);

    await expect(
      deleteAllObjects(bucket.bucket(BUCKET), await bucket.held(), { signal: GOES_ON }),
    ).rejects.toMatchObject({ message: expect.stringContaining('locked, so nobody can remove it') as string });
  });

  test.each([
    [86_400_000, 0],
    [86_399_999, 1],
  ])('keeps an object of %d ms with a policy of a day: %d', (ageMs, count) => {
    const held = new HeldObjects({ periodSeconds: 86_400, effectiveAt: 0, isLocked: false }, ageMs);

    held.add([{ createdAt: 0 }]);

    expect(held.view()?.objects ?? 0).toBe(count);
  });

  test('is not asked for by an account that may not: the store itself refuses then', async () => {
    const { endpoint } = await startBucket();
    const credentials = { kind: 'token', accessToken: 'sandbox-archiver' } as const;
    const { admin } = connectCloudStorage({ endpoint, projectId: 'test', credentials });

    expect(await retentionOf(admin, BUCKET)).toBeNull();
    await expect(retentionOf(admin, 'no-such')).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  });
});
