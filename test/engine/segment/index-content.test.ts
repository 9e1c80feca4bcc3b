import { crc32c } from '@node-rs/crc32';
import { expect, test } from 'vitest';
import type { BlockEntry, SegmentIdentity } from '../../../electron/engine/segment/identity';
import { decodeIndex, encodeIndex, type IndexContent } from '../../../electron/engine/segment/index-content';
import { codeOf, START } from './support';

const identity: SegmentIdentity = { ...START, formatVersion: 1, nextOffset: 200n, records: 30, gap: null };
const block: BlockEntry = {
  compressedBytes: 10,
  encodedBytes: 100,
  firstOffset: 100n,
  records: 10,
  timestamps: { min: -5n, max: 7n },
  someWithoutTimestamp: true,
  crc32c: 0xfedcba98,
};
const second: BlockEntry = { ...block, firstOffset: 150n, records: 20, timestamps: null };
const index: IndexContent = { identity, blocks: [block, second] };

test('an index comes back as it was', () => {
  expect(decodeIndex(encodeIndex(index))).toEqual(index);
});

test('a gap comes back with its reason', () => {
  for (const gap of ['before-start', 'expired', 'removed'] as const) {
    const empty = { identity: { ...identity, records: 0, gap }, blocks: [] };
    expect(decodeIndex(encodeIndex(empty))).toEqual(empty);
  }
});

test('names may be of any script, and empty', () => {
  const named = { ...index, identity: { ...identity, clusterId: 'ä🚌', topicId: '' } };
  expect(decodeIndex(encodeIndex(named))).toEqual(named);
});

test.each<[string, Partial<SegmentIdentity>, readonly BlockEntry[]]>([
  ['records that do not sum up', { records: 31 }, [block, second]],
  ['blocks in the wrong order', {}, [second, block]],
  ['two blocks at one offset', {}, [block, { ...second, firstOffset: 100n }]],
  ['a block before the coverage', {}, [{ ...block, firstOffset: 99n }, second]],
  ['a block behind the coverage', {}, [block, { ...second, firstOffset: 200n }]],
  [
    'more records than offsets',
    {},
    [
      { ...block, records: 11, firstOffset: 140n },
      { ...second, records: 19 },
    ],
  ],
  ['timestamps that are turned round', {}, [{ ...block, timestamps: { min: 2n, max: 1n } }, second]],
  ['a block of no bytes', {}, [{ ...block, encodedBytes: 0 }, second]],
  ['a gap with blocks', { gap: 'expired' }, [block, second]],
  ['a gap of no offsets', { gap: 'expired', records: 0, nextOffset: 100n }, []],
  ['an end before the beginning', { records: 0, nextOffset: 99n }, []],
  ['a negative offset', { records: 0, firstOffset: -1n }, []],
])('an index with %s is refused', async (_, change, blocks) => {
  const bytes = encodeIndex({ identity: { ...identity, ...change }, blocks });
  expect(await codeOf(() => decodeIndex(bytes))).toBe('ARCHIVE_DAMAGED');
});

/** Changes the content and mends its checksum, as a forger would. */
function forged(change: (bytes: Buffer) => Buffer): Buffer {
  const content = change(Buffer.from(encodeIndex(index).subarray(0, -4)));
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32c(content));
  return Buffer.concat([content, checksum]);
}

test('a newer version is named, not called damaged', async () => {
  const newer = forged((bytes) => {
    bytes[4] = 2;
    return Buffer.concat([bytes, Buffer.from('something new')]);
  });
  expect(await codeOf(() => decodeIndex(newer))).toBe('ARCHIVE_UNKNOWN_VERSION');
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  [
    'an unknown gap',
    (bytes) => {
      bytes[5] = 4;
      return bytes;
    },
  ],
  [
    'a name beyond its end',
    (bytes) => {
      bytes.writeUInt16LE(60_000, 40);
      return bytes;
    },
  ],
  [
    'more blocks than it has',
    (bytes) => {
      bytes.writeUInt32LE(3, 36);
      return bytes;
    },
  ],
  ['a byte too many', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
  [
    'another magic',
    (bytes) => {
      bytes[0] = 0;
      return bytes;
    },
  ],
  ['next to nothing', () => Buffer.alloc(5)],
])('an index with %s is refused, though its checksum holds', async (_, change) => {
  expect(await codeOf(() => decodeIndex(forged(change)))).toBe('ARCHIVE_DAMAGED');
});
