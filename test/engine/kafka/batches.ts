/** Builds record batches by hand, as a producer would, for tests that need a log of a certain shape. */
import { gzipSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';

export interface TestRecord {
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [Buffer, Buffer | null])[];
  readonly timestampDelta?: bigint;
  readonly offsetDelta?: number;
}

export interface TestBatch {
  readonly baseOffset: bigint;
  readonly records: readonly TestRecord[];
  readonly baseTimestamp?: bigint;
  readonly maxTimestamp?: bigint;
  readonly lastOffsetDelta?: number;
  readonly attributes?: number;
  readonly producerId?: bigint;
  /** 7 unless told */
  readonly leaderEpoch?: number;
  readonly isGzipped?: boolean;
}

export function encodeBatch(batch: TestBatch): Buffer {
  const records = Buffer.concat(batch.records.map((record, index) => encodeRecord(record, index)));
  const body = batch.isGzipped ? gzipSync(records) : records;
  const bytes = Buffer.alloc(61 + body.length);
  bytes.writeBigInt64BE(batch.baseOffset, 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt32BE(batch.leaderEpoch ?? 7, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE((batch.attributes ?? 0) | (batch.isGzipped ? 1 : 0), 21);
  bytes.writeInt32BE(batch.lastOffsetDelta ?? batch.records.length - 1, 23);
  bytes.writeBigInt64BE(batch.baseTimestamp ?? 0n, 27);
  bytes.writeBigInt64BE(batch.maxTimestamp ?? batch.baseTimestamp ?? 0n, 35);
  bytes.writeBigInt64BE(batch.producerId ?? -1n, 43);
  bytes.writeInt16BE(-1, 51);
  bytes.writeInt32BE(-1, 53);
  bytes.writeInt32BE(batch.records.length, 57);
  body.copy(bytes, 61);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

function encodeRecord(record: TestRecord, index: number): Buffer {
  const { key = null, value = null, headers = [] } = record;
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(record.timestampDelta ?? 0n),
    varint(BigInt(record.offsetDelta ?? index)),
    field(key),
    field(value),
    varint(BigInt(headers.length)),
    ...headers.flatMap(([name, content]) => [field(name), field(content)]),
  ]);
  return Buffer.concat([varint(BigInt(body.length)), body]);
}

function field(bytes: Buffer | null): Buffer {
  return bytes === null ? varint(-1n) : Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

/** zigzag */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)); ; left >>= 7n) {
    if (left < 0x80n) return Buffer.from([...bytes, Number(left)]);
    bytes.push(Number(left & 0x7fn) | 0x80);
  }
}
