/**
 * Record batches, message format v2, read without an object per record.
 *
 *     RecordBatch => baseOffset INT64, batchLength INT32, partitionLeaderEpoch INT32, magic INT8 (2), crc UINT32,
 *                    attributes INT16, lastOffsetDelta INT32, baseTimestamp INT64, maxTimestamp INT64,
 *                    producerId INT64, producerEpoch INT16, baseSequence INT32, count INT32, [Record]
 *     Record      => length VARINT, attributes INT8, timestampDelta VARLONG, offsetDelta VARINT,
 *                    keyLength VARINT, key, valueLength VARINT, value, headerCount VARINT, [Header]
 *     Header      => nameLength VARINT, name, valueLength VARINT, value
 *
 * Source: kafka.apache.org/documentation/#messageformat (KIP-98, KIP-32).
 */
import { crc32c } from '@node-rs/crc32';
import { PermafrostError } from '../../../shared/errors';
import type { BatchCursor } from '../segment/record';
import { decompressRecords } from './codecs';

const HEADER_BYTES = 61;
const CRC_FROM = 21;

export interface RecordBatch {
  /** the whole batch, header included */
  readonly bytes: Buffer;
  readonly baseOffset: bigint;
  /** inclusive; behind compaction it may be higher than the last record's */
  readonly lastOffset: bigint;
  readonly leaderEpoch: number;
  readonly crc: number;
  readonly codec: number;
  /** all records carry maxTimestamp, the broker's time */
  readonly isLogAppendTime: boolean;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly baseTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  /** records that are really in it */
  readonly count: number;
}

/** The batches of a record set that holds whole ones. */
export function* recordBatches(recordSet: Buffer): Generator<RecordBatch> {
  for (let at = 0; at + HEADER_BYTES <= recordSet.length;) {
    const bytes = recordSet.subarray(at, at + 12 + recordSet.readInt32BE(at + 8));
    yield parseHeader(bytes);
    at += bytes.length;
  }
}

function parseHeader(bytes: Buffer): RecordBatch {
  const attributes = bytes.readInt16BE(21);
  const baseOffset = bytes.readBigInt64BE(0);
  return {
    bytes,
    baseOffset,
    lastOffset: baseOffset + BigInt(bytes.readInt32BE(23)),
    leaderEpoch: bytes.readInt32BE(12),
    crc: bytes.readUInt32BE(17),
    codec: attributes & 0b111,
    isLogAppendTime: (attributes & 0b1000) !== 0,
    isTransactional: (attributes & 0b1_0000) !== 0,
    isControl: (attributes & 0b10_0000) !== 0,
    baseTimestamp: bytes.readBigInt64BE(27),
    maxTimestamp: bytes.readBigInt64BE(35),
    producerId: bytes.readBigInt64BE(43),
    count: bytes.readInt32BE(57),
  };
}

export function crcMatches(batch: RecordBatch): boolean {
  return crc32c(batch.bytes.subarray(CRC_FROM)) === batch.crc;
}

/**
 * Walks the records of one batch after the other; the cursor itself is the current record.
 *
 *     cursor.open(batch);
 *     writer.addBatch(cursor, position);
 *
 * or, record by record:
 *
 *     cursor.open(batch);
 *     cursor.check();
 *     while (cursor.next()) writer.add(cursor);
 */
export class RecordCursor implements BatchCursor {
  bytes: Buffer = Buffer.alloc(0);
  count = 0;
  baseOffset = 0n;
  lastOffset = -1n;
  baseTimestamp = 0n;
  /** of all its records; null when each has its own */
  appendTimestamp: bigint | null = null;
  offset: number | bigint = 0;
  timestamp: number | bigint = -1;
  keyStart = 0;
  keyLength = -1;
  valueStart = 0;
  valueLength = -1;
  headerCount = 0;
  headerSpans = new Int32Array(16);

  #position = 0;
  #left = 0;
  #previousOffset: number | bigint = 0;
  /** the same as without #, as numbers where that is exact */
  #baseOffset: number | bigint = 0;
  #lastOffset: number | bigint = 0;
  #baseTimestamp: number | bigint = 0;
  #appendTimestamp: number | bigint | null = null;

  /** @throws PermafrostError BATCH_DAMAGED when the records cannot be decompressed, KAFKA_REFUSED for an unread codec */
  open(batch: RecordBatch): void {
    const packed = batch.bytes.subarray(HEADER_BYTES);
    try {
      this.bytes = decompressRecords(batch.codec, packed);
    } catch (cause) {
      if (cause instanceof PermafrostError) throw cause;
      throw damaged(batch.baseOffset, cause);
    }
    this.count = batch.count;
    this.baseOffset = batch.baseOffset;
    this.lastOffset = batch.lastOffset;
    this.baseTimestamp = batch.baseTimestamp;
    this.appendTimestamp = batch.isLogAppendTime ? batch.maxTimestamp : null;
    this.#baseOffset = narrow(batch.baseOffset);
    this.#lastOffset = narrow(batch.lastOffset);
    this.#baseTimestamp = narrow(batch.baseTimestamp);
    this.#appendTimestamp = this.appendTimestamp === null ? null : narrow(this.appendTimestamp);
    this.rewind();
  }

  rewind(): void {
    this.seek(0, 0);
  }

  seek(position: number, index: number): void {
    this.#position = position;
    this.#left = this.count - index;
    this.#previousOffset = plus(this.#baseOffset, -1);
  }

  /**
   * Walks the whole batch, so that nothing is made of one whose end is damaged; stands at its front again behind that.
   * @throws PermafrostError BATCH_DAMAGED
   */
  check(): void {
    this.rewind();
    while (this.next());
    this.rewind();
  }

  /**
   * @throws PermafrostError BATCH_DAMAGED when a length points outside of the batch, bytes are left behind the last record, a
   * header has no name, or offsets do not go up within the batch's own
   */
  next(): boolean {
    if (this.#left === 0) {
      if (this.#position !== this.bytes.length) throw damaged(this.baseOffset);
      return false;
    }
    this.#left -= 1;
    const length = this.#varint();
    const end = this.#position + length;
    if (length < 0 || end > this.bytes.length) throw damaged(this.baseOffset);
    this.#position += 1; // attributes: unused in v2
    const timestampDelta = this.#varlong();
    this.timestamp = this.#appendTimestamp ?? plus(this.#baseTimestamp, timestampDelta);
    this.offset = plus(this.#baseOffset, this.#varint());
    if (this.offset <= this.#previousOffset || this.offset > this.#lastOffset) throw damaged(this.baseOffset);
    this.#previousOffset = this.offset;
    this.keyLength = this.#varint();
    this.keyStart = this.#position;
    if (this.keyLength > 0) this.#position += this.keyLength;
    this.valueLength = this.#varint();
    this.valueStart = this.#position;
    if (this.valueLength > 0) this.#position += this.valueLength;
    this.#readHeaders();
    if (this.#position !== end) throw damaged(this.baseOffset);
    return true;
  }

  #readHeaders(): void {
    const count = this.#varint();
    if (count < 0) throw damaged(this.baseOffset);
    this.headerCount = count;
    if (count === 0) return;
    // a header takes two bytes at least: a count that cannot be true is told before memory is taken for it
    if (count * 2 > this.bytes.length - this.#position) throw damaged(this.baseOffset);
    if (this.headerSpans.length < count * 4) this.headerSpans = new Int32Array(count * 8);
    for (let span = 0; span < count * 4; span += 2) {
      const length = this.#varint();
      const isName = span % 4 === 0;
      if (isName && length < 0) throw damaged(this.baseOffset);
      this.headerSpans[span] = this.#position;
      this.headerSpans[span + 1] = length;
      if (length > 0) this.#position += length;
    }
  }

  /** zigzag, 32 bits */
  #varint(): number {
    let byte = this.#byte();
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let shift = 7; ; shift += 7) {
      if (shift > 28) throw damaged(this.baseOffset);
      byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
  }

  /** zigzag, 64 bits: a number up to seven bytes (49 bits), else a bigint */
  #varlong(): number | bigint {
    const start = this.#position;
    let value = 0;
    for (let factor = 1, count = 0; count < 7; count += 1, factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    this.#position = start;
    let wide = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (shift > 63n) throw damaged(this.baseOffset);
      const byte = this.#byte();
      wide |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (BigInt.asUintN(64, wide) >> 1n) ^ -(wide & 1n));
    }
  }

  #byte(): number {
    const byte = this.bytes[this.#position];
    if (byte === undefined) throw damaged(this.baseOffset);
    this.#position += 1;
    return byte;
  }
}

/** An int64 as a number where that is exact. */
function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function plus(base: number | bigint, delta: number | bigint): number | bigint {
  if (typeof base === 'number' && typeof delta === 'number') {
    const sum = base + delta;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return narrow(BigInt.asIntN(64, BigInt(base) + BigInt(delta)));
}

function damaged(baseOffset: bigint, cause?: unknown): PermafrostError {
  return new PermafrostError(
    'BATCH_DAMAGED',
    `The record batch at offset ${baseOffset} cannot be read: its structure does not hold.`,
    { context: { offset: baseOffset.toString() }, cause },
  );
}
