/**
 * An age v1 file (c2sp.org/age), both directions and its sizes: the header (age-header.ts), then the payload in chunks of
 * 64 KiB that open one by one.
 *
 *     header  "age-encryption.org/v1\n", stanzas, "--- " and its HMAC in base64, "\n"
 *     nonce   16 bytes; payload key = HKDF-SHA256(file key, salt nonce, "payload")
 *     chunks  ChaCha20-Poly1305 of up to 65536 bytes; nonce = 11 bytes of counter, 1 byte that is 1 in the last one
 *
 * Own code because libraries open an age file only from its beginning; a reader of archives wants its end and one block.
 */
import { randomBytes } from 'node:crypto';
import { NONCE_BYTES, openInto, seal, TAG_BYTES } from '../keys/chacha20-poly1305';
import type { Identity, Recipient, Stanza } from '../keys/stanza';
import { createHeader, derive, openHeader, stanzaLabel } from './age-header';
import { damaged } from './errors';
import type { RangedSource } from './ranged-source';

export const CHUNK_BYTES = 64 * 1024;

export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
export const PAYLOAD_NONCE_BYTES = 16;

/** Bytes of an age file. @param headerBytes up to and with the header's last line feed */
export function sealedSize(headerBytes: number, plaintextBytes: number): number {
  const chunks = Math.max(1, Math.ceil(plaintextBytes / CHUNK_BYTES));
  return headerBytes + PAYLOAD_NONCE_BYTES + plaintextBytes + chunks * TAG_BYTES;
}

/** Plaintext bytes of an age file, null when no age file has this size. */
export function plaintextSize(headerBytes: number, sealedBytes: number): number | null {
  const payload = sealedBytes - headerBytes - PAYLOAD_NONCE_BYTES;
  if (payload < TAG_BYTES) return null;
  const plaintext = payload - Math.ceil(payload / SEALED_CHUNK_BYTES) * TAG_BYTES;
  return sealedSize(headerBytes, plaintext) === sealedBytes ? plaintext : null;
}

/** Encrypts as bytes arrive; holds at most one chunk of them. */
export class AgeSealer {
  /** header and payload nonce: goes before everything else */
  readonly head: Buffer;
  readonly #key: Buffer;
  readonly #nonce = Buffer.alloc(NONCE_BYTES);
  readonly #pending = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #fill = 0;
  #chunks = 0;

  /** @throws PermafrostError INPUT_INVALID unless there are 1 to 32 recipients */
  constructor(recipients: readonly Recipient[]) {
    const { fileKey, header } = createHeader(recipients);
    const nonce = randomBytes(PAYLOAD_NONCE_BYTES);
    this.head = Buffer.concat([header, nonce]);
    this.#key = derive(fileKey, nonce, 'payload');
  }

  /** Takes plaintext; the sealed chunks that became whole. */
  push(bytes: Buffer): Buffer[] {
    const sealed: Buffer[] = [];
    let at = 0;
    // strictly more than fits: a chunk is sealed only when something follows, since the last one is marked
    while (bytes.length - at > CHUNK_BYTES - this.#fill) {
      const take = CHUNK_BYTES - this.#fill;
      const part = bytes.subarray(at, at + take);
      if (this.#fill > 0) part.copy(this.#pending, this.#fill);
      sealed.push(this.#seal(this.#fill > 0 ? this.#pending : part, false));
      at += take;
      this.#fill = 0;
    }
    this.#fill += bytes.copy(this.#pending, this.#fill, at);
    return sealed;
  }

  /** The last chunk. */
  finish(): Buffer {
    return this.#seal(this.#pending.subarray(0, this.#fill), true);
  }

  #seal(chunk: Buffer, isLast: boolean): Buffer {
    setChunkNonce(this.#nonce, this.#chunks++, isLast);
    return seal(this.#key, this.#nonce, chunk);
  }
}

/** The plaintext of an age file, read in ranges. Its size is proven: the last chunk was opened as such. */
export class AgeSource implements RangedSource {
  readonly size: number;
  /** what the header shows of its recipients, see `stanzaLabel` */
  readonly recipients: readonly string[];
  readonly #source: RangedSource;
  readonly #payloadStart: number;
  readonly #key: Buffer;
  /** the last two chunks: the end is always asked for, and seldom within one */
  readonly #tail: Buffer;
  readonly #tailStart: number;

  private constructor(parts: {
    source: RangedSource;
    stanzas: readonly Stanza[];
    payloadStart: number;
    key: Buffer;
    size: number;
    tail: Buffer;
  }) {
    this.#source = parts.source;
    this.recipients = parts.stanzas.map(stanzaLabel);
    this.#payloadStart = parts.payloadStart;
    this.#key = parts.key;
    this.size = parts.size;
    this.#tail = parts.tail;
    this.#tailStart = parts.size - parts.tail.length;
  }

  /** @throws PermafrostError KEY_MISSING, KEY_WRONG (context.wanted: see `stanzaLabel`), ARCHIVE_DAMAGED */
  static async open(source: RangedSource, identities: readonly Identity[]): Promise<AgeSource> {
    const { fileKey, headerBytes, stanzas, head } = await openHeader(source, identities);
    const size = plaintextSize(headerBytes, source.size);
    if (size === null) throw damaged('it is cut off');
    const payloadStart = headerBytes + PAYLOAD_NONCE_BYTES;
    const nonce = await rangeOf(source, head, headerBytes, payloadStart);
    const key = derive(fileKey, nonce, 'payload');
    const lastIndex = Math.max(0, Math.ceil(size / CHUNK_BYTES) - 1);
    const tailIndex = Math.max(0, lastIndex - 1);
    const sealed = await rangeOf(source, head, payloadStart + tailIndex * SEALED_CHUNK_BYTES, source.size);
    const tail = openChunks(sealed, key, tailIndex, lastIndex);
    return new AgeSource({ source, stanzas, payloadStart, key, size, tail });
  }

  async read(start: number, end: number): Promise<Buffer> {
    if (start >= this.#tailStart) return this.#tail.subarray(start - this.#tailStart, end - this.#tailStart);
    const first = Math.floor(start / CHUNK_BYTES);
    const next = Math.ceil(Math.min(end, this.#tailStart) / CHUNK_BYTES);
    const sealed = await this.#source.read(
      this.#payloadStart + first * SEALED_CHUNK_BYTES,
      this.#payloadStart + next * SEALED_CHUNK_BYTES,
    );
    const plain = openChunks(sealed, this.#key, first, null);
    const wanted = plain.subarray(start - first * CHUNK_BYTES, end - first * CHUNK_BYTES);
    if (end <= this.#tailStart) return wanted;
    return Buffer.concat([wanted, this.#tail.subarray(0, end - this.#tailStart)]);
  }
}

/** A range that may lie within what was read already. */
function rangeOf(source: RangedSource, head: Buffer, start: number, end: number): Promise<Buffer> {
  return end <= head.length ? Promise.resolve(head.subarray(start, end)) : source.read(start, end);
}

/** Opens whole chunks that lie one after the other. @param lastIndex of the file's last chunk, null when it is not here */
function openChunks(sealed: Buffer, key: Buffer, firstIndex: number, lastIndex: number | null): Buffer {
  const count = Math.ceil(sealed.length / SEALED_CHUNK_BYTES);
  const plain = Buffer.allocUnsafeSlow(sealed.length - count * TAG_BYTES);
  const nonce = Buffer.alloc(NONCE_BYTES);
  for (let at = count - 1; at >= 0; at -= 1) {
    const index = firstIndex + at;
    const target = plain.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES);
    setChunkNonce(nonce, index, index === lastIndex);
    if (openInto(target, key, nonce, sealed.subarray(at * SEALED_CHUNK_BYTES, (at + 1) * SEALED_CHUNK_BYTES))) continue;
    const what =
      index === lastIndex ? 'it is cut off, or its end was changed' : `its encrypted chunk ${index} was changed`;
    throw damaged(what, { chunk: index });
  }
  return plain;
}

/** @param isLast of the file's last chunk */
export function setChunkNonce(nonce: Buffer, index: number, isLast: boolean): void {
  nonce.writeUIntBE(index, 5, 6);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
}
