/**
 * Steps over JSON values in bytes, strictly by RFC 8259, without making anything of them: what is cut out later is cut
 * from the text as it was written. What steps returns the position behind, or NOT_JSON.
 *
 * That the bytes are UTF-8 is the caller's to check, once for the whole value, unless `isAscii`.
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
export const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
export const NINE = 0x39;
const LETTER_E = 0x65;
const LETTER_U = 0x75;

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

const ESCAPED = new Uint8Array(256);
for (const character of '"\\/bfnrt') ESCAPED[character.charCodeAt(0)] = 1;
const HEX = new Uint8Array(256);
for (const character of '0123456789abcdefABCDEF') HEX[character.charCodeAt(0)] = 1;

export class JsonScanner {
  /** the bytes to step over end before `end` */
  bytes: Buffer = Buffer.alloc(0);
  end = 0;
  /** the last string that was stepped over holds an escape */
  hasEscape = false;
  /** all bits of the bytes in strings since `open`; bytes outside of strings are ASCII anyway */
  #seen = 0;
  /** the closing bracket of each object and array that is open */
  #closers = new Uint8Array(64);

  open(bytes: Buffer, end: number): void {
    this.bytes = bytes;
    this.end = end;
    this.#seen = 0;
  }

  get isAscii(): boolean {
    return this.#seen < 0x80;
  }

  /** The byte at a position; 0, which JSON does not hold, at the end. */
  byteAt(at: number): number {
    return at < this.end ? (this.bytes[at] as number) : 0;
  }

  skipBlanks(start: number): number {
    const { bytes, end } = this;
    let at = start;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
      at += 1;
    }
    return at;
  }

  /** @param start at the opening quote */
  skipString(start: number): number {
    const { bytes, end } = this;
    let seen = 0;
    this.hasEscape = false;
    for (let at = start + 1; at < end; at += 1) {
      const byte = bytes[at] as number;
      seen |= byte;
      if (byte === QUOTE) {
        this.#seen |= seen;
        return at + 1;
      }
      if (byte < 0x20) return NOT_JSON;
      if (byte === BACKSLASH) {
        this.hasEscape = true;
        at = this.#skipEscape(at + 1);
        if (at === NOT_JSON) return NOT_JSON;
      }
    }
    return NOT_JSON;
  }

  /** @param at behind the backslash @returns the escape's last position */
  #skipEscape(at: number): number {
    const escaped = this.byteAt(at);
    if (ESCAPED[escaped] === 1) return at;
    if (escaped !== LETTER_U) return NOT_JSON;
    for (let digit = at + 1; digit <= at + 4; digit += 1) if (HEX[this.byteAt(digit)] === 0) return NOT_JSON;
    return at + 4;
  }

  #skipNumber(start: number): number {
    let at = this.byteAt(start) === MINUS ? start + 1 : start;
    const whole = this.#skipDigits(at);
    if (whole === at || (this.byteAt(at) === ZERO && whole > at + 1)) return NOT_JSON;
    at = whole;
    if (this.byteAt(at) === POINT) {
      const fraction = this.#skipDigits(at + 1);
      if (fraction === at + 1) return NOT_JSON;
      at = fraction;
    }
    if ((this.byteAt(at) | 0x20) === LETTER_E) {
      const sign = this.byteAt(at + 1);
      at += sign === PLUS || sign === MINUS ? 2 : 1;
      const exponent = this.#skipDigits(at);
      if (exponent === at) return NOT_JSON;
      at = exponent;
    }
    return at;
  }

  #skipDigits(start: number): number {
    const { bytes, end } = this;
    let at = start;
    while (at < end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at += 1;
    return at;
  }

  #skipWord(start: number, word: Buffer): number {
    for (let index = 0; index < word.length; index += 1) {
      if (this.byteAt(start + index) !== word[index]) return NOT_JSON;
    }
    return start + word.length;
  }

  #skipScalar(start: number): number {
    const first = this.byteAt(start);
    if (first === QUOTE) return this.skipString(start);
    if (first === TRUE[0]) return this.#skipWord(start, TRUE);
    if (first === FALSE[0]) return this.#skipWord(start, FALSE);
    if (first === NULL[0]) return this.#skipWord(start, NULL);
    return this.#skipNumber(start);
  }

  /** Any value. However deep it is nested, the stack of calls is not. @param start at its first byte, not at a blank */
  skipValue(start: number): number {
    let depth = 0;
    let at = start;
    for (;;) {
      // a value begins here
      const first = this.byteAt(at);
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        const closer = first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
        at = this.skipBlanks(at + 1);
        if (this.byteAt(at) !== closer) {
          this.#push(depth, closer);
          depth += 1;
          if (closer === CLOSE_BRACE) at = this.#skipName(at);
          if (at === NOT_JSON) return NOT_JSON;
          continue;
        }
        at += 1;
      } else {
        at = this.#skipScalar(at);
        if (at === NOT_JSON) return NOT_JSON;
      }
      // a value ended here
      for (;;) {
        if (depth === 0) return at;
        at = this.skipBlanks(at);
        const next = this.byteAt(at);
        at += 1;
        if (next === COMMA) break;
        if (next !== this.#closers[depth - 1]) return NOT_JSON;
        depth -= 1;
      }
      at = this.skipBlanks(at);
      if (this.#closers[depth - 1] === CLOSE_BRACE) at = this.#skipName(at);
      if (at === NOT_JSON) return NOT_JSON;
    }
  }

  #push(depth: number, closer: number): void {
    if (depth === this.#closers.length) {
      const larger = new Uint8Array(depth * 2);
      larger.set(this.#closers);
      this.#closers = larger;
    }
    this.#closers[depth] = closer;
  }

  /** A member's name, its colon and the blanks around it. */
  #skipName(start: number): number {
    if (this.byteAt(start) !== QUOTE) return NOT_JSON;
    const name = this.skipString(start);
    return name === NOT_JSON ? NOT_JSON : this.skipColon(name);
  }

  /** @param start behind a member's name @returns where its value begins */
  skipColon(start: number): number {
    const at = this.skipBlanks(start);
    return this.byteAt(at) === COLON ? this.skipBlanks(at + 1) : NOT_JSON;
  }
}
