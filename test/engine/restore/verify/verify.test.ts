import { beforeEach, expect, test } from 'vitest';
import { verify, type VerifyOptions } from '../../../../electron/engine/restore/verify/verify';
import { reportJson } from '../../../../electron/engine/restore/verify/report';
import { reportPage } from '../../../../electron/engine/restore/verify/report-page';
import type { ObjectStore, StoredObject } from '../../../../electron/engine/store/port';
import {
  breadcrumbValues,
  makeKey,
  replaceContent,
  startBucket,
  storeArchive,
  storeOther,
  storeSnapshot,
} from '../support';

const KEY = makeKey();
let store: ObjectStore;

beforeEach(async () => {
  ({ store } = await startBucket());
});

const OPTIONS: VerifyOptions = {
  ...{ prefix: 'archive', topics: null, partitions: null, kafka: null, groupId: 'archiver' },
  ...{ content: { part: null, source: null }, identities: [KEY.identity], onProgress: () => undefined },
  signal: new AbortController().signal,
};

async function found(options: Partial<VerifyOptions> = {}, from: ObjectStore = store) {
  const { findings, content } = await verify(from, { ...OPTIONS, ...options });
  return { kinds: findings.map(({ kind }) => kind), causes: findings.map(({ cause }) => cause), content };
}

test.each(['zstd', 'gzip', 'none'] as const)(
  'whole archives hold, encrypted for several keys, with %s',
  async (codec) => {
    await storeArchive(store, { codec, recipients: [makeKey().recipient, KEY.recipient] });
    await storeArchive(store, { codec, partition: 1, corruptBefore: [3, 7] });
    await storeSnapshot(store);
    await storeOther(store, 'archive/notes.txt', Buffer.from('no archive'));

    const { kinds, content } = await found();

    expect(kinds).toEqual([]);
    expect(content).toMatchObject({ archives: 2, ofArchives: 2, records: 200, ofRecords: 200 });
  },
);

/** What somebody did to an archive, and what is found. */
const DAMAGES: readonly (readonly [string, (object: StoredObject) => Promise<unknown>, string, RegExp])[] = [
  [
    'a byte that was changed',
    (object) => replaceContent(store, object, (content) => flipped(content, 300)),
    'damaged',
    /checksum|changed/,
  ],
  [
    'an end that was cut off',
    (object) => replaceContent(store, object, (content) => content.subarray(0, -40)),
    'damaged',
    /archivetest/,
  ],
  [
    'nothing left of it',
    (object) => replaceContent(store, object, () => Buffer.alloc(0)),
    'damaged',
    /not an archive|No|damaged|neither/i,
  ],
  [
    'another archive in its place',
    async (object) => {
      const other = await storeArchive(store, { topic: 'other', values: breadcrumbValues(90) });
      const body = await store.read(other.name, { start: 0, end: other.size });
      await store.remove(other.name);
      await replaceContent(store, object, () => body);
    },
    'damaged',
    /topic/,
  ],
];

test.each(DAMAGES)('%s is found', async (_what, damage, kind, cause) => {
  await damage(await storeArchive(store, { partition: 1 }));
  await storeArchive(store);

  const { kinds, causes, content } = await found();

  expect(kinds).toEqual([kind]);
  expect(causes[0]).toMatch(cause);
  expect(content).toMatchObject({ archives: 1, ofArchives: 2, records: 100, ofRecords: 200 });
});

test.each([
  ['of another partition', { partition: 7 }, 'misplaced', /partition 7/],
  ['of another topic', { topic: 'other' }, 'misplaced', /topic other/],
  ['that count more records', { records: 99 }, 'damaged', /records/],
] as const)('metadata %s are found', async (_what, coverage, kind, cause) => {
  await storeArchive(store, { coverage });

  const { kinds, causes } = await found();

  expect(kinds).toEqual([kind]);
  expect(causes[0]).toMatch(cause);
});

test('an archive whose metadata are gone is found by its name', async () => {
  const object = await storeArchive(store);
  const body = await store.read(object.name, { start: 0, end: object.size });
  await store.remove(object.name);
  await storeOther(store, object.name, body);

  expect((await found()).kinds).toEqual(['unreadable']);
});

test.each([
  ['no key', []],
  ['the wrong key', [makeKey().identity]],
])('with %s it says that the content was not looked at', async (_what, identities) => {
  await storeArchive(store, { recipients: [KEY.recipient] });

  const { kinds, content } = await found({ identities });

  expect(kinds).toEqual(['no-key']);
  expect(content).toMatchObject({ archives: 0, records: 0, ofRecords: 100 });
});

test('an archive that vanishes while it is verified is told', async () => {
  const object = await storeArchive(store);
  const vanishing: ObjectStore = {
    location: store.location,
    create: (...request) => store.create(...request),
    head: (...request) => store.head(...request),
    read: (...request) => store.read(...request),
    stream: (...request) => store.stream(...request),
    remove: (...request) => store.remove(...request),
    list: async (query) => {
      const page = await store.list(query);
      await store.remove(object.name);
      return page;
    },
  };

  expect((await found({}, vanishing)).kinds).toEqual(['vanished']);
});

test('all parts together are everything, and each says its share', async () => {
  for (let partition = 0; partition < 5; partition += 1) await storeArchive(store, { partition });

  const shares = await Promise.all(
    [1, 2].map((number) => found({ content: { part: { kind: 'number', number, of: 2 }, source: null } })),
  );

  expect(shares.map(({ content }) => content?.archives)).toEqual([3, 2]);
  expect(shares.map(({ content }) => content?.ofArchives)).toEqual([5, 5]);
});

test('where there is nothing to verify that is an error, not a proof', async () => {
  await expect(verify(store, OPTIONS)).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  await storeArchive(store);
  await expect(verify(store, { ...OPTIONS, topics: ['archivetest', 'nope'] })).rejects.toMatchObject({
    code: 'STORE_NOT_FOUND',
    message: expect.stringContaining('nope') as string,
  });
});

test('a cancelled verification proves nothing', async () => {
  await storeArchive(store);

  await expect(verify(store, { ...OPTIONS, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('the report says what was checked, and escapes what others named', async () => {
  await storeArchive(store, { topic: 'a<b>', coverage: { records: 99, topic: 'a<b>' } });
  const verification = await verify(store, OPTIONS);
  const head = { version: '1.2.3', startedAt: '2026-11-23T10:00:00.000Z', endedAt: '2026-11-23T10:00:01.000Z' };

  const page = reportPage(head, verification);

  expect(page).toContain('a&lt;b&gt;');
  expect(page).not.toContain('a<b>');
  expect(JSON.parse(reportJson(head, verification))).toMatchObject({
    ...{ ...head, verdict: 'findings', prefix: 'archive' },
    findings: [{ kind: 'damaged', firstOffset: '100', nextOffset: '200' }],
  });
});

function flipped(content: Buffer, at: number): Buffer {
  content[at] = (content[at] ?? 0) ^ 1;
  return content;
}
