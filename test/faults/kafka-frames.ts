/**
 * As much of the Kafka protocol as a proxy has to understand.
 *
 *     frame            size INT32, message
 *     request header   api_key INT16, api_version INT16, correlation_id INT32, client_id NULLABLE_STRING, TAGS
 *     response header  correlation_id INT32, TAGS (in flexible versions; never for ApiVersions)
 */

export const ApiKey = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
  ApiVersions: 18,
} as const;

export interface KafkaRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
}

const HEADER_BYTES = 8;

/** Cuts a byte stream into frames, each with its size in front. */
export class FrameCutter {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @returns the frames that are whole now */
  push(piece: Buffer): Buffer[] {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    const frames: Buffer[] = [];
    for (let size = this.#nextSize(); size !== null && this.#bytes >= size; size = this.#nextSize()) {
      const all = this.#joined();
      frames.push(all.subarray(0, size));
      this.#pieces = [all.subarray(size)];
      this.#bytes -= size;
    }
    return frames;
  }

  /** of the frame that comes next, its size field counted */
  #nextSize(): number | null {
    if (this.#bytes < 4) return null;
    const first = this.#pieces[0];
    return 4 + (first !== undefined && first.length >= 4 ? first : this.#joined()).readInt32BE(0);
  }

  #joined(): Buffer {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}

export function readRequest(frame: Buffer): KafkaRequest {
  if (frame.length < 4 + HEADER_BYTES) throw new Error(`a request of ${frame.length} bytes`);
  return { apiKey: frame.readInt16BE(4), apiVersion: frame.readInt16BE(6), correlationId: frame.readInt32BE(8) };
}

export function correlationIdOf(response: Buffer): number {
  return response.readInt32BE(4);
}

/** What a broker answers with nothing but this correlation id, and without effect: ApiVersions, v0. */
export function harmlessRequest(correlationId: number): Buffer {
  const frame = Buffer.alloc(14);
  frame.writeInt32BE(10, 0);
  frame.writeInt16BE(ApiKey.ApiVersions, 4);
  frame.writeInt16BE(0, 6);
  frame.writeInt32BE(correlationId, 8);
  frame.writeInt16BE(-1, 12);
  return frame;
}

export function buildResponse(correlationId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + body.length, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
}

/** Reads a message from front to back. In flexible versions strings and arrays are compact, and structs end in tags. */
export class FrameReader {
  readonly #frame: Buffer;
  readonly #isFlexible: boolean;
  at: number;

  constructor(frame: Buffer, at: number, isFlexible: boolean) {
    this.#frame = frame;
    this.at = at;
    this.#isFlexible = isFlexible;
  }

  int16(): number {
    return this.#frame.readInt16BE((this.at += 2) - 2);
  }

  int32(): number {
    return this.#frame.readInt32BE((this.at += 4) - 4);
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /** null for a null one */
  string(): string | null {
    const length = this.#isFlexible ? this.#uvarint() - 1 : this.int16();
    if (length < 0) return null;
    const text = this.#frame.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }

  arrayLength(): number {
    return this.#isFlexible ? this.#uvarint() - 1 : this.int32();
  }

  tags(): void {
    if (!this.#isFlexible) return;
    for (let count = this.#uvarint(); count > 0; count -= 1) {
      this.#uvarint();
      this.skip(this.#uvarint());
    }
  }

  #uvarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#frame.readUInt8(this.at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
}

/** A string's bytes on the wire; a compact one has at most 126 bytes here, so that its length takes one. */
export function encodeString(text: string, isFlexible: boolean): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(isFlexible ? 1 : 2);
  if (!isFlexible) length.writeInt16BE(bytes.length);
  else if (bytes.length <= 126) length.writeUInt8(bytes.length + 1);
  else throw new Error(`a host name of ${bytes.length} bytes`);
  return Buffer.concat([length, bytes]);
}
