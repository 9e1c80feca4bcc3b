import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { downloadObjects, type DownloadOptions } from '../../../../electron/engine/restore/download/download-objects';
import type { ObjectStore } from '../../../../electron/engine/store/port';
import {
  breadcrumbValues,
  makeFolder,
  makeKey,
  replaceContent,
  startBucket,
  storeArchive,
  storeOther,
} from '../support';

function into(folder: string, changes: Partial<DownloadOptions> = {}): DownloadOptions {
  return { form: 'stored', folder, identities: [], signal: new AbortController().signal, ...changes };
}

/** The same store, but what is read comes with one bit turned over. */
function damagedOnTheWay(store: ObjectStore): ObjectStore {
  return {
    location: store.location,
    create: (...call) => store.create(...call),
    head: (...call) => store.head(...call),
    list: (...call) => store.list(...call),
    stream: (...call) => store.stream(...call),
    remove: (...call) => store.remove(...call),
    read: async (...call) => {
      const bytes = Buffer.from(await store.read(...call));
      bytes[10]! ^= 1;
      return bytes;
    },
  };
}

interface Line {
  readonly offset: number;
  readonly value: string;
}

async function linesOf(path: string): Promise<Line[]> {
  const text = await readFile(path, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('a download of what is stored', () => {
  test('is the object byte for byte, under the name of its place in the topic', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const { recipient } = makeKey();
    const object = await storeArchive(store, { recipients: [recipient], partition: 2 });

    const result = await downloadObjects(store, [object], into(folder));

    const path = join(folder, 'archivetest-2-100.jsonl.zst.age');
    expect(result).toEqual({ state: 'done', files: [path], alreadyThere: 0, bytes: object.size });
    expect(await readFile(path)).toEqual(await store.read(object.name, { start: 0, end: object.size }));
    expect(await readdir(folder)).toEqual(['archivetest-2-100.jsonl.zst.age']);
  });

  test.each([
    ['zstd', 'archivetest-0-100.jsonl.zst'],
    ['gzip', 'archivetest-0-100.jsonl.gz'],
    ['none', 'archivetest-0-100.jsonl'],
  ] as const)('of an archive with %s is called %s', async (codec, name) => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const object = await storeArchive(store, { codec });

    await downloadObjects(store, [object], into(folder));

    expect(await readdir(folder)).toEqual([name]);
  });

  test('takes objects that are no archives, empty ones too, and never leaves the folder', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const chosen = join(folder, 'chosen');
    await mkdir(chosen);
    const objects = [
      await storeOther(store, 'reports/december.csv', Buffer.from('a,b')),
      await storeOther(store, '../../evil.txt', Buffer.from('evil')),
      await storeOther(store, 'x/..\\..\\evil.bat', Buffer.from('evil')),
      await storeOther(store, 'nul', Buffer.alloc(0)),
    ];

    await downloadObjects(store, objects, into(chosen));

    expect(await readdir(folder)).toEqual(['chosen']);
    expect((await readdir(chosen)).sort()).toEqual(['_nul', 'december.csv', 'evil.bat', 'evil.txt']);
  });

  test('overwrites nothing', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    await writeFile(join(folder, 'notes.txt'), 'mine');
    const objects = [
      await storeOther(store, 'a/notes.txt', Buffer.from('a')),
      await storeOther(store, 'b/notes.txt', Buffer.from('b')),
    ];

    await downloadObjects(store, objects, into(folder));

    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
    expect((await readdir(folder)).sort()).toEqual(['notes (2).txt', 'notes (3).txt', 'notes.txt']);
  });

  test('that was damaged on the way is refused, and nothing of it stays', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const object = await storeArchive(store);

    await expect(downloadObjects(damagedOnTheWay(store), [object], into(folder))).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
      context: { object: object.name },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('of an object that was replaced since it was listed is refused', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const object = await storeOther(store, 'notes.txt', Buffer.from('old'));
    await replaceContent(store, object, () => Buffer.from('new'));

    await expect(downloadObjects(store, [object], into(folder))).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('says how many files were saved before it failed', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const good = await storeOther(store, 'good.txt', Buffer.from('good'));
    const archive = await storeArchive(store, { recipients: [makeKey().recipient] });

    const downloading = downloadObjects(store, [archive, good], into(folder, { form: 'decoded' }));
    await expect(downloading).rejects.toMatchObject({ code: 'KEY_MISSING', context: { saved: 0 } });

    const other = downloadObjects(store, [await storeArchive(store, { partition: 1 }), archive], {
      ...into(folder, { form: 'decoded' }),
    });
    await expect(other).rejects.toMatchObject({ code: 'KEY_MISSING', context: { saved: 1 } });
    await expect(other).rejects.toThrow('1 of 2 files were saved before');
    expect(await readdir(folder)).toEqual(['archivetest-1-100.jsonl']);
  });

  test('into a folder that is not there is refused', async () => {
    const { store } = await startBucket();
    const folder = join(await makeFolder(), 'missing');
    const object = await storeOther(store, 'notes.txt', Buffer.from('x'));

    await expect(downloadObjects(store, [object], into(folder))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });

  test('tells its progress in bytes, and keeps what it has of a file as a part when it is cancelled', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const large = Buffer.alloc(20_000_000, 7);
    const objects = [
      await storeOther(store, 'small', Buffer.from('small')),
      await storeOther(store, 'large', large),
      await storeOther(store, 'last', Buffer.from('last')),
    ];
    const controller = new AbortController();
    const progress: number[] = [];

    const result = await downloadObjects(store, objects, {
      ...into(folder, { signal: controller.signal }),
      onProgress: ({ done, total }) => {
        expect(total).toBe(large.length + 9);
        progress.push(done);
        if (done > 5) controller.abort();
      },
    });

    expect(result).toEqual({
      state: 'cancelled',
      files: [join(folder, 'small')],
      alreadyThere: 0,
      bytes: progress.at(-1),
    });
    expect(progress.slice(0, 2)).toEqual([0, 5]);
    expect(result.bytes).toBeLessThan(large.length);
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^large\.[0-9a-f]{8}\.part$/), 'small']);
  });
});

describe('a decoded download', () => {
  test.each(['zstd', 'gzip', 'none'] as const)('of an encrypted archive with %s is its lines', async (codec) => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const { identity, recipient } = makeKey();
    const values = breadcrumbValues(3_000);
    const object = await storeArchive(store, { codec, recipients: [recipient], values, blockBytes: 100_000 });

    const result = await downloadObjects(store, [object], into(folder, { form: 'decoded', identities: [identity] }));

    expect(result.files).toEqual([join(folder, 'archivetest-0-100.jsonl')]);
    const lines = await linesOf(result.files[0]!);
    expect(lines.map(({ value }) => value)).toEqual(values.map(String));
    expect(lines[2_999]?.offset).toBe(3_099);
  });

  test.each([
    ['cut off', (content: Buffer) => content.subarray(0, content.length - 1_000)],
    ['changed', (content: Buffer) => (content.fill(0x55, content.length >> 1, (content.length >> 1) + 8), content)],
  ])('of an archive that was %s is refused, and nothing of it stays', async (_how, change) => {
    for (const recipients of [[], [makeKey()]]) {
      const { store } = await startBucket();
      const folder = await makeFolder();
      const whole = await storeArchive(store, {
        recipients: recipients.map(({ recipient }) => recipient),
        values: breadcrumbValues(3_000),
      });
      const object = await replaceContent(store, whole, change);
      const identities = recipients.map(({ identity }) => identity);

      await expect(
        downloadObjects(store, [object], into(folder, { form: 'decoded', identities })),
      ).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
      expect(await readdir(folder)).toEqual([]);
    }
  });

  test('of an archive without an index that lost its last lines is refused', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const whole = await storeArchive(store, { codec: 'none', values: breadcrumbValues(50) });
    const object = await replaceContent(store, whole, (content) =>
      content.subarray(0, content.lastIndexOf('\n', content.length - 2) + 1),
    );

    await expect(downloadObjects(store, [object], into(folder, { form: 'decoded' }))).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('of something that is no archive is refused', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const object = await storeOther(store, 'picture.png', Buffer.from('\x89PNG\r\n\x1a\nnothing', 'latin1'));

    await expect(downloadObjects(store, [object], into(folder, { form: 'decoded' }))).rejects.toMatchObject({
      code: 'NOT_AN_ARCHIVE',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});
