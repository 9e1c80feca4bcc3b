import { beforeEach, describe, expect, it } from 'vitest';
import { PermafrostError, toPlainError } from '../../../shared/errors';
import type { ObjectRow } from '../../../shared/model/archive';
import { NO_FILTER } from '../../../shared/model/catalog';
import {
  activate,
  ask,
  bucketStore,
  catalogMoved,
  chooseBucket,
  extendTo,
  isTicked,
  loadBuckets,
  look,
  rowAt,
  rowStepped,
  showObject,
  showRows,
  tick,
} from '../../../renderer/stores/bucket';
import { listOf } from '../catalog-answers';
import { archiveObject, installBridge } from '../support';

const BUCKET = 'permafrost-sandbox';
const view = { name: BUCKET, location: 'EU', storageClass: 'NEARLINE', createdAt: 0 };

beforeEach(() => {
  chooseBucket(null);
  bucketStore.setState({ buckets: null });
});

const shown = (): readonly ObjectRow[] => {
  const state = bucketStore.getState();
  return Array.from({ length: state.view?.shown ?? 0 }, (_, index) => rowAt(state, index)?.row).filter(
    (row) => row !== undefined,
  );
};
const offsets = (): readonly (string | undefined)[] => shown().map(({ archive }) => archive?.firstOffset);

describe('looking at a bucket', () => {
  it('asks for the view and for the rows in sight alone', async () => {
    const list = listOf(Array.from({ length: 5_000 }, (_, index) => archiveObject(index * 100)));
    const bridge = installBridge({ 'bucket.list': () => [view], ...list.answers });
    await loadBuckets(BUCKET);
    expect(bucketStore.getState().view?.shown).toBe(5_000);
    expect(shown().length).toBeLessThan(1_000);
    expect(rowAt(bucketStore.getState(), 4_990)).toBeNull();

    showRows(4_980, 5_000);
    await look();

    expect(rowAt(bucketStore.getState(), 4_990)?.row.archive?.firstOffset).toBe('499000');
    expect(rowAt(bucketStore.getState(), 10)).toBeNull();
    expect(bridge.asked.filter(({ name }) => name === 'catalog.refresh')).toEqual([]);
    showRows(0, 100);
  });

  it('follows what the thread says has moved', async () => {
    const list = listOf([archiveObject(0)]);
    installBridge({ 'bucket.list': () => [view], ...list.answers });
    await loadBuckets(BUCKET);
    list.rows = [archiveObject(0), archiveObject(100)];
    catalogMoved('another');
    catalogMoved(BUCKET);
    await look();
    expect(offsets()).toEqual(['0', '100']);
  });

  it('asks for what was added when it is visited again', async () => {
    const list = listOf([archiveObject(0)]);
    const bridge = installBridge({ 'bucket.list': () => [view], ...list.answers });
    await loadBuckets(BUCKET);
    await loadBuckets(BUCKET);
    expect(bridge.asked.filter(({ name }) => name === 'catalog.refresh')).toEqual([
      { name: 'catalog.refresh', params: { bucket: BUCKET, kind: 'added' } },
    ]);
  });

  it('says why the list is old, and keeps the rows that are there', async () => {
    const list = listOf([archiveObject(0)]);
    installBridge({ 'bucket.list': () => [view], ...list.answers });
    await loadBuckets(BUCKET);
    list.error = toPlainError(new PermafrostError('STORE_UNAVAILABLE', 'The bucket does not answer.'));
    await look();
    expect(bucketStore.getState().error?.code).toBe('STORE_UNAVAILABLE');
    expect(offsets()).toEqual(['0']);
  });

  it('drops the answer of a bucket that was left meanwhile', async () => {
    let answer = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (answer = resolve));
    const [slow, fast] = [listOf([archiveObject(0)]), listOf([archiveObject(500)])];
    installBridge({
      'catalog.look': async (params) => {
        if (params.bucket === 'fast') return fast.answers['catalog.look']!(params);
        await waiting;
        return slow.answers['catalog.look']!(params);
      },
      'catalog.rows': (params) => (params.bucket === 'slow' ? slow : fast).answers['catalog.rows']!(params),
    });
    chooseBucket('slow');
    const left = look();
    chooseBucket('fast');
    void look();
    answer();
    await left;
    expect(offsets()).toEqual(['500']);
  });

  it('shows the first bucket when the preferred one is not there', async () => {
    installBridge({ 'bucket.list': () => [view], ...listOf([]).answers });
    await loadBuckets('no-such-bucket');
    expect(bucketStore.getState().bucket).toBe(BUCKET);
    expect(bucketStore.getState().view?.shown).toBe(0);
  });

  it('leaves a bucket that was deleted for another one', async () => {
    const list = listOf([]);
    let buckets = [view, { ...view, name: 'second' }];
    installBridge({ 'bucket.list': () => buckets, ...list.answers });
    await loadBuckets(BUCKET);
    buckets = buckets.slice(1);
    list.error = toPlainError(new PermafrostError('STORE_NOT_FOUND', 'There is no such bucket.'));
    const left = look();
    list.error = null;
    await left;
    expect(bucketStore.getState().bucket).toBe('second');
  });
});

describe('the active row', () => {
  it('steps within the rows, also to those that are far away', async () => {
    const list = listOf(Array.from({ length: 2_000 }, (_, index) => archiveObject(index * 100)));
    installBridge({ 'bucket.list': () => [view], ...list.answers });
    await loadBuckets(BUCKET);
    const stepTo = async (by: number): Promise<string | undefined> => {
      const reached = await rowStepped(by);
      if (reached !== null) activate(reached.row, reached.index ?? -1);
      return reached?.row.archive?.firstOffset;
    };
    expect(await stepTo(1)).toBe('0');
    expect(await stepTo(1)).toBe('100');
    expect(await stepTo(Infinity)).toBe('199900');
    expect(await stepTo(-12)).toBe('198700');
    expect(await stepTo(-Infinity)).toBe('0');
  });

  it('moves with the rows, and is dropped when it is gone', async () => {
    const list = listOf([archiveObject(100), archiveObject(200)]);
    installBridge({ 'bucket.list': () => [view], ...list.answers });
    await loadBuckets(BUCKET);
    activate(list.rows[1]!, 1);
    bucketStore.setState({ isDetailsOpen: true });
    list.rows = [archiveObject(0), ...list.rows];
    await look();
    expect(bucketStore.getState().active?.index).toBe(2);
    ask({ filter: { text: '150' } });
    await look();
    expect(bucketStore.getState()).toMatchObject({ active: { index: null }, isDetailsOpen: true });
    list.rows = list.rows.slice(0, 2);
    ask({ filter: NO_FILTER });
    await look();
    expect(bucketStore.getState()).toMatchObject({ active: null, isDetailsOpen: false });
  });

  it('is one that was asked for, also before it is listed', async () => {
    const row = archiveObject(100);
    const list = listOf([archiveObject(0)]);
    installBridge({ 'bucket.list': () => [view], ...list.answers });
    await loadBuckets(BUCKET);
    ask({ filter: { text: 'hides everything' } });
    showObject(row.name);
    await look();
    expect(bucketStore.getState()).toMatchObject({ isDetailsOpen: false, wanted: row.name });
    list.rows = [archiveObject(0), row];
    await look();
    expect(bucketStore.getState()).toMatchObject({ active: { index: 1, row }, isDetailsOpen: true, wanted: null });
  });
});

describe('ticking', () => {
  it('shows at once, before the thread has answered', async () => {
    const list = listOf([0, 100, 200].map((offset) => archiveObject(offset)));
    installBridge({ 'bucket.list': () => [view], ...list.answers });
    await loadBuckets(BUCKET);
    const ticked = (): readonly boolean[] =>
      [0, 1, 2].map((index) => isTicked(bucketStore.getState(), rowAt(bucketStore.getState(), index)!));
    tick({ kind: 'toggle', object: list.rows[1]! });
    expect(ticked()).toEqual([false, true, false]);
    await look();
    expect(ticked()).toEqual([false, true, false]);
    activate(list.rows[0]!, 0);
    extendTo(list.rows[1]!, 1);
    await look();
    expect(ticked()).toEqual([true, true, false]);
    expect(bucketStore.getState()).toMatchObject({ view: { ticked: { objects: 2 } }, active: { index: 1 } });
  });
});
