import { describe, expect, it } from 'vitest';
import { Catalog } from '../../../../electron/engine/restore/catalog/catalog';
import { isWorthAsking, listAdded, listWhole } from '../../../../electron/engine/restore/catalog/refresh';
import type { ListQuery, ObjectStore } from '../../../../electron/engine/store/port';
import { archiveObject, otherObject } from '../../../rows';
import { overridden, startBucket, storeArchive, storeOther } from '../support';

/** What a store is asked for. */
function watched(store: ObjectStore): { readonly store: ObjectStore; readonly asked: ListQuery[] } {
  const asked: ListQuery[] = [];
  const list: ObjectStore['list'] = (query) => {
    asked.push(query);
    return store.list(query);
  };
  return { store: overridden(store, { list }), asked };
}

const options = { signal: new AbortController().signal, onListed: () => undefined };

async function whole(store: ObjectStore): Promise<Catalog> {
  const catalog = new Catalog();
  await listWhole(store, catalog, { ...options, now: 1 });
  return catalog;
}

const names = ({ folders }: Catalog): readonly string[] => [...folders.values()].flat().map(({ name }) => name);
const added = (store: ObjectStore, known: Catalog, changed: readonly string[] = []): Promise<Catalog> =>
  listAdded(store, known, new Set(changed), options);

const CHAIN = 'archive/archivetest/c-test/partition=0/';

describe('what was added', () => {
  it('is asked for from the last known object of each chain on', async () => {
    const bucket = await startBucket();
    await storeArchive(bucket.store, { firstOffset: 0n });
    await storeArchive(bucket.store, { firstOffset: 100n });
    await storeOther(bucket.store, 'readme.txt', Buffer.from('1'));
    const known = await whole(bucket.store);
    await storeArchive(bucket.store, { firstOffset: 200n });
    await storeArchive(bucket.store, { firstOffset: 0n, partition: 1 });
    await storeOther(bucket.store, 'another.txt', Buffer.from('1'));

    const { store, asked } = watched(bucket.store);
    const now = await added(store, known);

    expect(names(now).toSorted()).toEqual(names(await whole(bucket.store)).toSorted());
    const ofChain = asked.filter(({ prefix }) => prefix === CHAIN);
    expect(ofChain.map(({ startOffset }) => startOffset)).toEqual([`${CHAIN}00000000000000000100.permafrost`]);
    expect(names(known)).toHaveLength(3);
  });

  it('is all that was there when nothing was', async () => {
    const { store } = await startBucket();
    await storeArchive(store);
    const known = await whole(store);
    expect(new Catalog().replaceBy(known)).toBe(true);
    const again = await added(store, known);
    expect(known.replaceBy(again)).toBe(false);
  });

  it('begins anew where the end of what is known is gone, and leaves chains that are gone', async () => {
    const { store } = await startBucket();
    const first = await storeArchive(store, { firstOffset: 0n });
    const last = await storeArchive(store, { firstOffset: 100n });
    const gone = await storeArchive(store, { firstOffset: 0n, partition: 1 });
    const known = await whole(store);
    await store.remove(last.name);
    await store.remove(gone.name);

    expect(names(await added(store, known))).toEqual([first.name]);
  });

  it('does not tell what was deleted within a chain, but where it is said to have changed', async () => {
    const { store } = await startBucket();
    const first = await storeArchive(store, { firstOffset: 0n });
    const last = await storeArchive(store, { firstOffset: 100n });
    const known = await whole(store);
    await store.remove(first.name);

    expect(names(await added(store, known))).toEqual([first.name, last.name]);
    expect(names(await added(store, known, [CHAIN]))).toEqual([last.name]);
  });

  it('fails as a whole', async () => {
    const { store, server } = await startBucket();
    await storeArchive(store);
    const known = await whole(store);
    await server.close();
    await expect(added(store, known)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(names(known)).toHaveLength(1);
  });
});

describe('asking folder by folder', () => {
  const catalogOf = (archives: number, folders: number): Catalog => {
    const catalog = new Catalog();
    for (let at = 0; at < archives; at += 1) {
      catalog.add([archiveObject(Math.floor(at / folders) * 100, { partition: at % folders })]);
    }
    return catalog;
  };

  it('is worth it where it takes fewer requests than listing all', () => {
    expect(isWorthAsking(new Catalog())).toBe(false);
    expect(isWorthAsking(catalogOf(2_000, 3))).toBe(false);
    expect(isWorthAsking(catalogOf(20_000, 3))).toBe(true);
    expect(isWorthAsking(catalogOf(20_000, 100))).toBe(false);
  });

  it('is not where objects lie scattered', () => {
    const scattered = new Catalog();
    for (let at = 0; at < 5_000; at += 1) scattered.add([otherObject(`logs/${at}/one.txt`)]);
    expect(isWorthAsking(scattered)).toBe(false);
  });
});
