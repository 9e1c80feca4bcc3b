/**
 * Steps over JSON values in bytes, strictly by RFC 8259, without making anything of them: what is cut out later is cut
 * from the text as it was written. A function that steps returns the position behind, or NOT_JSON.
 *
 * That the bytes are UTF-8 is checked by the caller, once for the whole value.
 */

/** less than any position */
export const NOT_JSON = -1;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LETTER_U = 0x75;

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

const ESCAPED = new Uint8Array(256);
for (const character of '"\\/bfnrt') ESCAPED[character.charCodeAt(0)] = 1;
const HEX = new Uint8Array(256);
for (const character of '0123456789abcdefABCDEF') HEX[character.charCodeAt(0)] = 1;

export function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at += 1;
  }
  return at;
}

/** @param start at the opening quote */
export function skipString(bytes: Buffer, start: number, end: number): number {
  for (let at = start + 1; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return NOT_JSON;
    if (byte !== BACKSLASH) continue;
    at += 1;
    const escaped = bytes[at] as number;
    if (at >= end) return NOT_JSON;
    if (ESCAPED[escaped] === 1) continue;
    if (escaped !== LETTER_U || at + 4 >= end) return NOT_JSON;
    for (let digit = at + 1; digit <= at + 4; digit += 1) if (HEX[bytes[digit] as number] === 0) return NOT_JSON;
    at += 4;
  }
  return NOT_JSON;
}

export function skipNumber(bytes: Buffer, start: number, end: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  const whole = skipDigits(bytes, at, end);
  if (whole === at || (bytes[at] === ZERO && whole > at + 1)) return NOT_JSON;
  at = whole;
  if (at < end && bytes[at] === POINT) {
    const fraction = skipDigits(bytes, at + 1, end);
    if (fraction === at + 1) return NOT_JSON;
    at = fraction;
  }
  if (at < end && ((bytes[at] as number) | 0x20) === 0x65) {
    at += 1;
    if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at += 1;
    const exponent = skipDigits(bytes, at, end);
    if (exponent === at) return NOT_JSON;
    at = exponent;
  }
  return at;
}

function skipDigits(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at += 1;
  return at;
}

function skipWord(bytes: Buffer, start: number, end: number, word: Buffer): number {
  if (start + word.length > end) return NOT_JSON;
  for (let index = 0; index < word.length; index += 1) if (bytes[start + index] !== word[index]) return NOT_JSON;
  return start + word.length;
}

/** A string, a number, true, false or null. */
export function skipScalar(bytes: Buffer, start: number, end: number): number {
  if (start >= end) return NOT_JSON;
  const first = bytes[start] as number;
  if (first === QUOTE) return skipString(bytes, start, end);
  if (first === TRUE[0]) return skipWord(bytes, start, end, TRUE);
  if (first === FALSE[0]) return skipWord(bytes, start, end, FALSE);
  if (first === NULL[0]) return skipWord(bytes, start, end, NULL);
  return skipNumber(bytes, start, end);
}

/** The closing bracket of each object and array that is open; kept between calls. */
let closers = new Uint8Array(64);

/** Any value. However deep it is nested, the stack of calls is not. @param start at its first byte, not at a blank */
export function skipValue(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    // a value begins here
    const first = at < end ? (bytes[at] as number) : 0;
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const closer = first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
      at = skipBlanks(bytes, at + 1, end);
      if (at < end && bytes[at] === closer) at += 1;
      else {
        push(depth, closer);
        depth += 1;
        if (closer === CLOSE_BRACE) at = skipName(bytes, at, end);
        if (at === NOT_JSON) return NOT_JSON;
        continue;
      }
    } else {
      at = skipScalar(bytes, at, end);
      if (at === NOT_JSON) return NOT_JSON;
    }
    // a value ended here
    for (;;) {
      if (depth === 0) return at;
      at = skipBlanks(bytes, at, end);
      const next = at < end ? (bytes[at] as number) : 0;
      at += 1;
      if (next === COMMA) break;
      if (next !== closers[depth - 1]) return NOT_JSON;
      depth -= 1;
    }
    at = skipBlanks(bytes, at, end);
    if (closers[depth - 1] === CLOSE_BRACE) at = skipName(bytes, at, end);
    if (at === NOT_JSON) return NOT_JSON;
  }
}

function push(depth: number, closer: number): void {
  if (depth === closers.length) {
    const larger = new Uint8Array(depth * 2);
    larger.set(closers);
    closers = larger;
  }
  closers[depth] = closer;
}

/** A member's name, its colon and the blanks around it. */
function skipName(bytes: Buffer, start: number, end: number): number {
  if (start >= end || bytes[start] !== QUOTE) return NOT_JSON;
  const name = skipString(bytes, start, end);
  return name === NOT_JSON ? NOT_JSON : skipColon(bytes, name, end);
}

/** @param start behind a member's name @returns where its value begins */
export function skipColon(bytes: Buffer, start: number, end: number): number {
  const at = skipBlanks(bytes, start, end);
  return at < end && bytes[at] === COLON ? skipBlanks(bytes, at + 1, end) : NOT_JSON;
}
