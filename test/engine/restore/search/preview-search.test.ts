import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openFilePreview, openPreview, type Preview } from '../../../../electron/engine/restore/preview';
import type { RecordRow } from '../../../../shared/model/archive';
import { EVERY_RECORD } from '../../../../shared/model/search';
import { breadcrumbValues, makeFolder, makeKey, startBucket, storeArchive, TIMESTAMP, writeSegment } from '../support';

async function savedFile(archive: Parameters<typeof writeSegment>[0], name = 'archive.jsonl'): Promise<string> {
  const file = join(await makeFolder(), name);
  await writeFile(file, Buffer.concat((await writeSegment(archive)).body));
  return file;
}

async function openFile(...open: Parameters<typeof openFilePreview>): Promise<Preview> {
  const preview = await openFilePreview(...open);
  onTestFinished(() => preview.close());
  return preview;
}

async function allMatches(preview: Preview, count = 200): Promise<string[]> {
  const rows: RecordRow[] = [];
  for (;;) {
    const page = await preview.matches(count);
    expect(page.rows.length).toBeLessThanOrEqual(count);
    rows.push(...page.rows);
    if (page.isDone) return rows.map(({ offset }) => offset);
  }
}

describe('a file on a disk', () => {
  test.each(['zstd', 'gzip', 'none'] as const)('opens like an object of a bucket with %s', async (codec) => {
    const { identity, recipient } = makeKey();
    const values = breadcrumbValues(2_000);
    const file = await savedFile({ codec, values, recipients: [recipient], blockBytes: 50_000 });

    const preview = await openFile(file, [makeKey().identity, identity]);
    const { rows } = await preview.records(1_990, 100);

    expect(preview.info).toMatchObject({ name: 'archive.jsonl', codec, encrypted: true, records: 2_000 });
    expect(rows.map((row) => row.kind === 'record' && row.value.kind === 'text' && row.value.text)).toEqual(
      values.slice(1_990).map(String),
    );
  });

  test('is refused with a reason when it is damaged, cut off, no archive, not there, or its key is not', async () => {
    const { recipient } = makeKey();
    const encrypted = await savedFile({ recipients: [recipient] });
    const content = Buffer.concat((await writeSegment({ codec: 'gzip' })).body);
    const cut = join(await makeFolder(), 'cut.gz');
    await writeFile(cut, content.subarray(0, content.length - 500));
    const other = join(await makeFolder(), 'other.txt');
    await writeFile(other, 'hello');

    await expect(openFilePreview(encrypted, [])).rejects.toMatchObject({ code: 'KEY_MISSING' });
    await expect(openFilePreview(encrypted, [makeKey().identity])).rejects.toMatchObject({ code: 'KEY_MISSING' });
    await expect(openFilePreview(cut, [])).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
    await expect(openFilePreview(other, [])).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE' });
    await expect(openFilePreview(`${other}.gone`, [])).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(openFilePreview(await makeFolder(), [])).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe('in an archive that is open', () => {
  test.each(['zstd', 'none'] as const)('an offset or a time leads to its row with %s', async (codec) => {
    const values = breadcrumbValues(3_000);
    const preview = await openFile(await savedFile({ codec, values, blockBytes: 20_000, corruptBefore: [100] }), []);

    expect(await preview.rowOfOffset(0n)).toBe(0);
    expect(await preview.rowOfOffset(200n)).toBe(100);
    expect(await preview.rowOfOffset(2_500n)).toBe(2_400);
    expect((await preview.records(2_400, 1)).rows[0]?.offset).toBe('2500');
    expect(await preview.rowOfOffset(9_999n)).toBe(3_001);
    expect(await preview.rowOfTime(BigInt(TIMESTAMP))).toBe(0);
    expect(await preview.rowOfTime(BigInt(TIMESTAMP) + 1n)).toBe(3_001);
  });

  test('an offset is found through the index, without reading what lies before it', async () => {
    const { store } = await startBucket();
    const { identity, recipient } = makeKey();
    const values = breadcrumbValues(60_000);
    const object = await storeArchive(store, { recipients: [recipient], values, blockBytes: 200_000 });
    const preview = await openPreview({ store, ...object, identities: [identity] });
    onTestFinished(() => preview.close());

    const row = await preview.rowOfOffset(55_000n);

    expect(row).toBe(54_900);
    expect((await preview.records(row, 100)).bytesRead).toBeLessThan(object.size / 3);
  });

  test('a filter gives what fits, piece by piece', async () => {
    const values = breadcrumbValues(3_000).map((value, index) =>
      index % 1_000 === 999 ? Buffer.from(`{"n":${index}}`) : value,
    );
    const preview = await openFile(await savedFile({ values, blockBytes: 20_000 }), []);

    preview.filter({ ...EVERY_RECORD, conditions: ['n>1000'] });
    expect(await allMatches(preview)).toEqual(['2099', '3099']);
    preview.filter({ ...EVERY_RECORD, fromOffset: '1000', untilOffset: '1450' });
    expect(await allMatches(preview, 100)).toEqual(Array.from({ length: 450 }, (_, at) => String(1_000 + at)));
    expect(() => preview.filter({ ...EVERY_RECORD, key: 'a*b' })).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', context: { field: 'key' } }),
    );
  });
});
