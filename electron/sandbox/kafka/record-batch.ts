/**
 * The header of a record batch, message format v2: all this broker ever reads of the messages it keeps.
 *
 *     baseOffset            INT64   at 0    set by the broker
 *     batchLength           INT32   at 8    bytes behind this field
 *     partitionLeaderEpoch  INT32   at 12   set by the broker
 *     magic                 INT8    at 16   2
 *     crc                   UINT32  at 17   CRC-32C of everything behind this field: not of the fields the broker sets
 *     attributes            INT16   at 21   bits 0-2 codec, 3 log append time, 4 transactional, 5 control,
 *                                   6 delete horizon: baseTimestamp says when its tombstones may go (KIP-534)
 *     lastOffsetDelta       INT32   at 23
 *     baseTimestamp         INT64   at 27
 *     maxTimestamp          INT64   at 35
 *     producerId            INT64   at 43   -1 for none
 *     producerEpoch         INT16   at 51
 *     baseSequence          INT32   at 53
 *     recordCount           INT32   at 57
 *     records                       at 61   compressed as a whole
 */
import { crc32c } from '@node-rs/crc32';
import { ErrorCode } from './error-codes';

export const BATCH_HEADER_BYTES = 61;
/** Bytes before what batchLength counts. */
const LENGTH_OVERHEAD = 12;
const CRC_COVERS_FROM = 21;
const MAGIC_V2 = 2;
const HIGHEST_CODEC = 4;

export const Attributes = {
  CODEC_MASK: 0x07,
  LOG_APPEND_TIME: 0x08,
  TRANSACTIONAL: 0x10,
  CONTROL: 0x20,
  DELETE_HORIZON: 0x40,
} as const;
export const Codec = { NONE: 0, GZIP: 1, SNAPPY: 2, LZ4: 3, ZSTD: 4 } as const;

export interface BatchHeader {
  readonly baseOffset: number;
  /** Of the whole batch, header included. */
  readonly byteLength: number;
  readonly leaderEpoch: number;
  readonly magic: number;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Reads the header at `at`. There must be BATCH_HEADER_BYTES from there on. */
export function readBatchHeader(bytes: Buffer, at: number): BatchHeader {
  return {
    baseOffset: batchBaseOffset(bytes, at),
    byteLength: batchByteLength(bytes, at),
    leaderEpoch: bytes.readInt32BE(at + 12),
    magic: bytes.readInt8(at + 16),
    attributes: bytes.readInt16BE(at + 21),
    lastOffsetDelta: bytes.readInt32BE(at + 23),
    baseTimestamp: bytes.readBigInt64BE(at + 27),
    maxTimestamp: bytes.readBigInt64BE(at + 35),
    producerId: Number(bytes.readBigInt64BE(at + 43)),
    producerEpoch: bytes.readInt16BE(at + 51),
    baseSequence: bytes.readInt32BE(at + 53),
    recordCount: bytes.readInt32BE(at + 57),
  };
}

/** Length of the batch at `at`, of which the first 12 bytes must be there. */
export function batchByteLength(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at + 8) + LENGTH_OVERHEAD;
}

/** First offset behind the batch at `at`, of which the first 27 bytes must be there. */
export function batchNextOffset(bytes: Buffer, at: number): number {
  return batchBaseOffset(bytes, at) + bytes.readInt32BE(at + 23) + 1;
}

/** Of the batch at `at`, of which the first 8 bytes must be there. */
export function batchBaseOffset(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x100000000 + bytes.readUInt32BE(at + 4);
}

export function isCrcRight(batch: Buffer): boolean {
  return crc32c(batch.subarray(CRC_COVERS_FROM)) === batch.readUInt32BE(17);
}

/** Whether a whole, undamaged batch that may follow `minOffset` begins at `at`. */
export function isWholeBatch(bytes: Buffer, at: number, minOffset: number): boolean {
  if (bytes.length - at < BATCH_HEADER_BYTES || bytes.readInt8(at + 16) !== MAGIC_V2) return false;
  const byteLength = batchByteLength(bytes, at);
  if (byteLength < BATCH_HEADER_BYTES || byteLength > bytes.length - at) return false;
  return batchBaseOffset(bytes, at) >= minOffset && isCrcRight(bytes.subarray(at, at + byteLength));
}

export type ProducedBatch =
  | { readonly kind: 'batch'; readonly header: BatchHeader }
  | { readonly kind: 'refused'; readonly errorCode: ErrorCode; readonly message: string };

/** Judges what a producer sent for one partition: exactly one batch of format v2 whose CRC holds. */
export function inspectProducedBatch(bytes: Buffer, maxBytes: number): ProducedBatch {
  if (bytes.length > 16 && bytes.readInt8(16) !== MAGIC_V2) {
    return refused(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT, 'only message format v2 is kept here');
  }
  if (bytes.length < BATCH_HEADER_BYTES) return refused(ErrorCode.CORRUPT_MESSAGE, 'shorter than a batch header');
  if (bytes.length > maxBytes) return refused(ErrorCode.MESSAGE_TOO_LARGE, `larger than max.message.bytes ${maxBytes}`);
  const header = readBatchHeader(bytes, 0);
  if (header.byteLength < bytes.length && header.byteLength >= BATCH_HEADER_BYTES) {
    return refused(ErrorCode.INVALID_RECORD, 'more than one batch for a partition');
  }
  if (header.byteLength !== bytes.length || !isCrcRight(bytes)) {
    return refused(ErrorCode.CORRUPT_MESSAGE, 'length or CRC does not hold');
  }
  if (header.recordCount < 1 || header.lastOffsetDelta !== header.recordCount - 1) {
    return refused(ErrorCode.INVALID_RECORD, 'record count and last offset delta contradict each other');
  }
  if ((header.attributes & Attributes.CODEC_MASK) > HIGHEST_CODEC) {
    return refused(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, 'unknown codec');
  }
  if ((header.attributes & Attributes.CONTROL) !== 0) return refused(ErrorCode.INVALID_RECORD, 'a control batch');
  if ((header.attributes & Attributes.TRANSACTIONAL) !== 0 && header.producerId < 0) {
    return refused(ErrorCode.INVALID_RECORD, 'a transactional batch without a producer id');
  }
  return { kind: 'batch', header };
}

function refused(errorCode: ErrorCode, message: string): ProducedBatch {
  return { kind: 'refused', errorCode, message };
}

/** Writes the two fields that are the broker's into a batch, in place. */
export function stampBatch(batch: Buffer, baseOffset: number, leaderEpoch: number): void {
  batch.writeBigInt64BE(BigInt(baseOffset), 0);
  batch.writeInt32BE(leaderEpoch, 12);
}

/** Makes it a batch whose records all have the time of its arrival, in place. @returns its header as it is now */
export function stampAppendTime(batch: Buffer, header: BatchHeader, nowMs: number): BatchHeader {
  const stamped = {
    ...header,
    attributes: header.attributes | Attributes.LOG_APPEND_TIME,
    maxTimestamp: BigInt(nowMs),
  };
  sealBatch(batch, stamped);
  return stamped;
}

/** A batch of these records, with a header that keeps its offsets. */
export function buildBatch(header: BatchHeader, records: Buffer): Buffer {
  const batch = Buffer.alloc(BATCH_HEADER_BYTES + records.length);
  records.copy(batch, BATCH_HEADER_BYTES);
  batch.writeBigInt64BE(BigInt(header.baseOffset), 0);
  batch.writeInt32BE(header.leaderEpoch, 12);
  return sealBatch(batch, header);
}

/** Writes everything but the broker's two fields into the header of a batch whose records are there, in place. */
export function sealBatch(
  batch: Buffer,
  header: Omit<BatchHeader, 'baseOffset' | 'byteLength' | 'leaderEpoch' | 'magic'>,
): Buffer {
  batch.writeInt32BE(batch.length - LENGTH_OVERHEAD, 8);
  batch.writeInt8(MAGIC_V2, 16);
  batch.writeInt16BE(header.attributes, 21);
  batch.writeInt32BE(header.lastOffsetDelta, 23);
  batch.writeBigInt64BE(header.baseTimestamp, 27);
  batch.writeBigInt64BE(header.maxTimestamp, 35);
  batch.writeBigInt64BE(BigInt(header.producerId), 43);
  batch.writeInt16BE(header.producerEpoch, 51);
  batch.writeInt32BE(header.baseSequence, 53);
  batch.writeInt32BE(header.recordCount, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(CRC_COVERS_FROM)), 17);
  return batch;
}
