import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BucketBrowser } from '../../../../electron/engine/restore/catalog/bucket-browser';
import { connectCloudStorage } from '../../../../electron/engine/store/cloud-storage';
import type { ObjectStore } from '../../../../electron/engine/store/port';
import { NO_FILTER, WHOLE_BUCKET, type CatalogView } from '../../../../shared/model/catalog';
import { BUCKET, makeFolder, makeKey, startBucket, storeArchive, storeOther } from '../support';

async function browse(
  store: ObjectStore,
  options: { readonly file?: string; readonly own?: readonly string[]; readonly clock?: () => number } = {},
): Promise<BucketBrowser> {
  const browser = new BucketBrowser({
    store,
    bucket: BUCKET,
    file: options.file ?? null,
    ownFingerprints: new Set(options.own),
    onChange: () => undefined,
    onProblem: (error) => expect.unreachable(error.message),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  onTestFinished(() => browser.close());
  await browser.open();
  return browser;
}

const look = (browser: BucketBrowser): CatalogView => browser.look(WHOLE_BUCKET, null);
const names = (browser: BucketBrowser): readonly string[] => browser.rows(0, 1_000).rows.map(({ row }) => row.name);

async function threeArchives() {
  const { store, server } = await startBucket();
  const archives = [
    await storeArchive(store, { firstOffset: 0n }),
    await storeArchive(store, { firstOffset: 100n }),
    await storeArchive(store, { firstOffset: 200n }),
  ] as const;
  return { store, server, archives };
}

describe('a visit of a bucket', () => {
  it('shows what it holds', async () => {
    const { store, archives } = await threeArchives();
    await storeOther(store, 'readme.txt', Buffer.from('1'));
    const browser = await browse(store, { clock: () => 5_000 });

    expect(look(browser)).toMatchObject({
      ...{ shown: 4, others: 1, snapshots: 0, isWhole: true, listed: null, listedAt: 5_000, error: null },
      totals: { objects: 4, archives: 3 },
      topics: [{ topic: 'archivetest', archives: 3 }],
    });
    expect(names(browser)).toEqual([...archives.map(({ name }) => name), 'readme.txt']);
    expect(browser.rows(1, 1).rows.map(({ row }) => row.name)).toEqual([archives[1].name]);
  });

  it('gives all rows for counting only when all of the bucket was listed', async () => {
    const { store, server } = await threeArchives();
    const stop = server.intercept(() => ({ kind: 'answer', status: 404 }));
    const browser = await browse(store);
    expect(browser.wholeRows()).toBeNull();

    stop();
    await browser.refresh('all');

    expect(browser.wholeRows()).toHaveLength(3);
  });

  it('is quick the second time: what is kept shows before the bucket answers', async () => {
    const { store, server, archives } = await threeArchives();
    const file = path.join(await makeFolder(), 'deep', 'catalog.jsonl.gz');
    await browse(store, { file, clock: () => 5_000 });
    await server.close();

    const browser = await browse(store, { file, clock: () => 6_000 });

    expect(names(browser)).toEqual(archives.map(({ name }) => name));
    expect(look(browser)).toMatchObject({ listedAt: 5_000, isWhole: true, error: { code: 'STORE_UNAVAILABLE' } });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 40)],
    ['changed', (bytes: Buffer) => bytes.map((byte, at) => (at === 60 ? byte ^ 1 : byte))],
    ['something else', () => Buffer.from('{}')],
  ])('lists anew where what was kept is %s', async (_what, damage) => {
    const { store, archives } = await threeArchives();
    const file = path.join(await makeFolder(), 'catalog.jsonl.gz');
    await browse(store, { file });
    await writeFile(file, damage(await readFile(file)));

    const browser = await browse(store, { file });

    expect(names(browser)).toEqual(archives.map(({ name }) => name));
    expect(look(browser)).toMatchObject({ isWhole: true, error: null });
  });

  it('does not take the catalog of another bucket', async () => {
    const { store, server } = await threeArchives();
    const file = path.join(await makeFolder(), 'catalog.jsonl.gz');
    await browse(store, { file });
    const { admin, bucket } = connectCloudStorage({ endpoint: server.endpoint, projectId: 'test' });
    await admin.createBucket({ name: 'another-bucket', location: 'US', storageClass: 'STANDARD' });
    const browser = new BucketBrowser({
      ...{ store: bucket('another-bucket'), bucket: 'another-bucket', file, ownFingerprints: new Set() },
      ...{ onChange: () => undefined, onProblem: () => undefined },
    });
    await browser.open();
    expect(look(browser)).toMatchObject({ shown: 0, isWhole: true });
  });

  it('says that the bucket is gone, and forgets what it held', async () => {
    const { store, server, archives } = await threeArchives();
    const file = path.join(await makeFolder(), 'catalog.jsonl.gz');
    const browser = await browse(store, { file });
    for (const { name } of archives) await store.remove(name);
    await connectCloudStorage({ endpoint: server.endpoint, projectId: 'test' }).admin.deleteBucket(BUCKET);

    await browser.refresh('all');

    expect(look(browser)).toMatchObject({ shown: 0, error: { code: 'STORE_NOT_FOUND' } });
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('keeps what is there when a refresh fails, and says why', async () => {
    const { store, server } = await threeArchives();
    const browser = await browse(store);
    await server.close();
    await browser.refresh('added');
    expect(look(browser)).toMatchObject({ shown: 3, listed: null, error: { code: 'STORE_UNAVAILABLE' } });
  });

  it('tells which archives the keys at hand open, also when they change', async () => {
    const { store } = await startBucket();
    const { recipient } = makeKey();
    await storeArchive(store, { recipients: [recipient] });
    const browser = await browse(store);
    look(browser);
    expect(browser.rows(0, 1).rows[0]?.row.archive?.opens).toBe(false);
    const before = look(browser).version;
    browser.setKeys(new Set([recipient.fingerprint]));
    expect(look(browser).version).toBeGreaterThan(before);
    expect(browser.rows(0, 1).rows[0]?.row.archive?.opens).toBe(true);
  });
});

describe('what is ticked', () => {
  it('is a range of what is shown, both ways, one more or one less, all or none', async () => {
    const { store, archives } = await threeArchives();
    const browser = await browse(store);
    const [first, second, third] = archives;
    const ticked = (): readonly boolean[] => browser.rows(0, 3).rows.map(({ isTicked }) => isTicked);
    look(browser);

    browser.tick({ kind: 'range', from: second, to: first });
    expect(ticked()).toEqual([true, true, false]);
    browser.tick({ kind: 'toggle', object: first });
    expect(ticked()).toEqual([false, true, false]);
    browser.tick({ kind: 'range', from: null, to: third });
    expect(ticked()).toEqual([false, true, true]);
    expect(look(browser).ticked).toMatchObject({ objects: 2, archives: 2, opens: 2 });
    browser.tick({ kind: 'none' });
    browser.look({ ...WHOLE_BUCKET, filter: { ...NO_FILTER, text: '150' } }, null);
    browser.tick({ kind: 'all' });
    expect(look(browser).ticked.objects).toBe(1);
  });

  it('is dropped when it is gone, and kept else', async () => {
    const { store, archives } = await threeArchives();
    const browser = await browse(store);
    look(browser);
    browser.tick({ kind: 'all' });
    await store.remove(archives[0].name);
    await browser.refresh('all');
    expect(look(browser).ticked.objects).toBe(2);
    expect(browser.choose({ kind: 'ticked' }, false).objects.map(({ name }) => name)).toEqual([
      archives[1].name,
      archives[2].name,
    ]);
  });
});

describe('what a job is about', () => {
  it('is all at a place, whatever a filter hides; or what of it opens', async () => {
    const { store } = await startBucket();
    const { recipient } = makeKey();
    await storeArchive(store, { firstOffset: 0n, recipients: [recipient] });
    await storeArchive(store, { firstOffset: 100n });
    await storeArchive(store, { partition: 1 });
    const browser = await browse(store);
    browser.look({ ...WHOLE_BUCKET, filter: { ...NO_FILTER, text: 'nothing is called so' } }, null);

    const place = { kind: 'place', place: { kind: 'partition', topic: 'archivetest', partition: 0 } } as const;
    expect(browser.choose(place, false)).toMatchObject({ totals: { objects: 2, opens: 1 } });
    expect(browser.choose(place, true).objects).toHaveLength(1);
  });

  it('is refused when an object is gone or was replaced', async () => {
    const { store, archives } = await threeArchives();
    const browser = await browse(store);
    const { name, generation } = archives[0];
    expect(browser.choose({ kind: 'objects', objects: [{ name, generation }] }, false).objects).toHaveLength(1);
    expect(() => browser.choose({ kind: 'objects', objects: [{ name, generation: '1' }] }, false)).toThrow(
      /no longer in permafrost-test/,
    );
  });

  it('finds the active row, and tells when it is hidden', async () => {
    const { store, archives } = await threeArchives();
    const browser = await browse(store);
    const { name, generation } = archives[1];
    expect(browser.look(WHOLE_BUCKET, { name, generation }).active).toMatchObject({ index: 1, row: { name } });
    const hiding = { ...WHOLE_BUCKET, filter: { ...NO_FILTER, text: '250' } };
    expect(browser.look(hiding, { name, generation }).active).toMatchObject({ index: null, row: { name } });
    expect(browser.look(WHOLE_BUCKET, { name, generation: '1' }).active).toBeNull();
    expect(browser.find(name)?.generation).toBe(generation);
    expect(browser.find('archive/no-such')).toBeNull();
  });
});
