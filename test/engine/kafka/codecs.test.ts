import { gzipSync } from 'node:zlib';
import { Encoder } from '@toondepauw/node-zstd';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { expect, test } from 'vitest';
import { decompressRecords } from '../../../electron/engine/kafka/codecs';

const records = Buffer.from('ice and snow, '.repeat(5_000));

function xerial(blocks: readonly Buffer[]): Buffer {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const framed = blocks.flatMap((block) => {
    const compressed = Buffer.from(compressSync(block));
    const length = Buffer.alloc(4);
    length.writeInt32BE(compressed.length);
    return [length, compressed];
  });
  return Buffer.concat([header, ...framed]);
}

test.each([
  ['none', 0, records],
  ['gzip', 1, gzipSync(records)],
  ['snappy as one block', 2, Buffer.from(compressSync(records))],
  ['snappy as snappy-java streams it', 2, xerial([records.subarray(0, 32_768), records.subarray(32_768)])],
  ['lz4', 3, compressFrameSync(records)],
  ['zstd', 4, new Encoder(3).encodeSync(records)],
])('%s is decompressed', (_name, codec, packed) => {
  expect(decompressRecords(codec, packed).equals(records)).toBe(true);
});

test('a codec that Kafka does not define is refused by its number', () => {
  expect(() => decompressRecords(6, records)).toThrow(expect.objectContaining({ code: 'KAFKA_REFUSED' }));
});

test.each([1, 2, 3, 4])('bytes that codec %d did not make are an error, not records', (codec) => {
  expect(() => decompressRecords(codec, Buffer.from('not compressed at all'))).toThrow();
});

test('a snappy block that points outside of its batch is an error', () => {
  expect(() => decompressRecords(2, xerial([records]).subarray(0, 40))).toThrow();
});
