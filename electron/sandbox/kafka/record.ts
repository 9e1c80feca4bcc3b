/**
 * The records of a batch, of which the broker reads the head only.
 *
 *     record  length VARINT, attributes INT8, timestamp_delta VARLONG, offset_delta VARINT,
 *             key_length VARINT (-1: null), key, value_length VARINT (-1: null), value, headers
 *
 * VARINT and VARLONG are zigzag: the lowest bit is the sign.
 */

export interface RecordView {
  readonly timestampDelta: bigint;
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly isTombstone: boolean;
  /** All of it, length included. */
  readonly bytes: Buffer;
  /** What is behind the timestamp delta. */
  readonly rest: Buffer;
}

/** @param records uncompressed */
export function* readRecords(records: Buffer, count: number): Generator<RecordView> {
  let at = 0;
  for (let left = count; left > 0; left--) {
    const length = readVarint(records, at);
    const end = length.next + Number(length.value);
    const timestamp = readVarint(records, length.next + 1);
    const offset = readVarint(records, timestamp.next);
    const keyLength = readVarint(records, offset.next);
    const keyBytes = Number(keyLength.value);
    const keyEnd = keyLength.next + Math.max(keyBytes, 0);
    yield {
      timestampDelta: timestamp.value,
      offsetDelta: Number(offset.value),
      key: keyBytes < 0 ? null : records.subarray(keyLength.next, keyEnd),
      isTombstone: readVarint(records, keyEnd).value < 0n,
      bytes: records.subarray(at, end),
      rest: records.subarray(timestamp.next, end),
    };
    at = end;
  }
}

/** All of them; undefined where they are not what the header says. */
export function readAllRecords(records: Buffer, count: number): RecordView[] | undefined {
  try {
    return [...readRecords(records, count)];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The record with another timestamp delta, for a batch whose base timestamp was moved. */
export function withTimestampDelta({ bytes, rest }: RecordView, delta: bigint): Buffer {
  const attributesAt = readVarint(bytes, 0).next;
  const head = Buffer.concat([bytes.subarray(attributesAt, attributesAt + 1), varint(delta)]);
  return Buffer.concat([varint(BigInt(head.length + rest.length)), head, rest]);
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

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
