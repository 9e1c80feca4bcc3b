/** The codecs that producers compress record batches with. */
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { Decoder } from '@toondepauw/node-zstd';
import type * as Lz4 from 'lz4-napi';
import type * as Snappy from 'snappy';
import { PermafrostError } from '../../../shared/errors';

/** Few producers use them, and they take a while to load: at the first batch that wants one. */
const load = createRequire(import.meta.url);
const lz4 = (): typeof Lz4 => load('lz4-napi') as typeof Lz4;
const snappy = (): typeof Snappy => load('snappy') as typeof Snappy;

const zstd = new Decoder();

/** By attribute bits 0 to 2 of a record batch. Source: kafka.apache.org/documentation/#recordbatch */
const DECOMPRESSORS: readonly ((bytes: Buffer) => Buffer)[] = [
  (bytes) => bytes,
  (bytes) => gunzipSync(bytes),
  decompressSnappy,
  (bytes) => lz4().decompressFrameSync(bytes),
  (bytes) => zstd.decodeSync(bytes),
];

/**
 * Decompresses the records of a batch.
 * @throws PermafrostError KAFKA_REFUSED for a codec that Kafka does not define; whatever the codec throws for bad bytes
 */
export function decompressRecords(codec: number, bytes: Buffer): Buffer {
  const decompress = DECOMPRESSORS[codec];
  if (decompress !== undefined) return decompress(bytes);
  throw new PermafrostError(
    'KAFKA_REFUSED',
    `A producer compressed its messages with codec number ${codec}, which Kafka does not define. Look at that producer.`,
    { context: { codec } },
  );
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** magic, version and lowest compatible version */
const XERIAL_HEADER_BYTES = 16;

/**
 * Snappy comes in two framings: one block as it is (librdkafka, Go), or the stream of snappy-java (Java, Python):
 * a header, then blocks, each behind its length as INT32. Source: github.com/xerial/snappy-java, SnappyOutputStream.
 */
function decompressSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return uncompressed(bytes);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length;) {
    const end = at + 4 + bytes.readInt32BE(at);
    if (end <= at + 4 || end > bytes.length) throw new RangeError('A snappy block points outside of its batch');
    blocks.push(uncompressed(bytes.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat(blocks);
}

function uncompressed(block: Buffer): Buffer {
  const bytes = snappy().uncompressSync(block);
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
}
