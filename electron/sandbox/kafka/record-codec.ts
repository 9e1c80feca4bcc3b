/** The codecs of record batches, both directions: only what looks into batches (timestamps, compaction) needs them. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { Decoder, Encoder } from '@toondepauw/node-zstd';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import { compressSync, uncompressSync } from 'snappy';
import { Attributes, BATCH_HEADER_BYTES, Codec } from './record-batch';

const ZSTD_LEVEL = 3;
/** Of snappy-java's stream, which Kafka's Java client demands: magic, version 1, compatible from 1 on. */
const XERIAL_HEADER = Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex');
const XERIAL_MAGIC_BYTES = 8;

interface RecordCodec {
  readonly compress: (records: Buffer) => Buffer;
  readonly decompress: (bytes: Buffer) => Buffer;
}

const CODECS = new Map<number, RecordCodec>([
  [Codec.NONE, { compress: (records) => records, decompress: (bytes) => bytes }],
  [Codec.GZIP, { compress: (records) => gzipSync(records), decompress: (bytes) => gunzipSync(bytes) }],
  [Codec.SNAPPY, { compress: compressSnappy, decompress: decompressSnappy }],
  [Codec.LZ4, { compress: (records) => compressFrameSync(records), decompress: (bytes) => decompressFrameSync(bytes) }],
  [
    Codec.ZSTD,
    {
      compress: (records) => new Encoder(ZSTD_LEVEL).encodeSync(records),
      decompress: (bytes) => new Decoder().decodeSync(bytes),
    },
  ],
]);

function codecOf(attributes: number): RecordCodec {
  const codec = CODECS.get(attributes & Attributes.CODEC_MASK);
  if (codec === undefined) throw new RangeError(`batch attributes ${attributes} name no codec`);
  return codec;
}

/** The records of a batch, as they were before compression; undefined where they cannot be decompressed. */
export function openRecordsIfWhole(batch: Buffer, attributes: number): Buffer | undefined {
  try {
    return codecOf(attributes).decompress(batch.subarray(BATCH_HEADER_BYTES));
  } catch {
    // Each codec throws errors of its own; a producer may send what it likes, and the CRC holds.
    return undefined;
  }
}

export function packRecords(records: Buffer, attributes: number): Buffer {
  return codecOf(attributes).compress(records);
}

function compressSnappy(records: Buffer): Buffer {
  const block = compressSync(records);
  const length = Buffer.alloc(4);
  length.writeInt32BE(block.length);
  return Buffer.concat([XERIAL_HEADER, length, block]);
}

/** One block as it is (librdkafka), or the stream of snappy-java: a header, then blocks behind their lengths. */
function decompressSnappy(bytes: Buffer): Buffer {
  const isStream = bytes.subarray(0, XERIAL_MAGIC_BYTES).equals(XERIAL_HEADER.subarray(0, XERIAL_MAGIC_BYTES));
  if (!isStream) return Buffer.from(uncompressSync(bytes));
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER.length; at < bytes.length;) {
    const end = at + 4 + bytes.readInt32BE(at);
    blocks.push(Buffer.from(uncompressSync(bytes.subarray(at + 4, end))));
    at = end;
  }
  return Buffer.concat(blocks);
}
