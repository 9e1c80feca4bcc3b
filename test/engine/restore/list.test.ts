import { describe, expect, test } from 'vitest';
import type { ObjectRow } from '../../../shared/model/archive';
import { describeObject, withKeys } from '../../../electron/engine/restore/list';
import { listAll } from '../../../electron/engine/restore/list-all';
import type { ObjectStore, StoredObject } from '../../../electron/engine/store/port';
import { HeldObjects } from '../../../electron/engine/restore/held';
import { lossOf, lossOfBucket } from '../../../electron/engine/restore/loss';
import { breadcrumbValues, makeKey, startBucket, storeArchive, storeOther, storeSnapshot } from './support';

/** All that is there, with these keys at hand. */
async function rowsOf(store: ObjectStore, own: readonly string[] = [], prefix = ''): Promise<readonly ObjectRow[]> {
  const rows: ObjectRow[] = [];
  for await (const objects of listAll(store, undefined, prefix)) {
    rows.push(...objects.map((object) => withKeys(describeObject(object), new Set(own))));
  }
  return rows;
}

const NO_VERSIONS = { noncurrent: { objects: 0, bytes: 0 }, held: null };
const NONE_HELD = (): HeldObjects => new HeldObjects(null, Date.now());

describe('the list of a bucket', () => {
  test('says of an archive what its metadata say', async () => {
    const { store } = await startBucket();
    const { recipient } = makeKey();
    const object = await storeArchive(store, { values: breadcrumbValues(250), recipients: [recipient], partition: 2 });

    const rows = await rowsOf(store, [recipient.fingerprint]);

    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      name: 'archive/archivetest/c-test/partition=2/00000000000000000100.permafrost',
      generation: object.generation,
      storedBytes: object.size,
      crc32c: object.crc32c,
      problem: null,
      archive: {
        topic: 'archivetest',
        partition: 2,
        firstOffset: '100',
        nextOffset: '350',
        records: 250,
        gap: null,
        firstTimestamp: '1671494400000',
        lastTimestamp: '1671494400000',
        codec: 'zstd',
        recipients: [recipient.fingerprint],
        opens: true,
      },
    });
  });

  test('says whether a key at hand opens an archive', async () => {
    const { store } = await startBucket();
    const { recipient } = makeKey();
    await storeArchive(store, { recipients: [recipient], partition: 0 });
    await storeArchive(store, { partition: 1 });

    const rows = await rowsOf(store);

    expect(rows.map(({ archive }) => archive?.opens)).toEqual([false, true]);
  });

  test('shows what is no archive, and what should be one and is not', async () => {
    const { store } = await startBucket();
    const hollow = 'other/prefix/orders/c-test/partition=0/00000000000000000000.permafrost';
    await storeOther(store, 'notes.txt', Buffer.from('hello'));
    await storeOther(store, hollow, Buffer.from('hello'));

    const rows = await rowsOf(store);

    expect(rows.map(({ name, archive }) => [name, archive])).toEqual([
      ['notes.txt', null],
      [hollow, null],
    ]);
    expect(rows[0]?.problem).toBeNull();
    expect(rows[1]?.problem).toContain('is not an archive');
  });

  test('shows a snapshot as one, and says which keys open it', async () => {
    const { store } = await startBucket();
    const { recipient } = makeKey();
    const object = await storeSnapshot(store, [recipient]);

    const rows = await rowsOf(store);

    expect(object.name).toBe('archive/@snapshots/cluster/20261123T140506Z.json.age');
    expect(rows).toMatchObject([
      {
        name: object.name,
        archive: null,
        problem: null,
        snapshot: { clusterId: 'cluster', topics: 1, groups: 2, recipients: [recipient.fingerprint], opens: false },
      },
    ]);
    expect((await rowsOf(store, [recipient.fingerprint]))[0]?.snapshot?.opens).toBe(true);
    expect(lossOf([object])).toEqual({ objects: 1, archives: 0, records: 0, storedBytes: object.size });
  });

  test('says of what is a snapshot by its name alone that its metadata are gone; it is no archive', async () => {
    const { store } = await startBucket();
    const object = await storeOther(store, 'archive/@snapshots/cluster/20261123T140506Z.json', Buffer.from('{}'));

    const rows = await rowsOf(store);

    expect(rows).toMatchObject([{ archive: null, snapshot: null }]);
    expect(rows[0]?.problem).toContain('does not have the metadata of a snapshot');
    expect(lossOf([object]).archives).toBe(0);
  });

  test('says why metadata that contradict themselves cannot be read', async () => {
    const { store } = await startBucket();
    await storeArchive(store, { coverage: { nextOffset: 3n } });

    const rows = await rowsOf(store);

    expect(rows[0]?.archive).toBeNull();
    expect(rows[0]?.problem).toContain('before it begins');
  });

  test('keeps to a prefix', async () => {
    const { store } = await startBucket();
    await storeOther(store, 'a/1', Buffer.from('1'));
    await storeOther(store, 'b/2', Buffer.from('2'));

    const rows = await rowsOf(store, [], 'b/');

    expect(rows.map(({ name }) => name)).toEqual(['b/2']);
  });

  test('comes in pages of 1,000, in name order', { timeout: 60_000 }, async () => {
    const { store } = await startBucket();
    const names = Array.from({ length: 1_203 }, (_, index) => `o/${String(index).padStart(5, '0')}`);
    for (let at = 0; at < names.length; at += 100) {
      await Promise.all(names.slice(at, at + 100).map((name) => storeOther(store, name, Buffer.from(name))));
    }

    const pages: (readonly StoredObject[])[] = [];
    for await (const objects of listAll(store)) pages.push(objects);

    expect(pages.map(({ length }) => length)).toEqual([1_000, 203]);
    expect(pages.flat().map(({ name }) => name)).toEqual(names);
    expect(await lossOfBucket(store, NONE_HELD())).toEqual({
      objects: 1_203,
      archives: 0,
      records: 0,
      storedBytes: 1_203 * 7,
      ...NO_VERSIONS,
    });
  });
});

describe('the loss', () => {
  test('of a bucket sums objects, archives, records and bytes', async () => {
    const { store } = await startBucket();
    const objects = [
      await storeArchive(store, { values: breadcrumbValues(10), partition: 0 }),
      await storeArchive(store, { values: breadcrumbValues(20), partition: 1 }),
      await storeArchive(store, { values: breadcrumbValues(40), partition: 2, coverage: { nextOffset: 1n } }),
      await storeOther(store, 'notes.txt', Buffer.from('hello')),
    ];

    const loss = await lossOfBucket(store, NONE_HELD());

    const storedBytes = objects.reduce((sum, { size }) => sum + size, 0);
    expect(loss).toEqual({ objects: 4, archives: 3, records: 30, storedBytes, ...NO_VERSIONS });
    expect({ ...lossOf(objects), ...NO_VERSIONS }).toEqual(loss);
  });

  test('of an empty bucket is nothing', async () => {
    const { store } = await startBucket();

    expect(await lossOfBucket(store, NONE_HELD())).toEqual({
      ...{ objects: 0, archives: 0, records: 0, storedBytes: 0 },
      ...NO_VERSIONS,
    });
  });
});
