import { describe, expect, test } from 'vitest';
import { crc32c } from '@node-rs/crc32';
import { PermafrostError } from '../../../shared/errors';
import { openSegment } from '../../../electron/engine/segment/segment-reader';
import { SegmentWriter } from '../../../electron/engine/segment/segment-writer';
import {
  bodyOf,
  busRecords,
  codeOf,
  CODECS,
  CountingSource,
  open,
  readEncoded,
  readLines,
  rsaIdentity,
  rsaRecipient,
  START,
  viewOf,
  writeSegment,
  x25519Identity,
  x25519Recipient,
} from './support';

const KINDS = CODECS.flatMap((codec) => [
  { ...codec, recipients: [], title: `${codec.codec}, not encrypted` },
  { ...codec, recipients: [rsaRecipient, x25519Recipient], title: `${codec.codec}, encrypted` },
]);

describe.each(KINDS)('a segment: $title', ({ codec, level, recipients }) => {
  const records = busRecords(500);
  const choices = { codec, level, recipients, blockBytes: 4096 };

  test('comes back record by record', async () => {
    const segment = await writeSegment(records, choices);
    const reader = await open(bodyOf(segment));
    const lines = await readLines(reader);
    expect(lines.map((line) => line.kind === 'record' && [Number(line.offset), String(line.key), String(line.value)]))
      .toEqual(records.map(({ offset, key, value }) => [offset, key, value])); // prettier-ignore
    expect(reader).toMatchObject({ codec, encrypted: recipients.length > 0, indexed: codec !== 'none' });
  });

  test('tells its sizes, counts and checksum', async () => {
    const segment = await writeSegment(records, choices);
    const body = bodyOf(segment);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32c(body));
    const encoded = await readEncoded(await open(body));
    expect(segment).toMatchObject({
      crc32c: checksum.toString('base64'),
      storedBytes: body.length,
      encodedBytes: encoded.length,
      firstTimestamp: 1_671_494_400_000n,
      lastTimestamp: 1_671_494_409_000n,
      recipients: recipients.map(({ fingerprint }) => fingerprint),
      corrupt: 0,
      identity: { ...START, formatVersion: 1, records: 500, gap: null },
    });
    expect(segment.compressedBytes).toBeGreaterThan(0);
  });

  test('may be empty: a gap with its reason', async () => {
    const segment = await writeSegment([], { ...choices, nextOffset: 5000n, gap: 'expired' });
    const reader = await open(bodyOf(segment));
    expect(await readLines(reader)).toEqual([]);
    const expected = { ...START, formatVersion: 1, nextOffset: 5000n, records: 0, gap: 'expired' };
    expect(reader.identity).toEqual(codec === 'none' ? null : expected);
  });

  test('keeps a corrupt batch between records', async () => {
    const writer = new SegmentWriter(START, { codec, level, recipients });
    writer.add(viewOf({ offset: 100, value: 'a' }));
    writer.addCorrupt(101n, 109n, Buffer.from('00ff22', 'hex'));
    writer.add(viewOf({ offset: 110, value: 'b' }));
    const segment = await writer.close(111n);
    expect(segment).toMatchObject({ corrupt: 9, identity: { records: 2 } });
    const lines = await readLines(await open(bodyOf(segment)));
    expect(lines[1]).toEqual({ kind: 'corrupt', offset: 101n, lastOffset: 109n, bytes: Buffer.from('00ff22', 'hex') });
  });
});

describe('blocks', () => {
  test('never split a line, and a longer line is a block of its own', async () => {
    const long = 'x'.repeat(10_000);
    const values = ['a', 'b', long, 'c', long, long, 'd'];
    const records = values.map((value, index) => ({ offset: 100 + index, timestamp: index, value }));
    const reader = await open(bodyOf(await writeSegment(records, { blockBytes: 4096 })));
    expect(reader.blocks.map(({ firstOffset, records }) => [Number(firstOffset), records])).toEqual([
      [100, 2],
      [102, 1],
      [103, 1],
      [104, 1],
      [105, 1],
      [106, 1],
    ]);
    expect(reader.blocks[0]).toMatchObject({ timestamps: { min: 0n, max: 1n }, someWithoutTimestamp: false });
  });

  test('tell whether records lack a timestamp', async () => {
    const records = [-1, 7, -1, -1].map((timestamp, index) => ({
      offset: 100 + index,
      timestamp,
      value: 'x'.repeat(50),
    }));
    const reader = await open(bodyOf(await writeSegment(records, { blockBytes: 250 })));
    expect(reader.blocks.map(({ timestamps, someWithoutTimestamp }) => [timestamps, someWithoutTimestamp])).toEqual([
      [{ min: 7n, max: 7n }, true],
      [null, true],
    ]);
  });

  test('of many sizes come back in order, however long each takes to compress', async () => {
    const records = Array.from({ length: 60 }, (_, index) => ({
      offset: 100 + index,
      value: index % 7 === 0 ? String(index).repeat(40_000) : 'short',
    }));
    const reader = await open(bodyOf(await writeSegment(records, { blockBytes: 8192, recipients: [rsaRecipient] })));
    expect((await readLines(reader)).map(({ offset }) => Number(offset))).toEqual(records.map(({ offset }) => offset));
  });
});

describe('random access', () => {
  test.each(['zstd', 'gzip'] as const)('to any block takes three ranged reads: %s, encrypted', async (codec) => {
    const records = busRecords(30_000).map((record, index) => ({
      ...record,
      key: `${index * 7919}${Math.sin(index)}`,
    }));
    const body = bodyOf(
      await writeSegment(records, { codec, level: 1, blockBytes: 64 * 1024, recipients: [rsaRecipient] }),
    );
    expect(body.length).toBeGreaterThan(500_000);
    const { blocks } = await open(body);
    for (const index of [0, 1, Math.floor(blocks.length / 2), blocks.length - 2]) {
      const source = new CountingSource(body);
      const reader = await openSegment(source, { identities: [rsaIdentity] });
      const lines = await reader.readBlock(index);
      expect(lines[0]?.offset).toBe(blocks[index]!.firstOffset);
      expect(source.reads.length).toBeLessThanOrEqual(3);
      const [header, end, block] = source.reads;
      expect(header).toEqual([0, 4096]);
      expect(end![1] - end![0]).toBeLessThanOrEqual(2 * (65_536 + 16));
      // a block touches at most one chunk more at either side
      if (block !== undefined) expect(block[1] - block[0]).toBeLessThan(blocks[index]!.compressedBytes + 2 * 65_552);
      expect(reader.bytesRead).toBe(source.reads.reduce((sum, [from, to]) => sum + to - from, 0));
    }
  });

  test('reads an index that is longer than the first look at the end', async () => {
    const records = busRecords(3000);
    for (const codec of ['zstd', 'gzip'] as const) {
      const body = bodyOf(await writeSegment(records, { codec, blockBytes: 1, recipients: [rsaRecipient] }));
      const reader = await open(body);
      expect(reader.blocks.length).toBe(3000);
      expect((await reader.readBlock(1234))[0]?.offset).toBe(BigInt(records[1234]!.offset));
    }
  });
});

describe('a segment cut at the edge of a block', () => {
  test.each(['zstd', 'gzip'] as const)('is read up to there and says that it has no index: %s', async (codec) => {
    const body = bodyOf(await writeSegment(busRecords(500), { codec, blockBytes: 4096 }));
    const { blocks } = await open(body);
    const edge = blocks.slice(0, 3).reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
    const reader = await open(body.subarray(0, edge));
    expect(reader).toMatchObject({ indexed: false, identity: null, blocks: [] });
    expect((await readLines(reader)).length).toBe(blocks.slice(0, 3).reduce((sum, { records }) => sum + records, 0));
  });

  test('is refused when it is encrypted', async () => {
    const body = bodyOf(await writeSegment(busRecords(3000), { codec: 'none', recipients: [rsaRecipient] }));
    expect(await codeOf(() => open(body.subarray(0, body.length - 65_000)))).toBe('ARCHIVE_DAMAGED');
  });
});

describe('what is refused', () => {
  test('an encrypted segment without a key, and with another key', async () => {
    const body = bodyOf(await writeSegment(busRecords(5), { recipients: [rsaRecipient] }));
    expect(await codeOf(() => open(body, []))).toBe('KEY_MISSING');
    const wrong = open(body, [x25519Identity]);
    await expect(wrong).rejects.toMatchObject({ code: 'KEY_WRONG' });
    await expect(wrong).rejects.toHaveProperty('context.wanted', [expect.stringMatching(/^ssh-rsa \S{6}$/)]);
  });

  test.each(['plain text', '\u0000\u0001\u0002\u0003', 'PK\u0003\u0004'])('what is no archive: %j', async (text) => {
    expect(await codeOf(() => open(Buffer.from(text)))).toBe('NOT_AN_ARCHIVE');
  });

  test('a block beyond the limit', async () => {
    for (const codec of ['zstd', 'gzip'] as const) {
      const body = bodyOf(await writeSegment([{ offset: 100, value: 'x'.repeat(100_000) }], { codec }));
      const limits = { maxBlockBytes: 50_000 };
      const reader = await openSegment(new CountingSource(body), { identities: [], limits });
      expect(await codeOf(() => reader.readBlock(0))).toBe('ARCHIVE_LIMIT');
    }
  });

  test('an offset that goes backwards, with nothing written', () => {
    const writer = new SegmentWriter(START, { codec: 'zstd', level: 3, recipients: [] });
    writer.add(viewOf({ offset: 105 }));
    expect(() => writer.add(viewOf({ offset: 105 }))).toThrow('again or out of order');
    expect(() => writer.add(viewOf({ offset: 99 }))).toThrow('again or out of order');
    expect(writer.records).toBe(1);
  });

  test('an end before the last record, and a gap that has records', async () => {
    const writer = new SegmentWriter(START, { codec: 'zstd', level: 3, recipients: [] });
    writer.add(viewOf({ offset: 105 }));
    expect(await codeOf(() => writer.close(105n))).toBe('INTERNAL');
    expect(await codeOf(() => writer.close(200n, 'expired'))).toBe('INTERNAL');
    expect((await writer.close(106n)).identity.records).toBe(1);
    expect(() => writer.add(viewOf({ offset: 107 }))).toThrow('closed');
  });

  test.each([
    ['zstd', 0],
    ['zstd', 23],
    ['gzip', 10],
    ['gzip', 1.5],
  ] as const)('a level the codec has not: %s %d', async (codec, level) => {
    expect(await codeOf(() => new SegmentWriter(START, { codec, level, recipients: [] }))).toBe('INPUT_INVALID');
  });
});

test('sizes grow while a segment is written, and memory is counted', async () => {
  const writer = new SegmentWriter(START, { codec: 'zstd', level: 3, recipients: [rsaRecipient], blockBytes: 4096 });
  const head = writer.storedBytes;
  for (const record of busRecords(20_000)) writer.add(viewOf(record));
  expect(writer.encodedBytes).toBeGreaterThan(writer.rawBytes);
  expect(writer.heldBytes).toBeGreaterThan(writer.encodedBytes); // nothing has left for the compressor's pool yet
  await expect.poll(() => writer.compressedBytes).toBeGreaterThan(65_536);
  await expect.poll(() => writer.storedBytes).toBeGreaterThan(head + 65_536);
  const { storedBytes, compressedBytes } = await writer.close(30_000n);
  expect(storedBytes).toBeGreaterThan(compressedBytes);
  expect(writer.heldBytes).toBe(storedBytes);
});

test('a source that gives less than it promised is noticed', async () => {
  const body = bodyOf(await writeSegment(busRecords(3000), {}));
  const short = {
    size: body.length,
    read: (start: number, end: number) => Promise.resolve(body.subarray(start, end - 1)),
  };
  expect(await codeOf(() => openSegment(short, { identities: [] }))).toBe('ARCHIVE_DAMAGED');
});

test('what the source throws comes through', async () => {
  const failing = { size: 100, read: () => Promise.reject(new PermafrostError('STORE_UNAVAILABLE', 'try again')) };
  expect(await codeOf(() => openSegment(failing, { identities: [] }))).toBe('STORE_UNAVAILABLE');
});

test('a segment that is discarded while it is closed is never handed out', async () => {
  const writer = new SegmentWriter(START, { codec: 'zstd', level: 3, recipients: [], blockBytes: 100 });
  for (const record of busRecords(50)) writer.add(viewOf(record));
  const closing = writer.close(1000n);
  writer.discard();
  expect(await codeOf(() => closing)).toBe('CANCELLED');
});

test('a sealed segment stays whole when its writer is discarded', async () => {
  const writer = new SegmentWriter(START, { codec: 'zstd', level: 3, recipients: [] });
  for (const record of busRecords(50)) writer.add(viewOf(record));
  const segment = await writer.close(1000n);
  writer.discard();
  expect(bodyOf(segment).length).toBe(segment.storedBytes);
});

test('a discarded segment holds nothing', async () => {
  const writer = new SegmentWriter(START, { codec: 'zstd', level: 3, recipients: [], blockBytes: 100 });
  for (const record of busRecords(50)) writer.add(viewOf(record));
  expect(writer.heldBytes).toBeGreaterThan(0);
  writer.discard();
  await expect.poll(() => writer.heldBytes).toBe(0);
});
