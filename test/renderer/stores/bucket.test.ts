import { beforeEach, describe, expect, it } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import type { ObjectRow } from '../../../shared/model/archive';
import { bucketStore, chooseBucket, loadBuckets, refresh, select, showObject } from '../../../renderer/stores/bucket';
import { rowId } from '../../../renderer/stores/bucket-rows';
import { activate } from '../../../renderer/stores/selection';
import { archiveObject, installBridge } from '../support';

const view = { name: 'permafrost-sandbox', location: 'EU', storageClass: 'NEARLINE', createdAt: 0 };

/** Two objects a page. */
function paged(rows: () => readonly ObjectRow[]) {
  return ({ pageToken }: { pageToken: string | null }) => {
    const from = Number(pageToken ?? 0);
    return {
      rows: rows().slice(from, from + 2),
      nextPageToken: from + 2 < rows().length ? String(from + 2) : null,
    };
  };
}

beforeEach(() => {
  chooseBucket(null);
  bucketStore.setState({ buckets: null });
});

describe('listing a bucket', () => {
  it('loads page after page until the end', async () => {
    const rows = [0, 100, 200, 300, 400].map((offset) => archiveObject(offset));
    const bridge = installBridge({ 'bucket.list': () => [view], 'archive.list': paged(() => rows) });
    await loadBuckets('permafrost-sandbox');
    expect(bucketStore.getState().rows).toEqual(rows);
    expect(bucketStore.getState().listed).toBeNull();
    expect(bridge.asked.filter(({ name }) => name === 'archive.list')).toHaveLength(3);
  });

  it('keeps the selection over a refresh, but for what is gone', async () => {
    let rows = [0, 100, 200].map((offset) => archiveObject(offset));
    installBridge({ 'bucket.list': () => [view], 'archive.list': paged(() => rows) });
    await loadBuckets('permafrost-sandbox');
    const [gone, kept] = rows;
    select((selection) => ({ ...activate(selection, rowId(kept!)), ticked: new Set([rowId(gone!), rowId(kept!)]) }));
    rows = rows.slice(1);
    await refresh();
    expect([...bucketStore.getState().selection.ticked]).toEqual([rowId(kept!)]);
    expect(bucketStore.getState().selection.active).toBe(rowId(kept!));
  });

  it('says why it could not list, and keeps the rows that are there', async () => {
    let isDown = false;
    installBridge({
      'bucket.list': () => [view],
      'archive.list': () => {
        if (isDown) throw new PermafrostError('STORE_UNAVAILABLE', 'The bucket does not answer.');
        return { rows: [archiveObject(0)], nextPageToken: null };
      },
    });
    await loadBuckets('permafrost-sandbox');
    isDown = true;
    await refresh();
    expect(bucketStore.getState().error?.code).toBe('STORE_UNAVAILABLE');
    expect(bucketStore.getState().rows).toHaveLength(1);
  });

  it('drops the answer of a bucket that was left meanwhile', async () => {
    let answer = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (answer = resolve));
    installBridge({
      'archive.list': async ({ bucket }) => {
        if (bucket === 'slow') await waiting;
        return { rows: [archiveObject(bucket === 'slow' ? 0 : 500)], nextPageToken: null };
      },
    });
    chooseBucket('slow');
    const slow = refresh();
    chooseBucket('fast');
    await refresh();
    answer();
    await slow;
    expect(bucketStore.getState().rows?.map(({ archive }) => archive?.firstOffset)).toEqual(['500']);
  });

  it('shows an object that was asked for before it was listed', async () => {
    const row = archiveObject(100);
    installBridge({ 'archive.list': () => ({ rows: [archiveObject(0), row], nextPageToken: null }) });
    chooseBucket('permafrost-sandbox');
    showObject(row.name);
    expect(bucketStore.getState().isDetailsOpen).toBe(false);
    await refresh();
    expect(bucketStore.getState().selection.active).toBe(rowId(row));
    expect(bucketStore.getState().isDetailsOpen).toBe(true);
  });

  it('shows the first bucket when the preferred one is not there', async () => {
    installBridge({ 'bucket.list': () => [view], 'archive.list': () => ({ rows: [], nextPageToken: null }) });
    await loadBuckets('no-such-bucket');
    expect(bucketStore.getState().bucket).toBe('permafrost-sandbox');
    expect(bucketStore.getState().rows).toEqual([]);
  });
});

describe('a bucket that was deleted', () => {
  it('is left for another one', async () => {
    let buckets = [view, { ...view, name: 'second' }];
    installBridge({
      'bucket.list': () => buckets,
      'archive.list': ({ bucket }) => {
        if (!buckets.some(({ name }) => name === bucket)) {
          throw new PermafrostError('STORE_NOT_FOUND', `There is no bucket ${bucket}.`);
        }
        return { rows: [], nextPageToken: null };
      },
    });
    await loadBuckets('permafrost-sandbox');
    buckets = buckets.slice(1);
    await refresh();
    expect(bucketStore.getState().bucket).toBe('second');
    expect(bucketStore.getState().error).toBeNull();
  });
});
