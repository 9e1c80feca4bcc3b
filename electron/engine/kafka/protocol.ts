/** Requests that kafkajs cannot send itself, written and read by hand. Source: kafka.apache.org/protocol */
import { PermafrostError } from '../../../shared/errors';
import { encodedRequest } from './kafkajs';
import type { Broker } from './kafkajs-types';

export interface HandmadeRequest<Answer> {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  /** what follows the request header's client id: a flexible version begins with its header tags */
  readonly body: Buffer;
  /** what follows the response's correlation id: a flexible version begins with its header tags */
  readonly decode: (raw: ProtocolReader) => Answer;
}

/** @throws PermafrostError KAFKA_REFUSED when the broker does not offer the version */
export function sendHandmade<Answer>(broker: Broker, request: HandmadeRequest<Answer>): Promise<Answer> {
  const { apiKey, apiVersion, apiName, body, decode } = request;
  const offered = broker.versions === null ? undefined : broker.versions[apiKey];
  if (offered === undefined || offered.maxVersion < apiVersion) {
    throw new PermafrostError(
      'KAFKA_REFUSED',
      `The broker is too old: it does not speak ${apiName} version ${apiVersion}. Kafka 2.8 or newer is needed.`,
    );
  }
  return broker.connectionPool.send({
    request: { apiKey, apiVersion, apiName, encode: () => Promise.resolve(encodedRequest(body)) },
    response: {
      decode: (raw: Buffer) => Promise.resolve(raw),
      parse: (raw: Buffer) => Promise.resolve(decode(new ProtocolReader(raw, apiName))),
    },
  });
}

export function unsignedVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 0x80) return Buffer.from([...bytes, left]);
    bytes.push((left & 0x7f) | 0x80);
  }
}

export function compactString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([unsignedVarint(bytes.length + 1), bytes]);
}

export function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function int32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeInt32BE(value, 4 * index));
  return bytes;
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

export class ProtocolReader {
  readonly #raw: Buffer;
  readonly #what: string;
  #at = 0;

  constructor(raw: Buffer, what: string) {
    this.#raw = raw;
    this.#what = what;
  }

  skip(length: number): void {
    this.bytes(length);
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#raw.length) throw new RangeError(`The ${this.#what} response is cut off`);
    this.#at += length;
    return this.#raw.subarray(this.#at - length, this.#at);
  }

  int8(): number {
    return this.bytes(1).readInt8(0);
  }

  int16(): number {
    return this.bytes(2).readInt16BE(0);
  }

  int32(): number {
    return this.bytes(4).readInt32BE(0);
  }

  int64(): bigint {
    return this.bytes(8).readBigInt64BE(0);
  }

  string(): string {
    return this.bytes(this.int16()).toString('utf8');
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.bytes(length).toString('utf8');
  }

  unsignedVarint(): number {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.bytes(1).readUInt8(0);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  compactString(): string | null {
    const length = this.unsignedVarint() - 1;
    return length < 0 ? null : this.bytes(length).toString('utf8');
  }

  array<Item>(item: () => Item): Item[] {
    return Array.from({ length: Math.max(0, this.int32()) }, item);
  }

  compactArray<Item>(item: () => Item): Item[] {
    return Array.from({ length: Math.max(0, this.unsignedVarint() - 1) }, item);
  }

  skipTags(): void {
    for (let tags = this.unsignedVarint(); tags > 0; tags -= 1) {
      this.unsignedVarint();
      this.skip(this.unsignedVarint());
    }
  }
}
