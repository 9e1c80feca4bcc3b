/**
 * The header of an age v1 file (c2sp.org/age), both directions: the file key, wrapped for each recipient into a stanza.
 *
 *     age-encryption.org/v1
 *     -> type argument...
 *     body in base64, lines of 64 columns, the last one shorter
 *     --- HMAC of all before it up to the dashes, in base64
 *
 * Parsing is strict: a header has one form.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { PermafrostError } from '../../../shared/errors';
import { KEY_BYTES } from '../keys/chacha20-poly1305';
import { decodeRawBase64, encodeRawBase64 } from '../keys/raw-base64';
import { FILE_KEY_BYTES, type Identity, type Recipient, type Stanza } from '../keys/stanza';
import { damaged } from './errors';
import type { RangedSource } from './ranged-source';

export const MAX_RECIPIENTS = 32;

const INTRO = 'age-encryption.org/v1\n';
const MAC_BYTES = 32;
const COLUMNS = 64;
/** most headers; one of 32 keys of 4096 bits has 23 KiB */
const FIRST_READ_BYTES = 4 * 1024;
const MAX_HEADER_BYTES = 128 * 1024;

/** A fresh file key, and the header that carries it. @throws PermafrostError INPUT_INVALID unless there are 1 to 32 recipients */
export function createHeader(recipients: readonly Recipient[]): { fileKey: Buffer; header: Buffer } {
  if (recipients.length < 1 || recipients.length > MAX_RECIPIENTS) {
    throw new PermafrostError('INPUT_INVALID', `An archive has 1 to ${MAX_RECIPIENTS} keys, not ${recipients.length}.`);
  }
  const fileKey = randomBytes(FILE_KEY_BYTES);
  const stanzas = recipients.map((recipient) => encodeStanza(recipient.wrap(fileKey)));
  const macInput = Buffer.from(`${INTRO}${stanzas.join('')}---`);
  const mac = encodeRawBase64(headerMac(fileKey, macInput));
  return { fileKey, header: Buffer.concat([macInput, Buffer.from(` ${mac}\n`)]) };
}

export interface OpenedHeader {
  readonly fileKey: Buffer;
  /** up to and with the header's last line feed */
  readonly headerBytes: number;
  readonly stanzas: readonly Stanza[];
  /** what was read to find it: the header and what follows */
  readonly head: Buffer;
}

/** @throws PermafrostError KEY_MISSING, KEY_WRONG (context.wanted: see `stanzaLabel`), ARCHIVE_DAMAGED */
export async function openHeader(source: RangedSource, identities: readonly Identity[]): Promise<OpenedHeader> {
  const { header, head } = await readHeader(source);
  const fileKey = unwrap(header.stanzas, identities);
  const expected = headerMac(fileKey, head.subarray(0, header.macInputBytes));
  if (!timingSafeEqual(expected, header.mac)) throw damaged("its encryption header was changed (its MAC doesn't hold)");
  return { fileKey, headerBytes: header.bytes, stanzas: header.stanzas, head };
}

export function derive(fileKey: Buffer, salt: Buffer, info: 'header' | 'payload'): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, salt, info, KEY_BYTES));
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

function headerMac(fileKey: Buffer, macInput: Buffer): Buffer {
  return createHmac('sha256', derive(fileKey, Buffer.alloc(0), 'header'))
    .update(macInput)
    .digest();
}

function malformedHeader(): PermafrostError {
  return damaged('its encryption header is malformed');
}
