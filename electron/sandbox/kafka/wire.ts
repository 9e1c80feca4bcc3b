/**
 * The primitives of Kafka's wire protocol, both directions side by side.
 *
 *     INT8 INT16 INT32 INT64   big-endian, signed        BOOLEAN   INT8, 0 is false
 *     UVARINT                  7 bits a byte, low first  UUID      16 bytes
 *
 *                        classic                          flexible (KIP-482)
 *     STRING             INT16 length, UTF-8              UVARINT length + 1, UTF-8
 *     NULLABLE_STRING    length -1 is null                length 0 is null
 *     BYTES              INT32 length, bytes              UVARINT length + 1, bytes
 *     ARRAY              INT32 count, elements            UVARINT count + 1, elements
 *     TAGS               nothing                          UVARINT count, (UVARINT tag, UVARINT size, bytes)*
 *
 * A reader or writer is of one kind for its whole message, so a codec calls `string()` and gets the right form.
 * INT64 is read as a number: offsets and producer ids of a sandbox stay far below 2^53. What may not be rounded
 * (timestamps) is read with `bigint64()`.
 */

/** A request that does not follow the grammar. The connection it came on is closed. */
export class MalformedRequest extends Error {}

const MAX_INT32 = 0x7fffffff;

export class Reader {
  readonly flexible: boolean;
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer, flexible: boolean) {
    this.#bytes = bytes;
    this.flexible = flexible;
  }

  /** Moves past `size` bytes and returns where they begin. */
  #take(size: number): number {
    const start = this.#position;
    if (size < 0 || size > this.#bytes.length - start) {
      throw new MalformedRequest(`${size} bytes wanted at ${start} of ${this.#bytes.length}`);
    }
    this.#position = start + size;
    return start;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  int64(): number {
    return Number(this.bigint64());
  }

  bigint64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#take(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new MalformedRequest('a varint of more than five bytes');
  }

  /** Topic ids travel as 16 bytes and are named as Kafka prints them: base64url without padding. */
  uuid(): string {
    const start = this.#take(16);
    return this.#bytes.toString('base64url', start, start + 16);
  }

  nullableString(): string | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int16();
    return this.#text(length);
  }

  string(): string {
    return this.nullableString() ?? fail('a null where a string must be');
  }

  /** The one string that is never compact: the client id of the request header. */
  classicNullableString(): string | null {
    return this.#text(this.int16());
  }

  #text(length: number): string | null {
    if (length === -1) return null;
    const start = this.#take(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** A view, not a copy. */
  nullableBytes(): Buffer | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int32();
    if (length === -1) return null;
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  bytes(): Buffer {
    return this.nullableBytes() ?? fail('a null where bytes must be');
  }

  nullableArray<T>(element: () => T): T[] | null {
    const count = this.flexible ? this.uvarint() - 1 : this.int32();
    if (count === -1) return null;
    // Every element takes a byte at least: a count beyond that is an attempt to exhaust memory.
    if (count < 0 || count > this.#bytes.length - this.#position) throw new MalformedRequest(`array of ${count}`);
    return Array.from({ length: count }, element);
  }

  array<T>(element: () => T): T[] {
    return this.nullableArray(element) ?? fail('a null where an array must be');
  }

  /** Skips tagged fields: no request served here has one that changes its answer. */
  tags(): void {
    if (!this.flexible) return;
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint();
      this.#take(this.uvarint());
    }
  }
}

function fail(message: string): never {
  throw new MalformedRequest(message);
}

/** Builds a message as a list of buffers, so that record sets are sent without being copied. */
export class Writer {
  readonly flexible: boolean;
  readonly #parts: Buffer[] = [];
  #partsBytes = 0;
  #current: Buffer;
  #start = 0;
  #position = 0;

  constructor(flexible: boolean, capacity = 256) {
    this.flexible = flexible;
    this.#current = Buffer.allocUnsafe(capacity);
  }

  #reserve(size: number): number {
    if (this.#position + size > this.#current.length) this.#grow(size);
    const at = this.#position;
    this.#position += size;
    return at;
  }

  #grow(size: number): void {
    const written = this.#position - this.#start;
    const larger = Buffer.allocUnsafe(Math.max(written + size, 2 * this.#current.length));
    this.#current.copy(larger, 0, this.#start, this.#position);
    this.#current = larger;
    this.#start = 0;
    this.#position = written;
  }

  int8(value: number): void {
    const at = this.#reserve(1);
    this.#current.writeInt8(value, at);
  }

  int16(value: number): void {
    const at = this.#reserve(2);
    this.#current.writeInt16BE(value, at);
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    this.#current.writeInt32BE(value, at);
  }

  int64(value: number): void {
    this.bigint64(BigInt(value));
  }

  bigint64(value: bigint): void {
    const at = this.#reserve(8);
    this.#current.writeBigInt64BE(value, at);
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  uvarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      const at = this.#reserve(1);
      this.#current.writeUInt8((rest & 0x7f) | 0x80, at);
      rest = Math.floor(rest / 128);
    }
    const at = this.#reserve(1);
    this.#current.writeUInt8(rest, at);
  }

  uuid(id: string): void {
    const at = this.#reserve(16);
    this.#current.fill(0, at, at + 16);
    this.#current.write(id, at, 16, 'base64url');
  }

  nullableString(value: string | null): void {
    const length = value === null ? -1 : Buffer.byteLength(value);
    if (this.flexible) this.uvarint(length + 1);
    else this.int16(length);
    if (value === null) return;
    const at = this.#reserve(length);
    this.#current.write(value, at, length, 'utf8');
  }

  string(value: string): void {
    this.nullableString(value);
  }

  bytes(value: Buffer): void {
    this.#bytesLength(value.length);
    const at = this.#reserve(value.length);
    value.copy(this.#current, at);
  }

  /** BYTES made of several buffers, which must not change until they are sent. */
  bytesByReference(chunks: readonly Buffer[]): void {
    this.#bytesLength(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    for (const chunk of chunks) {
      this.#cut();
      this.#parts.push(chunk);
      this.#partsBytes += chunk.length;
    }
  }

  #bytesLength(length: number): void {
    if (this.flexible) this.uvarint(length + 1);
    else this.int32(length);
  }

  nullableArray<T>(values: readonly T[] | null, element: (value: T) => void): void {
    const count = values === null ? -1 : values.length;
    if (this.flexible) this.uvarint(count + 1);
    else this.int32(count);
    values?.forEach((value) => element(value));
  }

  array<T>(values: readonly T[], element: (value: T) => void): void {
    this.nullableArray(values, element);
  }

  /** An empty set of tagged fields. */
  tags(): void {
    if (this.flexible) this.uvarint(0);
  }

  #cut(): void {
    if (this.#position === this.#start) return;
    const part = this.#current.subarray(this.#start, this.#position);
    this.#parts.push(part);
    this.#partsBytes += part.length;
    this.#start = this.#position;
  }

  /** The message so far. Nothing may be written afterwards. */
  finish(): { readonly parts: readonly Buffer[]; readonly byteLength: number } {
    this.#cut();
    if (this.#partsBytes > MAX_INT32) throw new RangeError(`an answer of ${this.#partsBytes} bytes has no frame`);
    return { parts: this.#parts, byteLength: this.#partsBytes };
  }
}
