/**
 * The age v1 format (c2sp.org/age), both directions and its sizes: a text header with the file key wrapped for each
 * recipient, then the payload in chunks of 64 KiB that open one by one.
 *
 *     header  "age-encryption.org/v1\n", stanzas, "--- " and its HMAC in base64, "\n"
 *     nonce   16 bytes; payload key = HKDF-SHA256(file key, salt nonce, "payload")
 *     chunks  ChaCha20-Poly1305 of up to 65536 bytes; nonce = 11 bytes of counter, 1 byte that is 1 in the last one
 *
 * Own code because libraries open an age file only from its beginning; a reader of archives wants its end and one block.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { PermafrostError } from '../../../shared/errors';
import { KEY_BYTES, NONCE_BYTES, openInto, seal, TAG_BYTES } from '../keys/chacha20-poly1305';
import { decodeRawBase64, encodeRawBase64 } from '../keys/raw-base64';
import { FILE_KEY_BYTES, type Identity, type Recipient, type Stanza } from '../keys/stanza';
import { damaged } from './errors';
import type { RangedSource } from './ranged-source';

export const MAX_RECIPIENTS = 32;
export const CHUNK_BYTES = 64 * 1024;

const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const PAYLOAD_NONCE_BYTES = 16;
const MAC_BYTES = 32;
const INTRO = 'age-encryption.org/v1\n';
const COLUMNS = 64;
/** a header of 32 keys of 4096 bits has 23 KiB */
const FIRST_READ_BYTES = 4 * 1024;
const MAX_HEADER_BYTES = 128 * 1024;

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
    if (recipients.length < 1 || recipients.length > MAX_RECIPIENTS) {
      throw new PermafrostError('INPUT_INVALID', `An archive has 1 to ${MAX_RECIPIENTS} keys; choose fewer.`);
    }
    const fileKey = randomBytes(FILE_KEY_BYTES);
    const nonce = randomBytes(PAYLOAD_NONCE_BYTES);
    const header = encodeHeader(
      fileKey,
      recipients.map((recipient) => recipient.wrap(fileKey)),
    );
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

  private constructor(parts: { source: RangedSource; header: Header; key: Buffer; size: number; tail: Buffer }) {
    this.#source = parts.source;
    this.recipients = parts.header.stanzas.map(stanzaLabel);
    this.#payloadStart = parts.header.bytes + PAYLOAD_NONCE_BYTES;
    this.#key = parts.key;
    this.size = parts.size;
    this.#tail = parts.tail;
    this.#tailStart = parts.size - parts.tail.length;
  }

  /** @throws PermafrostError KEY_MISSING, KEY_WRONG (context.wanted: see `stanzaLabel`), ARCHIVE_DAMAGED */
  static async open(source: RangedSource, identities: readonly Identity[]): Promise<AgeSource> {
    const { header, head } = await readHeader(source);
    const fileKey = unwrap(header.stanzas, identities);
    const expected = headerMac(fileKey, head.subarray(0, header.macInputBytes));
    if (!timingSafeEqual(expected, header.mac))
      throw damaged("its encryption header was changed (its MAC doesn't hold)");
    const size = plaintextSize(header.bytes, source.size);
    if (size === null) throw damaged('it is cut off');
    const payloadStart = header.bytes + PAYLOAD_NONCE_BYTES;
    const nonce = await rangeOf(source, head, header.bytes, payloadStart);
    const key = derive(fileKey, nonce, 'payload');
    const lastIndex = Math.max(0, Math.ceil(size / CHUNK_BYTES) - 1);
    const tailIndex = Math.max(0, lastIndex - 1);
    const sealed = await rangeOf(source, head, payloadStart + tailIndex * SEALED_CHUNK_BYTES, source.size);
    const tail = openChunks(sealed, key, tailIndex, lastIndex);
    return new AgeSource({ source, header, key, size, tail });
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

export function isAge(head: Buffer): boolean {
  return head.subarray(0, INTRO.length).equals(Buffer.from(INTRO));
}

/** `ssh-rsa <first 4 bytes of the key's SHA-256 in base64>`; of other stanzas the type, they don't tell whom they are for. */
export function stanzaLabel({ type, args }: Stanza): string {
  return type === 'ssh-rsa' ? `${type} ${args[0] ?? ''}` : type;
}

interface Header {
  readonly stanzas: readonly Stanza[];
  /** with its last line feed */
  readonly bytes: number;
  /** up to and with the three dashes */
  readonly macInputBytes: number;
  readonly mac: Buffer;
}

function encodeHeader(fileKey: Buffer, stanzas: readonly Stanza[]): Buffer {
  const macInput = Buffer.from(`${INTRO}${stanzas.map(encodeStanza).join('')}---`);
  return Buffer.concat([macInput, Buffer.from(` ${encodeRawBase64(headerMac(fileKey, macInput))}\n`)]);
}

/** The body in lines of 64 columns; the last one is shorter, if need be empty. */
function encodeStanza({ type, args, body }: Stanza): string {
  const text = encodeRawBase64(body);
  const lines = Array.from({ length: Math.floor(text.length / COLUMNS) + 1 }, (_, line) =>
    text.slice(line * COLUMNS, (line + 1) * COLUMNS),
  );
  return `-> ${[type, ...args].join(' ')}\n${lines.join('\n')}\n`;
}

async function readHeader(source: RangedSource): Promise<{ header: Header; head: Buffer }> {
  for (let bytes = FIRST_READ_BYTES; ; bytes = MAX_HEADER_BYTES) {
    const head = await source.read(0, Math.min(source.size, bytes));
    const header = parseHeader(head);
    if (header !== null) return { header, head };
    if (head.length === source.size) throw damaged('it is cut off within its encryption header');
    if (bytes === MAX_HEADER_BYTES) throw damaged('its encryption header does not end');
  }
}

/** @returns null when the header goes on behind `head` */
function parseHeader(head: Buffer): Header | null {
  const lines = new Lines(head.toString('latin1'), INTRO.length);
  const stanzas: Stanza[] = [];
  for (;;) {
    const start = lines.at;
    const line = lines.next();
    if (line === null) return null;
    if (line.startsWith('--- ')) {
      const mac = decodeRawBase64(line.slice(4));
      if (mac?.length !== MAC_BYTES || stanzas.length === 0) throw malformedHeader();
      return { stanzas, bytes: lines.at, macInputBytes: start + 3, mac };
    }
    const stanza = parseStanza(line, lines);
    if (stanza === null) return null;
    stanzas.push(stanza);
  }
}

function parseStanza(line: string, lines: Lines): Stanza | null {
  if (!/^->( [\x21-\x7e]+)+$/.test(line)) throw malformedHeader();
  const [type = '', ...args] = line.slice(3).split(' ');
  let text = '';
  for (;;) {
    const part = lines.next();
    if (part === null) return null;
    if (part.length > COLUMNS) throw malformedHeader();
    text += part;
    if (part.length < COLUMNS) break;
  }
  const body = decodeRawBase64(text);
  if (body === null) throw malformedHeader();
  return { type, args, body };
}

class Lines {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  next(): string | null {
    const end = this.#text.indexOf('\n', this.at);
    if (end < 0) return null;
    const line = this.#text.slice(this.at, end);
    this.at = end + 1;
    return line;
  }
}

function unwrap(stanzas: readonly Stanza[], identities: readonly Identity[]): Buffer {
  for (const identity of identities) {
    const fileKey = identity.unwrap(stanzas);
    if (fileKey !== null) return fileKey;
  }
  const wanted = stanzas.map(stanzaLabel);
  if (identities.length === 0) {
    throw new PermafrostError(
      'KEY_MISSING',
      'The archive is encrypted, and there is no private key here. Import one.',
      {
        context: { wanted },
      },
    );
  }
  throw new PermafrostError(
    'KEY_WRONG',
    `The archive is encrypted to other keys (${wanted.join(', ')}). Import the private key that belongs to one of them.`,
    { context: { wanted, tried: identities.map(({ fingerprint }) => fingerprint) } },
  );
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

function setChunkNonce(nonce: Buffer, index: number, isLast: boolean): void {
  nonce.writeUIntBE(index, 5, 6);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
}

function headerMac(fileKey: Buffer, macInput: Buffer): Buffer {
  return createHmac('sha256', derive(fileKey, Buffer.alloc(0), 'header'))
    .update(macInput)
    .digest();
}

function derive(fileKey: Buffer, salt: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, salt, info, KEY_BYTES));
}

function malformedHeader(): PermafrostError {
  return damaged('its encryption header is malformed');
}
