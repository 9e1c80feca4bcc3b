import { describe, expect, test } from 'vitest';
import { deleteAllObjects, deleteObjects } from '../../../electron/engine/restore/delete';
import { HeldObjects } from '../../../electron/engine/restore/held';
import type { ObjectStore, StoredObject } from '../../../electron/engine/store/port';
import { replaceContent, startBucket, storeOther } from './support';

const NONE_HELD = (): HeldObjects => new HeldObjects(null, Date.now());
const GOES_ON = new AbortController().signal;

async function storeSome(store: ObjectStore, count: number): Promise<StoredObject[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => storeOther(store, `object-${index}`, Buffer.from(String(index)))),
  );
}

async function namesIn(store: ObjectStore): Promise<string[]> {
  const { objects } = await store.list({});
  return objects.map(({ name }) => name);
}

describe('deleting objects', () => {
  test('deletes the chosen ones and no other, and says how far it is', async () => {
    const { store } = await startBucket();
    const objects = await storeSome(store, 30);
    const progress: number[] = [];

    const result = await deleteObjects(store, objects.slice(1), {
      signal: GOES_ON,
      onProgress: ({ done, total }) => {
        expect(total).toBe(29);
        progress.push(done);
      },
    });

    expect(result).toEqual({ state: 'done', deleted: 29 });
    expect(progress).toEqual(Array.from({ length: 29 }, (_, index) => index + 1));
    expect(await namesIn(store)).toEqual(['object-0']);
  });

  test('counts what is gone already as deleted', async () => {
    const { store } = await startBucket();
    const objects = await storeSome(store, 2);
    await store.remove('object-1');

    expect(await deleteObjects(store, objects, { signal: GOES_ON })).toEqual({ state: 'done', deleted: 2 });
  });

  test('leaves what was replaced since it was listed, and says how many were deleted', async () => {
    const { store } = await startBucket();
    const objects = await storeSome(store, 1);
    await replaceContent(store, objects[0]!, () => Buffer.from('new'));

    await expect(deleteObjects(store, objects, { signal: GOES_ON })).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
      context: { deleted: 0 },
    });
    expect(await namesIn(store)).toEqual(['object-0']);
  });

  test('counts exactly what was deleted when it is cancelled', async () => {
    const { store } = await startBucket();
    const objects = await storeSome(store, 60);
    const controller = new AbortController();

    const result = await deleteObjects(store, objects, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 20) controller.abort();
      },
    });

    expect(result.state).toBe('cancelled');
    expect(result.deleted).toBeGreaterThanOrEqual(20);
    expect(await namesIn(store)).toHaveLength(60 - result.deleted);
  });

  test('goes on after a lost reply', async () => {
    const { server, store } = await startBucket();
    const objects = await storeSome(store, 3);
    let isFirst = true;
    server.intercept(({ method }) => {
      if (method !== 'DELETE' || !isFirst) return undefined;
      isFirst = false;
      return { kind: 'lose-reply' };
    });

    expect(await deleteObjects(store, objects, { signal: GOES_ON })).toEqual({ state: 'done', deleted: 3 });
    expect(await namesIn(store)).toEqual([]);
  });

  test('empties a whole bucket', async () => {
    const { store } = await startBucket();
    await storeSome(store, 25);

    expect(await deleteAllObjects(store, NONE_HELD(), { signal: GOES_ON })).toEqual({ state: 'done', deleted: 25 });
    expect(await namesIn(store)).toEqual([]);
  });

  test('deletes nothing when it was cancelled before', async () => {
    const { store } = await startBucket();
    const objects = await storeSome(store, 3);

    const signal = AbortSignal.abort();

    expect(await deleteObjects(store, objects, { signal })).toEqual({ state: 'cancelled', deleted: 0 });
    expect(await deleteAllObjects(store, NONE_HELD(), { signal })).toEqual({ state: 'cancelled', deleted: 0 });
    expect(await namesIn(store)).toHaveLength(3);
  });
});
