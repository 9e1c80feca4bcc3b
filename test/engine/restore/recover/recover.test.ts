/** A damaged archive of a bucket gives back its blocks that hold, and says which offsets are lost. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import {
  recoverFile,
  recoverObject,
  type RecoverOptions,
} from '../../../../electron/engine/restore/recover/recover-archive';
import { openArchive } from '../../../../electron/engine/restore/open-archive';
import type { ObjectStore, StoredObject } from '../../../../electron/engine/store/port';
import { breadcrumbValues, makeFolder, makeKey, replaceContent, startBucket, storeArchive } from '../support';

const KEY = makeKey();
const VALUES = breadcrumbValues(400);
let store: ObjectStore;
let options: RecoverOptions;

beforeEach(async () => {
  ({ store } = await startBucket());
  options = {
    folder: await makeFolder(),
    identities: [KEY.identity],
    signal: new AbortController().signal,
    onBytes: () => undefined,
    version: '0.0.0',
  };
});

/** offsets 100 to 499 in blocks of some kilobytes */
function stored(archive: Parameters<typeof storeArchive>[1] = {}): Promise<StoredObject> {
  return storeArchive(store, { values: VALUES, blockBytes: 8_000, ...archive });
}

async function blocksOf(object: StoredObject) {
  const { segment } = await openArchive(store, object, { identities: [KEY.identity] });
  return segment.blocks;
}

function flipped(content: Buffer, at: number): Buffer {
  content[at]! ^= 1;
  return content;
}

async function offsetsIn(file: string | null): Promise<number[]> {
  const lines = (await readFile(file ?? '', 'utf8')).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { offset: number }).offset);
}

test('a whole archive is told, and nothing is saved of it', async () => {
  const found = await recoverObject(store, await stored({ recipients: [KEY.recipient] }), options);

  expect(found).toMatchObject({ state: 'whole', records: 400, lostRecords: 0, lost: [], file: null, report: null });
  expect(await readdir(options.folder)).toEqual([]);
});

test('all but the damaged block is saved, the offsets of that are named, and a second run changes nothing', async () => {
  const object = await stored({ codec: 'gzip' });
  const [first, second, third] = await blocksOf(object);
  const damaged = await replaceContent(store, object, (content) => flipped(content, first!.compressedBytes + 30));

  const found = await recoverObject(store, damaged, options);

  const lost = { firstOffset: second!.firstOffset, nextOffset: third!.firstOffset };
  expect(found).toMatchObject({ state: 'partial', records: 400 - second!.records, lostRecords: second!.records });
  expect(found.lost).toEqual([lost]);
  expect(found.recovered).toEqual([
    { firstOffset: 100n, nextOffset: lost.firstOffset },
    { firstOffset: lost.nextOffset, nextOffset: 500n },
  ]);
  const offsets = await offsetsIn(found.file);
  expect(offsets).toHaveLength(400 - second!.records);
  expect(offsets).not.toContain(Number(lost.firstOffset));
  expect(path.basename(found.file ?? '')).toBe('archivetest-0-100.partial.jsonl');
  expect(JSON.parse(await readFile(found.report ?? '', 'utf8'))).toMatchObject({
    permafrostRecovery: 1,
    state: 'partial',
    lost: [{ firstOffset: lost.firstOffset.toString(), nextOffset: lost.nextOffset.toString() }],
  });
  await recoverObject(store, damaged, options);
  expect((await readdir(options.folder)).sort()).toEqual([
    'archivetest-0-100.partial.json',
    'archivetest-0-100.partial.jsonl',
  ]);
});

test('an archive that was cut off gives what is in front of the cut, and all behind it is lost', async () => {
  const object = await stored({ recipients: [KEY.recipient] });
  const cut = await replaceContent(store, object, (content) => content.subarray(0, Math.floor(content.length * 0.6)));

  const found = await recoverObject(store, cut, options);

  // the chunk of age that was cut does not open: with less than 64 KiB in all there is no other
  expect(found).toMatchObject({ state: 'nothing', records: 0, lostRecords: 400, file: null });
  expect(found.lost).toEqual([{ firstOffset: 100n, nextOffset: 500n }]);
  const plain = await replaceContent(store, await stored({ partition: 1 }), (content) => content.subarray(0, 5_000));
  const some = await recoverObject(store, plain, options);
  const next = 100n + BigInt(some.records);
  expect(some).toMatchObject({ state: 'partial', isIndexed: false, lostRecords: 400 - some.records });
  expect(some.records).toBeGreaterThan(0);
  expect(some.lost).toEqual([{ firstOffset: next, nextOffset: 500n }]);
});

test('where only the index is damaged, every record is there', async () => {
  const object = await stored();
  const damaged = await replaceContent(store, object, (content) => flipped(content, content.length - 30));

  const found = await recoverObject(store, damaged, options);

  expect(found).toMatchObject({ state: 'complete', isIndexed: false, records: 400, lostRecords: 0, lost: [] });
  expect(await offsetsIn(found.file)).toEqual(VALUES.map((_, index) => 100 + index));
});

test('another archive under its name is refused', async () => {
  const other = await stored({ partition: 1 });
  const content = await store.read(other.name, { start: 0, end: other.size });
  const swapped = await replaceContent(store, await stored(), () => content);

  await expect(recoverObject(store, swapped, options)).rejects.toMatchObject({
    code: 'ARCHIVE_DAMAGED',
    message: expect.stringContaining('another archive') as unknown,
  });
});

test('without the key nothing is read, and the key is named', async () => {
  const object = await stored({ recipients: [KEY.recipient] });

  await expect(recoverObject(store, object, { ...options, identities: [] })).rejects.toMatchObject({
    code: 'KEY_MISSING',
    context: { wanted: [KEY.recipient.fingerprint] },
  });
});

test('a file on the disk has no metadata, and what it holds is saved all the same', async () => {
  const object = await stored();
  const file = path.join(await makeFolder(), 'found.jsonl.zst');
  const content = await store.read(object.name, { start: 0, end: object.size });
  const [first] = await blocksOf(object);
  await writeFile(file, content.subarray(0, first!.compressedBytes + 100));

  const found = await recoverFile(file, options);

  expect(found).toMatchObject({ state: 'partial', place: null, records: first!.records, lostRecords: null });
  expect(found.lost).toEqual([{ firstOffset: 100n + BigInt(first!.records), nextOffset: null }]);
  expect(path.basename(found.file ?? '')).toBe('found.partial.jsonl');
});
