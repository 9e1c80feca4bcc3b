/**
 * Finds a record by its timestamp: the one place where the broker looks into a batch.
 *
 *     record  length VARINT, attributes INT8, timestamp_delta VARLONG, offset_delta VARINT, ...
 *
 * VARINT and VARLONG are zigzag: the lowest bit is the sign.
 */
import { gunzipSync } from 'node:zlib';
import { Attributes, BATCH_HEADER_BYTES, Codec, batchByteLength, readBatchHeader } from './record-batch';

export interface FoundRecord {
  readonly offset: number;
  readonly timestamp: bigint;
}

/** @param bytes whole batches, one behind the other */
export function findTimestamp(bytes: Buffer, timestamp: bigint, minOffset: number): FoundRecord | undefined {
  for (let at = 0; at + BATCH_HEADER_BYTES <= bytes.length; at += batchByteLength(bytes, at)) {
    const batch = bytes.subarray(at, at + batchByteLength(bytes, at));
    const found = findInBatch(batch, timestamp, minOffset);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInBatch(batch: Buffer, timestamp: bigint, minOffset: number): FoundRecord | undefined {
  const header = readBatchHeader(batch, 0);
  const isBefore = header.baseOffset + header.lastOffsetDelta < minOffset;
  if (header.maxTimestamp < timestamp || isBefore) return undefined;
  const records = openRecords(batch, header.attributes);
  if (records === undefined || (header.attributes & Attributes.LOG_APPEND_TIME) !== 0) {
    return { offset: Math.max(header.baseOffset, minOffset), timestamp: header.maxTimestamp };
  }
  let at = 0;
  for (let left = header.recordCount; left > 0; left--) {
    const length = readVarint(records, at);
    const delta = readVarint(records, length.next + 1);
    const offset = header.baseOffset + Number(readVarint(records, delta.next).value);
    const found = { offset, timestamp: header.baseTimestamp + delta.value };
    if (found.timestamp >= timestamp && offset >= minOffset) return found;
    at = length.next + Number(length.value);
  }
  return undefined;
}

function openRecords(batch: Buffer, attributes: number): Buffer | undefined {
  const records = batch.subarray(BATCH_HEADER_BYTES);
  switch (attributes & Attributes.CODEC_MASK) {
    case Codec.NONE:
      return records;
    case Codec.GZIP:
      return gunzipSync(records);
    default:
      return undefined;
  }
}

function readVarint(bytes: Buffer, start: number): { value: bigint; next: number } {
  let value = 0n;
  let next = start;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes.readUInt8(next++);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return { value: (value >> 1n) ^ -(value & 1n), next };
}
