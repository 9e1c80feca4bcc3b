/** Record batches of ours, message format v2, ready to be produced. The layout is record-batch.ts's. */
import { crc32c } from '@node-rs/crc32';
import { Encoder } from '@toondepauw/node-zstd';
import { BATCH_HEADER_BYTES } from '../segment/record';
import type { RecordRun } from '../segment/record-runs';

/** Who sends a batch, and the how-many-eth record of that producer in that partition its first one is. */
export interface ProducedBy {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly sequence: number;
}

export type BatchCompression = 'none' | 'zstd';

const MAGIC = 2;
const CRC_FROM = 21;
/** base offset and batch length, which the length itself does not count */
const LOG_OVERHEAD = 12;
const ZSTD = 4;
const TRANSACTIONAL = 0b1_0000;
/** ours to compress lightly: Kafka may compress again */
const ZSTD_LEVEL = 1;

const encoder = new Encoder(ZSTD_LEVEL);

/** A run that is ready to be sent. */
export type PackedRun = RecordRun & { readonly compression: BatchCompression };

/** The run with its records compressed; itself where that saves nothing. */
export async function compressed(run: RecordRun): Promise<PackedRun> {
  const packed = await encoder.encode(run.bytes.subarray(BATCH_HEADER_BYTES));
  if (packed.length >= run.bytes.length - BATCH_HEADER_BYTES) return { ...run, compression: 'none' };
  return { ...run, bytes: Buffer.concat([Buffer.alloc(BATCH_HEADER_BYTES), packed]), compression: 'zstd' };
}

/** Fills the header in front of a run's records: its bytes are then one batch of a transaction. @returns its bytes */
export function sealBatch(run: PackedRun, { producerId, producerEpoch, sequence }: ProducedBy): Buffer {
  const { bytes, records, baseTimestamp, maxTimestamp } = run;
  bytes.writeBigInt64BE(0n, 0); // base offset: Kafka's to give
  bytes.writeInt32BE(bytes.length - LOG_OVERHEAD, 8);
  bytes.writeInt32BE(-1, 12); // leader epoch: Kafka's too
  bytes.writeInt8(MAGIC, 16);
  bytes.writeInt16BE(TRANSACTIONAL | (run.compression === 'zstd' ? ZSTD : 0), CRC_FROM);
  bytes.writeInt32BE(records - 1, 23);
  bytes.writeBigInt64BE(baseTimestamp, 27);
  bytes.writeBigInt64BE(maxTimestamp, 35);
  bytes.writeBigInt64BE(producerId, 43);
  bytes.writeInt16BE(producerEpoch, 51);
  bytes.writeInt32BE(sequence, 53);
  bytes.writeInt32BE(records, 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(CRC_FROM)), 17);
  return bytes;
}
