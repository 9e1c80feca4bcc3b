import { link, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { downloadObjects, type DownloadOptions } from '../../../../electron/engine/restore/download/download-objects';
import type { ObjectStore, StoredObject } from '../../../../electron/engine/store/port';
import { makeFolder, makeKey, replaceContent, startBucket, storeArchive, storeOther } from '../support';

const LARGE = Buffer.alloc(20_000_000, 'permafrost ');

function into(folder: string, changes: Partial<DownloadOptions> = {}): DownloadOptions {
  return { form: 'stored', folder, identities: [], signal: new AbortController().signal, ...changes };
}

/** The same store; notes from where it is read. */
function noting(store: ObjectStore, starts: number[]): ObjectStore {
  return {
    location: store.location,
    create: (...call) => store.create(...call),
    head: (...call) => store.head(...call),
    list: (...call) => store.list(...call),
    stream: (...call) => store.stream(...call),
    remove: (...call) => store.remove(...call),
    read: (name, range) => {
      starts.push(range.start);
      return store.read(name, range);
    },
  };
}

/** Downloads the first piece, then cancels. @returns the name of the part */
async function leavePart(store: ObjectStore, object: StoredObject, folder: string): Promise<string> {
  const controller = new AbortController();
  const result = await downloadObjects(store, [object], {
    ...into(folder, { signal: controller.signal }),
    onProgress: ({ done }) => done > 0 && controller.abort(),
  });
  expect(result.state).toBe('cancelled');
  const [part = ''] = await readdir(folder);
  return part;
}

describe('a second download into the same folder', () => {
  test('goes on where the first was cancelled', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const object = await storeOther(store, 'large', LARGE);
    await leavePart(store, object, folder);
    const starts: number[] = [];

    const result = await downloadObjects(noting(store, starts), [object], into(folder));

    expect(starts[0]).toBeGreaterThan(0);
    expect(result).toMatchObject({ state: 'done', bytes: LARGE.length });
    expect(await readdir(folder)).toEqual(['large']);
    expect((await readFile(join(folder, 'large'))).equals(LARGE)).toBe(true);
  });

  test('begins anew when the bytes of its part are not the ones of the object', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const object = await storeOther(store, 'large', LARGE);
    const part = await leavePart(store, object, folder);
    await truncate(join(folder, part), 100);
    await truncate(join(folder, part), 1_000_000);

    await downloadObjects(store, [object], into(folder));

    expect((await readFile(join(folder, 'large'))).equals(LARGE)).toBe(true);
  });

  test('does not go on with a part of an earlier generation', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const object = await storeOther(store, 'large', LARGE);
    const part = await leavePart(store, object, folder);
    const later = await replaceContent(store, object, () => Buffer.from('new'));

    await downloadObjects(store, [later], into(folder));

    expect(await readFile(join(folder, 'large'), 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['large', part]);
  });

  test('reads nothing of what is there whole, and keeps every object its own file', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const objects = [
      await storeOther(store, 'a/same.txt', Buffer.from('same')),
      await storeOther(store, 'b/same.txt', Buffer.from('same')),
    ];
    const first = await downloadObjects(store, objects, into(folder));
    const starts: number[] = [];

    const second = await downloadObjects(noting(store, starts), objects, into(folder));

    expect(starts).toEqual([]);
    expect(second).toMatchObject({ files: first.files, alreadyThere: 2 });
    expect((await readdir(folder)).sort()).toEqual(['same (2).txt', 'same.txt']);
  });

  test('finds decoded files again', async () => {
    const { store } = await startBucket();
    const folder = await makeFolder();
    const { identity, recipient } = makeKey();
    const object = await storeArchive(store, { recipients: [recipient] });
    const options = into(folder, { form: 'decoded', identities: [identity] });
    await downloadObjects(store, [object], options);

    expect(await downloadObjects(store, [object], options)).toMatchObject({ alreadyThere: 1 });
    expect(await readdir(folder)).toEqual(['archivetest-0-100.jsonl']);
  });

  test.each([
    ['symbolic link', symlink],
    ['second name of a file', link],
  ])('never writes through a part that is a %s', async (_what, makeLink) => {
    const { store } = await startBucket();
    const [folder, outside] = [await makeFolder(), await makeFolder()];
    const object = await storeOther(store, 'large', LARGE);
    const part = await leavePart(store, object, await makeFolder());
    await writeFile(join(outside, 'mine'), 'mine');
    await makeLink(join(outside, 'mine'), join(folder, part));

    await expect(downloadObjects(store, [object], into(folder))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(await readFile(join(outside, 'mine'), 'utf8')).toBe('mine');
  });
});

test('what is wrong with one object is told, and the others are saved', async () => {
  const { store } = await startBucket();
  const folder = await makeFolder();
  const objects = [
    await storeArchive(store, { recipients: [makeKey().recipient] }),
    { name: 'gone', generation: '1' },
    await storeArchive(store, { partition: 1 }),
  ];
  const codes: string[] = [];

  const result = await downloadObjects(store, objects, {
    ...into(folder, { form: 'decoded' }),
    onFailure: ({ code }) => codes.push(code),
  });

  expect(codes.sort()).toEqual(['KEY_MISSING', 'STORE_NOT_FOUND']);
  expect(result).toMatchObject({ state: 'done', files: [join(folder, 'archivetest-1-100.jsonl')] });
  expect(await readdir(folder)).toEqual(['archivetest-1-100.jsonl']);
});
