/**
 * Bytes as a JSON value, and back: null stays `null`; valid UTF-8 is a string, escaped as JSON.stringify does; anything
 * else is `{"base64":"..."}`. There is exactly one way to write given bytes, and reading takes that one alone.
 */
import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const ZERO = 0x30;

/** What follows the backslash for a byte that is escaped (`u`: two hexadecimal digits after `00`); 0 for the others. */
const ESCAPES = new Uint8Array(256);
/** The byte that a character behind a backslash stands for; 0 for none. */
const UNESCAPES = new Uint8Array(256);
ESCAPES.fill(LETTER_U, 0, 0x20);
for (const [escape, byte] of Object.entries({ b: 8, t: 9, n: 10, f: 12, r: 13, '"': QUOTE, '\\': BACKSLASH })) {
  ESCAPES[byte] = escape.charCodeAt(0);
  UNESCAPES[escape.charCodeAt(0)] = byte;
}

const HEX_DIGITS = Buffer.from('0123456789abcdef');
const NULL = Buffer.from('null');
const BASE64_HEAD = Buffer.from('{"base64":"');
const BASE64_END = Buffer.from('"}');

/** up to here the longest possible encoding is assumed, beyond it is counted */
const SHORT_TEXT_BYTES = 64 * 1024;

/** A size that the JSON value of these bytes does not exceed. @param length -1 for null */
export function encodedTextBound(source: Buffer, start: number, length: number): number {
  if (length <= SHORT_TEXT_BYTES) return 16 + 6 * Math.max(0, length);
  return 16 + Math.max(escapedBytes(source, start, length), Math.ceil(length / 3) * 4);
}

/** The size of the JSON value of these bytes. @param length -1 for null */
export function encodedTextBytes(source: Buffer, start: number, length: number): number {
  if (length < 0) return NULL.length;
  if (!isUtf8(source.subarray(start, start + length))) {
    return BASE64_HEAD.length + Math.ceil(length / 3) * 4 + BASE64_END.length;
  }
  return 2 + escapedBytes(source, start, length);
}

function escapedBytes(source: Buffer, start: number, length: number): number {
  let escaped = length;
  for (let index = start; index < start + length; index += 1) {
    const escape = ESCAPES[source[index] as number];
    if (escape !== 0) escaped += escape === LETTER_U ? 5 : 1;
  }
  return escaped;
}

/**
 * Writes bytes as a JSON value. The target must have room, see `encodedTextBound`.
 * @param length -1 for null
 * @returns the position behind it
 */
export function encodeText(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
  if (length < 0) return put(NULL, target, at);
  const end = start + length;
  let seen = 0;
  let to = at;
  target[to++] = QUOTE;
  for (let from = start; from < end; from += 1) {
    const byte = source[from] as number;
    const escape = ESCAPES[byte] as number;
    seen |= byte;
    if (escape === 0) {
      target[to++] = byte;
    } else {
      target[to++] = BACKSLASH;
      target[to++] = escape;
      if (escape === LETTER_U) to = putHex(byte, target, to);
    }
  }
  if (seen > 0x7f && !isUtf8(source.subarray(start, end))) return encodeBase64(source, start, length, target, at);
  target[to++] = QUOTE;
  return to;
}

/** Writes bytes as `{"base64":"..."}`, whatever they are. */
export function encodeBase64(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
  const to = put(BASE64_HEAD, target, at);
  const written = target.write(source.toString('base64', start, start + length), to, 'latin1');
  return put(BASE64_END, target, to + written);
}

/** Copies a few bytes; for so few, a loop is faster than Buffer's copy. */
export function put(bytes: Buffer, target: Buffer, at: number): number {
  for (let index = 0; index < bytes.length; index += 1) target[at + index] = bytes[index] as number;
  return at + bytes.length;
}

function putHex(byte: number, target: Buffer, at: number): number {
  target[at] = ZERO;
  target[at + 1] = ZERO;
  target[at + 2] = HEX_DIGITS[byte >>> 4] as number;
  target[at + 3] = HEX_DIGITS[byte & 15] as number;
  return at + 4;
}

/** Something in a line that the encoder would not write. */
export class MalformedLine extends Error {}

/**
 * Reads the values of lines, one after the other. What it returns are views of the given bytes or of one scratch
 * buffer, so that a record costs no copy; the bytes must be valid UTF-8 as a whole.
 */
export class TextCursor {
  at = 0;
  readonly bytes: Buffer;
  /** holds what had escapes; unescaped text is never longer than escaped text */
  #scratch: Buffer | null = null;
  #scratchUsed = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Steps over exactly these bytes. */
  expect(literal: Buffer): void {
    if (!this.skip(literal)) throw new MalformedLine(`${literal.toString('latin1')} is expected`);
  }

  /** Steps over these bytes if they are here. */
  skip(literal: Buffer): boolean {
    const { bytes, at } = this;
    for (let index = 0; index < literal.length; index += 1) {
      if (bytes[at + index] !== literal[index]) return false;
    }
    this.at = at + literal.length;
    return true;
  }

  /** A string, base64 or null. */
  readTextOrNull(): Buffer | null {
    return this.bytes[this.at] !== QUOTE && this.skip(NULL) ? null : this.readText();
  }

  readText(): Buffer {
    const { bytes } = this;
    if (bytes[this.at] !== QUOTE) {
      const base64 = this.readBase64();
      if (isUtf8(base64)) throw new MalformedLine('base64 stands where a string should');
      return base64;
    }
    const start = this.at + 1;
    for (let index = start; ; index += 1) {
      const byte = bytes[index];
      if (byte === undefined) throw new MalformedLine('a string does not end');
      if (ESCAPES[byte] === 0) continue;
      if (byte === QUOTE) {
        this.at = index + 1;
        return bytes.subarray(start, index);
      }
      return this.#unescape(start);
    }
  }

  /** `{"base64":"..."}` */
  readBase64(): Buffer {
    this.expect(BASE64_HEAD);
    const end = this.bytes.indexOf(QUOTE, this.at);
    const text = this.bytes.toString('latin1', this.at, Math.max(end, this.at));
    const decoded = Buffer.from(text, 'base64');
    if (decoded.toString('base64') !== text) throw new MalformedLine('base64 is not in its canonical form');
    this.at += text.length;
    this.expect(BASE64_END);
    return decoded;
  }

  #unescape(start: number): Buffer {
    const { bytes } = this;
    const scratch = (this.#scratch ??= Buffer.allocUnsafeSlow(bytes.length));
    const resultStart = this.#scratchUsed;
    let to = resultStart;
    for (let from = start; ; from += 1) {
      const byte = bytes[from];
      if (byte === undefined) throw new MalformedLine('a string does not end');
      if (ESCAPES[byte] === 0) {
        scratch[to++] = byte;
      } else if (byte === BACKSLASH) {
        from += 1;
        const escape = bytes[from] ?? 0;
        if (escape === LETTER_U) {
          scratch[to++] = this.#controlCharacter(from + 1);
          from += 4;
        } else {
          const plain = UNESCAPES[escape] as number;
          if (plain === 0) throw new MalformedLine('a string has an unknown escape');
          scratch[to++] = plain;
        }
      } else if (byte === QUOTE) {
        this.at = from + 1;
        this.#scratchUsed = to;
        return scratch.subarray(resultStart, to);
      } else {
        throw new MalformedLine('a string has a control character');
      }
    }
  }

  /** The four digits behind `\u`: `00` and a byte that has no shorter escape. */
  #controlCharacter(at: number): number {
    const { bytes } = this;
    const high = HEX_DIGITS.indexOf(bytes[at + 2] ?? 0);
    const low = HEX_DIGITS.indexOf(bytes[at + 3] ?? 0);
    const byte = high * 16 + low;
    const isOurs = bytes[at] === ZERO && bytes[at + 1] === ZERO && high >= 0 && low >= 0 && ESCAPES[byte] === LETTER_U;
    if (!isOurs) throw new MalformedLine('a string has an escape that is not needed');
    return byte;
  }
}
