/**
 * Record batches (message format v2, uncompressed) as a producer sends them, built in one buffer without an object per
 * field: millions of them are needed before anything can be measured.
 */
import { crc32c } from '@node-rs/crc32';
import type { OutgoingRecord } from '../../electron/engine/send/producer-port';

const HEADER_BYTES = 61;

export class BatchBuilder {
  readonly #bytes: Buffer;
  #used = HEADER_BYTES;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;

  /** @param batchBytes a batch is whole when it has no room for another record of 2 KiB */
  constructor(batchBytes: number) {
    this.#bytes = Buffer.alloc(Math.max(batchBytes, 4_096) + 2_048);
    this.#limit = batchBytes;
  }

  readonly #limit: number;

  get count(): number {
    return this.#count;
  }

  /** @returns the batch that had no room for the record any more; null when it fitted */
  add(record: OutgoingRecord): Buffer | null {
    const needs = recordBytes(record) + 10;
    const whole = this.#count > 0 && this.#used + needs > this.#limit ? this.take() : null;
    if (this.#count === 0) this.#baseTimestamp = record.timestamp;
    this.#maxTimestamp = Math.max(this.#maxTimestamp, record.timestamp);
    this.#write(record);
    this.#count += 1;
    return whole;
  }

  /** Ends the batch; null when it is empty. */
  take(): Buffer | null {
    if (this.#count === 0) return null;
    const batch = Buffer.from(this.#bytes.subarray(0, this.#used));
    batch.writeInt32BE(batch.length - 12, 8);
    batch.writeInt32BE(-1, 12); // leader epoch: the broker's to set
    batch.writeInt8(2, 16);
    batch.writeInt32BE(this.#count - 1, 23);
    batch.writeBigInt64BE(BigInt(this.#baseTimestamp), 27);
    batch.writeBigInt64BE(BigInt(this.#maxTimestamp), 35);
    batch.writeBigInt64BE(-1n, 43);
    batch.writeInt16BE(-1, 51);
    batch.writeInt32BE(-1, 53);
    batch.writeInt32BE(this.#count, 57);
    batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
    this.#used = HEADER_BYTES;
    this.#count = 0;
    this.#maxTimestamp = 0;
    return batch;
  }

  #write(record: OutgoingRecord): void {
    this.#varint(recordLength(record, record.timestamp - this.#baseTimestamp, this.#count));
    this.#bytes[this.#used++] = 0;
    this.#varint(record.timestamp - this.#baseTimestamp);
    this.#varint(this.#count);
    this.#field(record.key);
    this.#field(record.value);
    this.#varint(record.headers.length);
    for (const [name, value] of record.headers) {
      this.#field(Buffer.from(name));
      this.#field(value);
    }
  }

  #field(bytes: Buffer | null): void {
    this.#varint(bytes === null ? -1 : bytes.length);
    if (bytes === null) return;
    bytes.copy(this.#bytes, this.#used);
    this.#used += bytes.length;
  }

  /** zigzag, of less than 31 bits */
  #varint(value: number): void {
    let left = (value << 1) ^ (value >> 31);
    for (; left >= 0x80; left >>>= 7) this.#bytes[this.#used++] = (left & 0x7f) | 0x80;
    this.#bytes[this.#used++] = left;
  }
}

function recordBytes({ key, value, headers }: OutgoingRecord): number {
  return headers.reduce(
    (sum, [name, content]) => sum + name.length + content.length + 10,
    (key?.length ?? 0) + (value?.length ?? 0) + 20,
  );
}

function recordLength({ key, value, headers }: OutgoingRecord, timestampDelta: number, offsetDelta: number): number {
  let length = 1 + varintBytes(timestampDelta) + varintBytes(offsetDelta);
  length += fieldBytes(key) + fieldBytes(value) + varintBytes(headers.length);
  for (const [name, content] of headers) length += fieldBytes(Buffer.from(name)) + fieldBytes(content);
  return length;
}

function fieldBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintBytes(bytes.length) + bytes.length;
}

function varintBytes(value: number): number {
  let left = (value << 1) ^ (value >> 31);
  let bytes = 1;
  for (; left >= 0x80; left >>>= 7) bytes += 1;
  return bytes;
}
