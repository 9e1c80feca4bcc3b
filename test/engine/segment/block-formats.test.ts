import { gunzipSync } from 'node:zlib';
import { decompress as fzstd } from 'fzstd';
import { xxh64 } from '@node-rs/xxhash';
import { describe, expect, test } from 'vitest';
import { BLOCK_FORMATS } from '../../../electron/engine/segment/block-formats';
import { codeOf, seededRandom } from './support';

const { zstd, gzip } = BLOCK_FORMATS;
const LIMIT = 64 * 1024 * 1024;
const random = seededRandom(3);

const CONTENTS = [
  ['one byte', Buffer.from('x')],
  ['a short text', Buffer.from('hello '.repeat(20))],
  ['255 bytes', Buffer.alloc(255, 'a')],
  ['256 bytes', Buffer.alloc(256, 'a')],
  ['65,792 bytes', Buffer.alloc(65_792, 'ab')],
  ['noise', Buffer.from(Array.from({ length: 300_000 }, () => Math.floor(random() * 256)))],
  ['5 MB of one byte', Buffer.alloc(5_000_000, 'z')],
] as const;

describe.each([
  [zstd, (block: Buffer) => Buffer.from(fzstd(block))],
  [gzip, (block: Buffer) => gunzipSync(block)],
] as const)('$codec', (format, others) => {
  test.each(CONTENTS)('gives back %s, also when more follows, and so does another library', async (_, content) => {
    for (const level of [format.levels.min, format.levels.default, 9]) {
      const block = await format.compress(content, level);
      expect(others(block).equals(content)).toBe(true);
      const first = await format.firstBlock(Buffer.concat([block, block]), LIMIT);
      expect(first?.compressedBytes).toBe(block.length);
      expect(first?.encoded.equals(content)).toBe(true);
    }
  });

  test('asks for more when a block is cut anywhere', async () => {
    const block = await format.compress(Buffer.from('some lines\n'.repeat(50)), format.levels.default);
    for (let length = 0; length < block.length; length += 1) {
      expect(await format.firstBlock(block.subarray(0, length), LIMIT)).toBeNull();
    }
  });

  test('never decodes more than it may', async () => {
    const block = await format.compress(Buffer.alloc(1_000_000), format.levels.default);
    expect(await codeOf(() => format.firstBlock(block, 999_999))).toBe('ARCHIVE_LIMIT');
    expect(await format.firstBlock(block, 1_000_000)).not.toBeNull();
  });

  test('notices a wrong checksum', async () => {
    const block = await format.compress(Buffer.from('some lines\n'.repeat(50)), format.levels.default);
    const checksumAt = format === zstd ? block.length - 1 : block.length - 5;
    block[checksumAt]! ^= 1;
    expect(await codeOf(() => format.firstBlock(block, LIMIT))).toBe('ARCHIVE_DAMAGED');
  });

  test('compresses to the same bytes every time', async () => {
    const content = Buffer.from('some lines\n'.repeat(5000));
    const [one, two] = await Promise.all([format.compress(content, 3), format.compress(content, 3)]);
    expect(one.equals(two)).toBe(true);
  });
});

describe('a zstd frame', () => {
  const frame = (descriptor: number, ...rest: number[]): Buffer =>
    Buffer.concat([Buffer.from('28b52ffd', 'hex'), Buffer.from([descriptor, ...rest])]);

  test.each([
    ['without a content size', frame(0x04, 0x58, 0x01, 0, 0, 0, 0, 0, 0)],
    ['without a checksum', frame(0x80, 0x58, 0, 0, 0, 0, 0x01, 0, 0)],
    ['that needs a dictionary', frame(0x85, 0x58, 1, 0, 0, 0, 0, 0x01, 0, 0, 0, 0, 0, 0)],
    ['with the reserved bit', frame(0x8c, 0x58, 0, 0, 0, 0, 0x01, 0, 0, 0, 0, 0, 0)],
    ['with a block of the reserved type', frame(0x84, 0x58, 0, 0, 0, 0, 0x07, 0, 0, 0, 0, 0, 0)],
    ['that is skippable', Buffer.from('5b2a4d1800000000', 'hex')],
  ])('%s is refused', async (_, bytes) => {
    expect(await codeOf(() => zstd.firstBlock(bytes, LIMIT))).toBe('ARCHIVE_DAMAGED');
  });

  test('that claims little and would decode to much is refused before it is decoded', async () => {
    const rle = Buffer.from([((128 * 1024) << 3) | 0b010, (128 * 1024) >> 5, (128 * 1024) >> 13, 0x61]);
    const last = Buffer.from(rle);
    last[0]! |= 1;
    const head = frame(0x84, 0x58, 10, 0, 0, 0);
    const bomb = Buffer.concat([head, ...Array.from({ length: 10_000 }, () => rle), last, Buffer.alloc(4)]);
    expect(await codeOf(() => zstd.firstBlock(bomb, LIMIT))).toBe('ARCHIVE_LIMIT');
    const barely = Buffer.concat([head, ...Array.from({ length: 100 }, () => rle), last, Buffer.alloc(4)]);
    expect(await codeOf(() => zstd.firstBlock(barely, LIMIT))).toBe('ARCHIVE_LIMIT');
    const small = Buffer.concat([head, rle, last, Buffer.alloc(4)]);
    expect(await codeOf(() => zstd.firstBlock(small, LIMIT))).toBe('ARCHIVE_DAMAGED');
  });

  test('whose blocks were split into many small ones opens all the same', async () => {
    const blocks = 3_000;
    const content = Buffer.concat(
      Array.from({ length: blocks }, (_, at) => Buffer.from(`${at}\n`.padStart(1_000, 'x'))),
    );
    // one compressed block each: what they could hold is 128 KiB, what they hold 1,000 bytes
    const frames = await Promise.all(
      Array.from({ length: blocks }, (_, at) => zstd.compress(content.subarray(at * 1_000, (at + 1) * 1_000), 3)),
    );
    const bodies = frames.map((each) => {
      const body = Buffer.from(each.subarray(each.readUInt8(4) & 0x20 ? 9 : 10, -4));
      return body;
    });
    bodies.forEach((body, at) => (body[0] = (body[0]! & 0xfe) | (at === blocks - 1 ? 1 : 0)));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(content.length);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(Number(xxh64(content) & 0xffffffffn));
    const split = Buffer.concat([frame(0x84, 0x58), size, ...bodies, checksum]);

    expect((await zstd.firstBlock(split, LIMIT))?.encoded.equals(content)).toBe(true);
  });
});
