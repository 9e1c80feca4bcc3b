import { describe, expect, onTestFinished, test } from 'vitest';
import { openPreview, type Preview, type PreviewOptions } from '../../../electron/engine/restore/preview';
import type { RecordRow } from '../../../shared/model/archive';
import { breadcrumbValues, makeKey, replaceContent, startBucket, storeArchive, storeOther } from './support';

async function open(options: PreviewOptions): Promise<Preview> {
  const preview = await openPreview(options);
  onTestFinished(() => preview.close());
  return preview;
}

function valueOf(row: RecordRow | undefined): string | null {
  return row?.kind === 'record' && row.value.kind === 'text' ? row.value.text : null;
}

function offsetsOf(rows: readonly RecordRow[]): string[] {
  return rows.map(({ offset }) => offset);
}

describe('a preview', () => {
  test('shows an archive and its records as they were', async () => {
    const { store } = await startBucket();
    const { identity, recipient } = makeKey();
    const values = breadcrumbValues(10);
    const object = await storeArchive(store, { recipients: [recipient], values });

    const preview = await open({ store, ...object, identities: [identity] });
    const page = await preview.records(0, 500);

    expect(preview.info).toMatchObject({
      name: object.name,
      codec: 'zstd',
      encrypted: true,
      indexed: true,
      records: 10,
      blocks: 1,
      firstOffset: '100',
      nextOffset: '110',
      storedBytes: object.size,
    });
    expect(page.from).toBe(0);
    expect(page.rows.map(valueOf)).toEqual(values.map(String));
    expect(page.rows[0]).toMatchObject({
      kind: 'record',
      offset: '100',
      timestamp: '1671494400000',
      key: { kind: 'text', text: '3005', bytes: 4, cut: false },
      headers: [{ name: { text: 'source' }, value: { text: 'test' } }],
    });
  });

  test.each(['zstd', 'gzip', 'none'] as const)('finds any rows of any block with %s', async (codec) => {
    const { store } = await startBucket();
    const values = breadcrumbValues(4_000);
    const object = await storeArchive(store, { codec, values, blockBytes: 50_000 });
    const preview = await open({ store, ...object, identities: [], maxCachedBytes: 200_000 });

    for (const [from, count] of [
      [3_990, 100],
      [0, 1],
      [150, 500],
      [1_999, 2],
      [3_999, 1],
      [4_000, 10],
      [9_999, 1],
    ] as const) {
      const page = await preview.records(from, count);

      expect(page.rows.map(valueOf)).toEqual(values.slice(from, from + count).map(String));
      expect(page.bytesRead).toBeLessThanOrEqual(object.size);
    }
  });

  test('of a large encrypted archive reads a small part of it', async () => {
    const { store } = await startBucket();
    const { identity, recipient } = makeKey();
    const values = breadcrumbValues(60_000);
    const object = await storeArchive(store, { recipients: [recipient], values, blockBytes: 200_000 });

    const preview = await open({ store, ...object, identities: [identity] });
    const page = await preview.records(30_000, 100);

    expect(page.rows.map(valueOf)).toEqual(values.slice(30_000, 30_100).map(String));
    expect(page.bytesRead).toBeGreaterThan(0);
    expect(page.bytesRead).toBeLessThan(object.size / 3);
  });

  test('does not read again what it has read', async () => {
    const { store } = await startBucket();
    const object = await storeArchive(store, { values: breadcrumbValues(20_000), blockBytes: 100_000 });
    const preview = await open({ store, ...object, identities: [] });

    const { bytesRead } = await preview.records(5_000, 10);

    expect((await preview.records(5_005, 10)).bytesRead).toBe(bytesRead);
    expect((await preview.records(8_000, 10)).bytesRead).toBeGreaterThan(bytesRead);
  });

  test('serves calls that overlap', async () => {
    const { store } = await startBucket();
    const values = breadcrumbValues(2_000);
    const object = await storeArchive(store, { codec: 'none', values });
    const preview = await open({ store, ...object, identities: [], maxCachedBytes: 1 });

    const pages = await Promise.all([1_900, 0, 1_000, 1_990].map((from) => preview.records(from, 5)));

    expect(pages.map(({ rows }) => valueOf(rows[0]))).toEqual(
      [1_900, 0, 1_000, 1_990].map((row) => String(values[row])),
    );
  });

  test('shows null, empty and binary values for what they are', async () => {
    const { store } = await startBucket();
    const object = await storeArchive(store, { values: [null, Buffer.alloc(0), Buffer.from([0xff, 0x00])] });

    const { rows } = await (await open({ store, ...object, identities: [] })).records(0, 10);

    expect(rows.map((row) => row.kind === 'record' && row.value)).toEqual([
      { kind: 'null' },
      { kind: 'text', text: '', bytes: 0, cut: false },
      { kind: 'binary', hex: 'ff00', bytes: 2, cut: false },
    ]);
  });

  test('ends a page early when its values are very large', async () => {
    const { store } = await startBucket();
    const values = Array.from({ length: 12 }, (_, index) => Buffer.from(`${index} ${'x'.repeat(2_000_000)}`));
    const object = await storeArchive(store, { values });
    const preview = await open({ store, ...object, identities: [] });

    const page = await preview.records(0, 12);

    expect(page.rows).toHaveLength(8);
    expect(page.rows[7]).toMatchObject({ value: { bytes: 2_000_002, cut: true } });
    expect(offsetsOf((await preview.records(8, 4)).rows)).toEqual(['108', '109', '110', '111']);
  });

  test('counts batches that were kept as corrupt among the rows', async () => {
    const { store } = await startBucket();
    const values = breadcrumbValues(1_000);
    const object = await storeArchive(store, { values, corruptBefore: [0, 500, 999], blockBytes: 20_000 });
    const preview = await open({ store, ...object, identities: [] });

    expect(preview.info.records).toBe(1_003);
    expect((await preview.records(0, 1)).rows).toEqual([
      { kind: 'corrupt', offset: '100', lastOffset: '100', bytes: 7 },
    ]);
    expect(offsetsOf((await preview.records(500, 3)).rows)).toEqual(['600', '601', '602']);
    expect((await preview.records(501, 1)).rows[0]?.kind).toBe('corrupt');
    expect(valueOf((await preview.records(1_002, 1)).rows[0])).toBe(String(values[999]));
  });

  test('of an archive without an index says so', async () => {
    const { store } = await startBucket();
    const object = await storeArchive(store, { codec: 'none', values: breadcrumbValues(20) });

    const preview = await open({ store, ...object, identities: [] });

    expect(preview.info).toMatchObject({ indexed: false, records: 20, encrypted: false, codec: 'none' });
  });

  test('of an archive that has no records shows none', async () => {
    const { store } = await startBucket();
    const object = await storeArchive(store, { values: [] });

    const preview = await open({ store, ...object, identities: [] });

    expect(preview.info.records).toBe(0);
    expect((await preview.records(0, 10)).rows).toEqual([]);
  });

  test.each(['zstd', 'none'] as const)('opens an archive with %s that lost its metadata', async (codec) => {
    const { store } = await startBucket();
    const values = breadcrumbValues(300);
    const object = await storeArchive(store, { codec, values, blockBytes: 10_000 });
    const content = await store.read(object.name, { start: 0, end: object.size });
    const bare = await storeOther(store, 'copies/bare', content);

    const preview = await open({ store, ...bare, identities: [] });

    expect(preview.info.records).toBe(300);
    expect(valueOf((await preview.records(299, 1)).rows[0])).toBe(String(values[299]));
  });

  test('without the right key names the keys that would open it', async () => {
    const { store } = await startBucket();
    const [first, second, other] = [makeKey(), makeKey(), makeKey()];
    const recipients = [first.recipient, second.recipient];
    const object = await storeArchive(store, { recipients });
    const wanted = recipients.map(({ fingerprint }) => fingerprint);

    for (const identities of [[], [other.identity]]) {
      const opening = openPreview({ store, ...object, identities });
      await expect(opening).rejects.toMatchObject({ code: 'KEY_MISSING', context: { wanted, object: object.name } });
      await expect(opening).rejects.toThrow(wanted[0]!);
    }
    const preview = await open({ store, ...object, identities: [other.identity, second.identity] });
    expect(preview.info.records).toBe(100);
  });

  test('of something that is no archive is refused', async () => {
    const { store } = await startBucket();
    const object = await storeOther(store, 'picture.png', Buffer.from('\x89PNG\r\n\x1a\nnothing', 'latin1'));

    await expect(openPreview({ store, ...object, identities: [] })).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE' });
  });

  test('of an archive with metadata of another is refused', async () => {
    const { store } = await startBucket();
    const object = await storeArchive(store, { coverage: { topic: 'orders' } });

    await expect(openPreview({ store, ...object, identities: [] })).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });

  test('of a damaged block is refused, other blocks are shown', async () => {
    const { store } = await startBucket();
    const values = breadcrumbValues(4_000);
    const whole = await storeArchive(store, { values, blockBytes: 100_000 });
    const object = await replaceContent(store, whole, (content) => {
      content.fill(0x55, 100, 120);
      return content;
    });
    const preview = await open({ store, ...object, identities: [] });

    await expect(preview.records(0, 10)).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
      context: { object: object.name, block: 0 },
    });
    expect(valueOf((await preview.records(3_999, 1)).rows[0])).toBe(String(values[3_999]));
  });

  test('of an archive without an index tells of damage again and again', async () => {
    const { store } = await startBucket();
    const whole = await storeArchive(store, { codec: 'none', values: breadcrumbValues(20) });
    const object = await replaceContent(store, whole, (content) => content.subarray(0, content.length - 5));
    const preview = await open({ store, ...object, identities: [] });

    for (let time = 0; time < 2; time += 1) {
      await expect(preview.records(15, 5)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
    }
  });

  test('of an object that was replaced is refused, at opening and later', async () => {
    const { store } = await startBucket();
    const object = await storeArchive(store, { values: breadcrumbValues(20_000), blockBytes: 100_000 });
    const preview = await open({ store, ...object, identities: [] });
    await replaceContent(store, object, (content) => content);

    await expect(preview.records(8_000, 10)).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
    await expect(openPreview({ store, ...object, identities: [] })).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  });

  test('reads nothing more after it was closed', async () => {
    const { store } = await startBucket();
    const object = await storeArchive(store, { values: breadcrumbValues(20_000), blockBytes: 100_000 });
    const preview = await open({ store, ...object, identities: [] });

    preview.close();

    await expect(preview.records(8_000, 10)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
