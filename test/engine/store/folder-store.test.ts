import { chmod, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFolderStore, type FolderStoreParts } from '../../../electron/engine/store/folder-store';
import type { ListPage, ObjectStore } from '../../../electron/engine/store/port';
import { crcOf, storeContract } from './store-contract';

const ARCHIVE = 'frost/bus/c-1/partition=0/00000000000000000042.permafrost';
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-folder-'));
  store = await openFolderStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

storeContract('a local folder', async () => {
  const home = await mkdtemp(path.join(folder, 'home-'));
  const gone = await mkdtemp(path.join(folder, 'gone-'));
  const missing = await openFolderStore(gone);
  await rm(gone, { recursive: true });
  return { store: await openFolderStore(home), missing, close: () => rm(home, { recursive: true }) };
});

function put(name: string, text: string, into: ObjectStore = store) {
  const body = Buffer.from(text);
  return into.create(name, [body], { metadata: { text }, crc32c: crcOf(body) });
}

async function textOf(name: string, from: ObjectStore = store): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of from.stream(name)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** All files below the folder, as relative paths. */
async function filesOf(below = folder): Promise<string[]> {
  const entries = await readdir(below, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(below, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** A writer that is killed right before or right behind its commit: nothing it would do later is done. */
async function killedWriter(at: 'before the link' | 'behind the link', name: string, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop: FolderStoreParts['link'] = async (existing, created) => {
      if (at === 'behind the link') await link(existing, created);
      resolve();
      await new Promise<never>(() => undefined);
    };
    openFolderStore(folder, { link: stop })
      .then((killed) => put(name, text, killed))
      .then(() => reject(new Error('the writer was not stopped')), reject);
  });
}

function failingLink(code: string): FolderStoreParts {
  return { link: () => Promise.reject(Object.assign(new Error(code), { code })) };
}

test('an archive lies in the folder as it is called, with its sidecar beside it', async () => {
  const created = await put(ARCHIVE, 'ice');

  expect(await filesOf()).toEqual([ARCHIVE, `${ARCHIVE}.json`]);
  expect(await readFile(path.join(folder, ARCHIVE), 'utf8')).toBe('ice');
  expect(JSON.parse(await readFile(path.join(folder, `${ARCHIVE}.json`), 'utf8'))).toMatchObject({
    name: ARCHIVE,
    metadata: { text: 'ice' },
  });
  expect(created).toMatchObject({ storageClass: 'STANDARD', md5: null });
  expect(store.location).toBe(`file://${folder}`);
});

/** Each of them near another one that a file system, or a careless encoding, would take for the same. */
const NEIGHBOURS = [
  ...['a', 'A', 'a/b', 'a/B', 'a/', '/a', 'a//b', '/', '//', 'a-b', 'a%object', '%empty/b', '%61', '%'],
  ...['x.permafrost', 'X.permafrost', 'x.permafrost/b', 'x.permafrost.json', 'x.permafrost.json/b', 'x.json/b'],
  ...['.', '..', '../..', '../b', '.partial/b', '.partial', 'a.', 'a. ', 'a./b', 'a .', '...'],
  ...[
    'con',
    'CON',
    'nul.permafrost',
    'com1/b',
    'lpt9.x.permafrost',
    'console',
    'progra~1',
    'c:\\b',
    'a:stream',
    'a\\b',
  ],
  ...['é', 'e\u0301', 'ß', 'ss', '\uffee', '😀', 'ı', 'i', 'a\0b', 'a\nb'],
  ...[228, 229, 230, 231, 232, 460, 461, 1_024].map((length) => 'x'.repeat(length)),
  ...['/', '/b', '-', 'y', '.permafrost', '.', '/..', 'E'].map((end) => 'x'.repeat(230) + end),
  ...['E'.repeat(76), 'E'.repeat(77), '😀'.repeat(100), `${'x'.repeat(229)}.permafrost`, 'a/'.repeat(500)],
];

test('names that a file system confuses stay apart, inside, and in order', async () => {
  await Promise.all(NEIGHBOURS.map((name) => put(name, name)));

  const files = await filesOf();
  expect(new Set(files.map((file) => file.normalize('NFD').toLowerCase())).size).toBe(2 * NEIGHBOURS.length);
  for (const part of new Set(files.flatMap((file) => file.split(path.sep)))) {
    expect(part).toMatch(/^(?!(?:con|nul|com1|lpt9)(?:\.|$))[a-z0-9%_=+@,-](?:[a-z0-9%_=+@,.-]*[a-z0-9%_=+@,-])?$/);
    expect(part.length).toBeLessThanOrEqual(255);
  }
  const sorted = [...NEIGHBOURS].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  for (const pageSize of [1_000, 1, 7]) expect(await namesInPages({ pageSize })).toEqual(sorted);
  for (const name of NEIGHBOURS) expect(await textOf(name)).toBe(name);
  for (const prefix of ['a', 'a/', 'x', 'x'.repeat(230), '.', '😀😀', 'E']) {
    expect(await namesInPages({ prefix, pageSize: 3 })).toEqual(sorted.filter((name) => name.startsWith(prefix)));
  }
});

async function namesInPages(query: Parameters<ObjectStore['list']>[0]): Promise<string[]> {
  const names: string[] = [];
  let page: ListPage | undefined;
  do {
    const pageToken: string | null | undefined = page?.nextPageToken;
    page = await store.list(pageToken == null ? query : { ...query, pageToken });
    names.push(...page.objects.map((object) => object.name), ...page.prefixes);
  } while (page.nextPageToken !== null);
  return names;
}

test.each(['', 'x'.repeat(1_025), 'half a pair: \ud83d'])('"%s" is no name', async (name) => {
  await expect(put(name, 'ice')).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  await expect(store.head(name)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  expect(await filesOf()).toEqual([]);
});

test('of many writers that share nothing but the folder one wins, and its body stands', async () => {
  const writers = await Promise.all(Array.from({ length: 8 }, () => openFolderStore(folder)));

  const outcomes = await Promise.allSettled(writers.map((writer, index) => put(ARCHIVE, `writer ${index}`, writer)));

  const [won, ...others] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(others).toEqual([]);
  expect(reasons).toEqual(
    Array.from({ length: 7 }, (): unknown => expect.objectContaining({ code: 'STORE_CONFLICT' })),
  );
  expect(await store.head(ARCHIVE)).toEqual(won);
  expect(await textOf(ARCHIVE)).toBe(won?.metadata['text']);
  expect(await filesOf()).toEqual([ARCHIVE, `${ARCHIVE}.json`]);
});

test('writers, removers and readers of one name never mix two objects up', async () => {
  const stores = await Promise.all(Array.from({ length: 8 }, () => openFolderStore(folder)));
  const [first = store, second = store, remover = store, ...readers] = stores;
  const mixedUp: unknown[] = [];
  let isOver = false;
  // of one length, so that only the bytes tell them apart
  const textOfRound = (round: number): string => String(1_000_000 + round);
  const rounds = async (work: (round: number) => Promise<unknown>, start: number): Promise<void> => {
    for (let round = start; round < start + 80; round += 1) await Promise.allSettled([work(round)]);
  };
  const reading = async (reader: ObjectStore): Promise<void> => {
    while (!isOver) {
      const [head] = await Promise.allSettled([reader.head('hot')]);
      const generation = head.status === 'fulfilled' ? head.value?.generation : undefined;
      if (head.status !== 'fulfilled' || generation === undefined) continue;
      const [read] = await Promise.allSettled([reader.read('hot', { start: 0, end: 7, generation })]);
      if (read.status !== 'fulfilled') continue;
      if (read.value.toString() !== head.value?.metadata['text']) mixedUp.push(head.value);
    }
  };

  const reads = readers.map(reading);
  await Promise.all([
    rounds((round) => put('hot', textOfRound(round), first), 0),
    rounds((round) => put('hot', textOfRound(round), second), 1_000),
    rounds(() => remover.remove('hot'), 0),
    rounds(() => store.remove('hot'), 0),
  ]);
  isOver = true;
  await Promise.all(reads);

  expect(mixedUp).toEqual([]);
  await Promise.allSettled([store.remove('hot')]);
  await put('hot', '1000042');
  expect(await textOf('hot')).toBe('1000042');
});

test('of a writer killed before its commit nothing is seen, and the name is free', async () => {
  await killedWriter('before the link', ARCHIVE, 'lost');

  expect(await store.head(ARCHIVE)).toBeNull();
  expect((await store.list({})).objects).toEqual([]);
  await put(ARCHIVE, 'ice');
  expect(await textOf(ARCHIVE)).toBe('ice');
});

test('what a writer killed behind its commit wrote is whole, and whoever finds it finishes it', async () => {
  await killedWriter('behind the link', ARCHIVE, 'ice');
  expect(await filesOf()).not.toContain(ARCHIVE);

  const { objects } = await store.list({});
  expect(await textOf(ARCHIVE)).toBe('ice');

  expect(await filesOf()).toContain(ARCHIVE);
  expect(await store.head(ARCHIVE)).toEqual(objects[0]);
  await expect(put(ARCHIVE, 'other')).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
});

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'where nothing may be written, an object that was not finished is read where it is',
  async () => {
    await put(ARCHIVE, 'old');
    await rm(path.join(folder, `${ARCHIVE}.json`));
    await killedWriter('behind the link', ARCHIVE, 'new');
    const partial = path.join(folder, '.partial');
    await chmod(partial, 0o555);

    expect(await store.head(ARCHIVE)).toMatchObject({ size: 3 });
    expect(await textOf(ARCHIVE)).toBe('new');
    await expect(put('other', 'ice')).rejects.toMatchObject({ code: 'STORE_DENIED' });
    await expect(store.remove(ARCHIVE)).rejects.toMatchObject({ code: 'STORE_DENIED' });

    await chmod(partial, 0o755);
  },
);

test('an object that was not finished is removed as a whole', async () => {
  await killedWriter('behind the link', 'a', 'ice');

  await store.remove('a');

  expect(await store.head('a')).toBeNull();
  expect((await filesOf()).filter((file) => !file.startsWith('.partial'))).toEqual([]);
});

test('a body left by a removal that was killed is never taken for a new object', async () => {
  await put(ARCHIVE, 'old');
  await rm(path.join(folder, `${ARCHIVE}.json`));
  expect(await store.head(ARCHIVE)).toBeNull();

  await killedWriter('behind the link', ARCHIVE, 'new');

  expect(await textOf(ARCHIVE)).toBe('new');
});

test.each([
  ['is gone', (body: string) => rm(body)],
  ['is shorter', (body: string) => writeFile(body, 'i')],
])('an object whose body %s is refused, and can be deleted', async (_, damage) => {
  await put(ARCHIVE, 'ice');
  await damage(path.join(folder, ARCHIVE));

  await expect(store.head(ARCHIVE)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  await expect(store.read(ARCHIVE, { start: 0, end: 1 })).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  await store.remove(ARCHIVE);
  expect(await filesOf()).toEqual([]);
});

test.each(['{', '{}', '{"name":"b"}', 'moved'])('a sidecar that says %j is named and refused', async (content) => {
  const sidecar = path.join(folder, `${ARCHIVE}.json`);
  await put(ARCHIVE, 'ice');
  if (content === 'moved') {
    await put(`${ARCHIVE}.permafrost`, 'water');
    await rename(path.join(folder, `${ARCHIVE}.permafrost.json`), sidecar);
  } else {
    await writeFile(sidecar, content);
  }

  const refused = { code: 'STORE_REFUSED', message: expect.stringContaining(sidecar) as unknown };
  await expect(store.head(ARCHIVE)).rejects.toMatchObject(refused);
  await expect(store.list({})).rejects.toMatchObject(refused);
  await expect(put(ARCHIVE, 'other')).rejects.toMatchObject({ code: 'STORE_REFUSED' });
});

test.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR'])(
  'a file system without hard links (%s) is refused, and nothing stays',
  async (code) => {
    const writer = await openFolderStore(folder, failingLink(code));

    const refused = { code: 'STORE_REFUSED', message: expect.stringContaining('no hard links') as unknown };
    await expect(put(ARCHIVE, 'ice', writer)).rejects.toMatchObject(refused);
    expect(await filesOf()).toEqual([]);
  },
);

test.each([
  ['ENOSPC', 'STORE_REFUSED', 'Make room'],
  ['EDQUOT', 'STORE_REFUSED', 'Make room'],
  ['EACCES', 'STORE_DENIED', 'right'],
  ['EROFS', 'STORE_DENIED', 'read-only'],
  ['EXDEV', 'STORE_REFUSED', 'another disk'],
  ['EIO', 'STORE_UNAVAILABLE', 'again'],
])('%s while writing is %s, says what to do and leaves nothing', async (errno, code, advice) => {
  const writer = await openFolderStore(folder, failingLink(errno));

  const failed = { code, message: expect.stringContaining(advice) as unknown };
  await expect(put(ARCHIVE, 'ice', writer)).rejects.toMatchObject(failed);
  expect(await filesOf()).toEqual([]);
});

test('a commit whose reply was lost is a commit', async () => {
  const forgetful = await openFolderStore(folder, {
    link: async (existing, created) => {
      await link(existing, created);
      throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
    },
  });

  const created = await put(ARCHIVE, 'ice', forgetful);

  expect(await store.head(ARCHIVE)).toEqual(created);
  expect(await textOf(ARCHIVE)).toBe('ice');
});

test('an abort while the body is written leaves nothing', async () => {
  const abort = new AbortController();
  const pieces = Array.from({ length: 50 }, () => Buffer.alloc(100_000, 7));
  const body = Object.assign([...pieces], {
    *[Symbol.iterator]() {
      for (const [index, piece] of pieces.entries()) {
        if (index === 25) abort.abort();
        yield piece;
      }
    },
  });

  const upload = store.create('a', body, { metadata: {}, crc32c: crcOf(Buffer.concat(pieces)), signal: abort.signal });

  await expect(upload).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await filesOf()).toEqual([]);
});

test('reading stops at an abort', async () => {
  const abort = new AbortController();
  const body = Buffer.alloc(1_000_000);
  await store.create('a', [body], { metadata: {}, crc32c: crcOf(body) });

  const read = async () => {
    for await (const piece of store.stream('a', { signal: abort.signal })) if (piece.length > 0) abort.abort();
  };

  await expect(read()).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(store.list({ signal: abort.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('a range past the end is refused', async () => {
  await put('a', 'ice');

  await expect(store.read('a', { start: 1, end: 4 })).rejects.toMatchObject({ code: 'STORE_REFUSED' });
});

test('5,000 objects are listed in pages, each once and in order', async () => {
  const names = Array.from({ length: 5_000 }, (_, index) => `t/${index % 7}/${String(index).padStart(8, '0')}`);
  for (let partition = 0; partition < 7; partition += 1)
    await mkdir(path.join(folder, 't', String(partition)), { recursive: true });
  const kept = { generation: '1', size: 0, crc32c: 'AAAAAA==', contentType: 'text/plain', storageClass: 'STANDARD' };
  for (const name of names) {
    const sidecar = { ...kept, name, createdAt: 1, metadata: {}, temporary: '0.body' };
    await writeFile(path.join(folder, `${name}%object.json`), JSON.stringify(sidecar));
  }
  const sorted = [...names].sort();

  const first = await store.list({});

  expect(first.objects).toHaveLength(1_000);
  expect(await namesInPages({})).toEqual(sorted);
  expect(await namesInPages({ pageSize: 333, prefix: 't/3/', startOffset: 't/3/00002500' })).toEqual(
    sorted.filter((name) => name.startsWith('t/3/') && name >= 't/3/00002500'),
  );
  expect(await namesInPages({ delimiter: '/', prefix: 't/', pageSize: 2 })).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((partition) => `t/${partition}/`),
  );
});

test("files that are not the store's are left out of lists", async () => {
  await put(ARCHIVE, 'ice');
  const strangers = [
    'README.json',
    'Notes.permafrost.json',
    'orphan.permafrost',
    '.hidden.permafrost.json',
    '%zz%object.json',
  ];
  for (const stranger of strangers) await writeFile(path.join(folder, stranger), 'not ours');
  await mkdir(path.join(folder, 'UPPER', 'below'), { recursive: true });

  expect(await namesInPages({})).toEqual([ARCHIVE]);
});

test('a folder that is gone is said so, and not made anew', async () => {
  await rm(folder, { recursive: true });

  const gone = { code: 'STORE_NOT_FOUND' };
  await expect(store.list({})).rejects.toMatchObject(gone);
  await expect(put(ARCHIVE, 'ice')).rejects.toMatchObject(gone);
  await expect(openFolderStore(folder)).rejects.toMatchObject(gone);
  await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a file is no folder to archive into', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, '');

  await expect(openFolderStore(file)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  expect(await filesOf()).toEqual(['file']);
});

test('what killed processes left long ago is cleared, and nothing that counts is lost', async () => {
  const partial = path.join(folder, '.partial');
  await killedWriter('before the link', 'lost', 'lost');
  await killedWriter('behind the link', 'kept', 'kept');
  await writeFile(path.join(partial, '0.body'), 'half a body');
  await put('removed', 'removed');
  await rename(path.join(folder, 'removed%object.json'), path.join(partial, '1.removed.json'));
  for (const entry of await readdir(partial)) await utimes(path.join(partial, entry), LONG_AGO, LONG_AGO);
  await writeFile(path.join(partial, '2.body'), 'at work');

  await put('new', 'new', await openFolderStore(folder));

  const files = ['kept%object', 'kept%object.json', 'new%object', 'new%object.json'];
  expect(await filesOf()).toEqual([path.join('.partial', '2.body'), ...files]);
  expect(await textOf('kept')).toBe('kept');
});
