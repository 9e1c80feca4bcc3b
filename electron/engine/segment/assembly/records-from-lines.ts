/**
 * The lines of a block as records of batches (message format v2), in one pass. What lines look like says ../lines.ts; the
 * reference beside the wrapper does the same record by record, and tests compare.
 *
 * The caller copies whole lines to INPUT_AT, valid UTF-8 with a line feed at their end, calls `begin`, then `next` as long
 * as it says RUN. After each call the records of one batch lie between `runStart` and `runEnd`, behind room for the batch's
 * header. LEFT: something is not as the encoder writes it, or too rare to be worth code here. Then nothing of the block
 * counts, and the reference decides about it.
 */
import { literal } from './literals';
import { isUtf8 } from './utf8';

export const INPUT_AT: usize = 0x1_0000;
export const INPUT_BYTES: usize = 5 * 1024 * 1024;
/** what is read beyond the end of the input at most, and does not matter */
const INPUT_OVERRUN: usize = 0x1_0000;
/** a record is shorter than its line, a batch's header than the least line: twice the input holds all */
const OUTPUT_AT: usize = INPUT_AT + INPUT_BYTES + INPUT_OVERRUN;

export const DONE: i32 = 0;
export const RUN: i32 = 1;
export const LEFT: i32 = 2;

/** of a record batch: it is the caller's to fill */
const HEADER_BYTES: usize = 61;

export let runStart: usize = 0;
export let runEnd: usize = 0;
export let runRecords: i32 = 0;
export let runFirstOffset: i64 = 0;
export let runLastOffset: i64 = 0;
export let runBaseTimestamp: i64 = 0;
/** records of it that have a timestamp; the lowest and highest of those */
export let runTimed: i32 = 0;
export let runMinTimestamp: i64 = 0;
export let runMaxTimestamp: i64 = 0;

const OFFSET = literal('{"offset":');
const TIMESTAMP = literal(',"timestamp":');
const KEY = literal(',"key":');
const VALUE = literal(',"value":');
const HEADERS = literal(',"headers":[');
const LINE_END = literal(']}\n');
const NEXT_HEADER = literal('],[');
const BASE64_HEAD = literal('{"base64":"');
const BASE64_END = literal('"}');

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const SPACE: u8 = 0x20;
const COMMA: u8 = 0x2c;
const BRACKET: u8 = 0x5b;
const MINUS: u8 = 0x2d;
const EQUALS: u8 = 0x3d;
const NULL: u32 = 0x6c6c756e;
/** more of them than fit 64 bits for sure are the reference's */
const MAX_DIGITS: i32 = 18;
/** so many headers have their count in one byte */
const MAX_HEADERS: i32 = 63;
/** some clients keep the difference of two timestamps of a batch in 32 bits */
const MAX_DELTA: i64 = 0x7fff_ffff;
const NONE: i32 = -1;
const FAILED: i32 = -2;
const NO_SEXTET: u8 = 0xff;

/** The byte that a character behind a backslash stands for; 0 for none. */
const UNESCAPES: usize = memory.data(256);
store<u8>(UNESCAPES + 0x62, 8); // b
store<u8>(UNESCAPES + 0x74, 9); // t
store<u8>(UNESCAPES + 0x6e, 10); // n
store<u8>(UNESCAPES + 0x66, 12); // f
store<u8>(UNESCAPES + 0x72, 13); // r
store<u8>(UNESCAPES + 0x22, QUOTE);
store<u8>(UNESCAPES + 0x5c, BACKSLASH);

/** What a character of base64 stands for. */
const SEXTETS: usize = memory.data(256);
for (let byte: usize = 0; byte < 256; byte += 1) store<u8>(SEXTETS + byte, NO_SEXTET);
for (let index: u8 = 0; index < 26; index += 1) {
  store<u8>(SEXTETS + 0x41 + index, index);
  store<u8>(SEXTETS + 0x61 + index, 26 + index);
}
for (let index: u8 = 0; index < 10; index += 1) store<u8>(SEXTETS + 0x30 + index, 52 + index);
store<u8>(SEXTETS + 0x2b, 62); // +
store<u8>(SEXTETS + 0x2f, 63); // /

let at: usize = 0;
let inputEnd: usize = 0;
let batchBytes: usize = 0;
let batchRecords: i32 = 0;
let previousOffset: i64 = 0;
let integer: i64 = 0;
/** bytes that the length of the last record, of its value took: the next one's probably too */
let lengthGuess: usize = 2;
let valueGuess: usize = 2;

/** @param maxBatchBytes of a batch, header included; one record may be larger */
export function begin(bytes: i32, maxBatchBytes: i32, maxBatchRecords: i32): void {
  at = INPUT_AT;
  inputEnd = INPUT_AT + bytes;
  batchBytes = maxBatchBytes;
  batchRecords = maxBatchRecords;
  previousOffset = -1;
  runEnd = OUTPUT_AT;
}

export function next(): i32 {
  runStart = runEnd + HEADER_BYTES;
  runEnd = runStart;
  runRecords = 0;
  runTimed = 0;
  while (at < inputEnd) {
    const start = at;
    const outcome = addRecord();
    if (outcome == DONE) continue;
    at = start;
    return outcome;
  }
  return at == inputEnd ? DONE : LEFT;
}

/** @returns RUN when the record belongs into the next batch */
function addRecord(): i32 {
  if (!expect(OFFSET) || !readInteger()) return LEFT;
  const offset = integer;
  if (offset <= previousOffset) return LEFT;
  if (!expect(TIMESTAMP) || !readInteger()) return LEFT;
  const timestamp = integer;
  const base = runRecords == 0 ? timestamp : runBaseTimestamp;
  const delta = timestamp - base;
  if (delta > MAX_DELTA || delta < -MAX_DELTA || runRecords == batchRecords) return RUN;

  const body = runEnd + lengthGuess;
  store<u8>(body, 0); // attributes: unused in v2
  let to = putVarint(zigzag(delta), body + 1);
  to = putVarint(zigzag(runRecords), to);
  if (!expect(KEY)) return LEFT;
  to = putText(to, 1);
  if (to == 0 || !expect(VALUE)) return LEFT;
  const valueStart = to;
  to = putText(valueStart, valueGuess);
  if (to == 0 || !expect(HEADERS)) return LEFT;
  to = putHeaders(to);
  if (to == 0) return LEFT;

  const length = to - body;
  const end = close(runEnd, body, length);
  if (runRecords > 0 && end - runStart + HEADER_BYTES > batchBytes) return RUN;
  runEnd = end;
  count(offset, timestamp);
  return DONE;
}

/** Writes the length in front of a record, and moves the record if another room was left for that. */
function close(start: usize, body: usize, length: usize): usize {
  const size = sizeOfVarint(length << 1);
  if (start + size != body) memory.copy(start + size, body, length);
  lengthGuess = size;
  putVarint(length << 1, start);
  return start + size + length;
}

function count(offset: i64, timestamp: i64): void {
  if (runRecords == 0) {
    runFirstOffset = offset;
    runBaseTimestamp = timestamp;
  }
  if (timestamp != -1) {
    if (runTimed == 0 || timestamp < runMinTimestamp) runMinTimestamp = timestamp;
    if (runTimed == 0 || timestamp > runMaxTimestamp) runMaxTimestamp = timestamp;
    runTimed += 1;
  }
  runRecords += 1;
  runLastOffset = offset;
  previousOffset = offset;
}

/** @returns the position behind them, 0 when something is left to the reference */
function putHeaders(start: usize): usize {
  let to = start + 1;
  let headers: i32 = 0;
  if (!expect(LINE_END)) {
    if (load<u8>(at) != BRACKET) return 0;
    at += 1;
    do {
      headers += 1;
      if (load<u32>(at) == NULL) return 0; // a name is never null
      to = putText(to, 1);
      if (to == 0 || load<u8>(at) != COMMA) return 0;
      at += 1;
      to = putText(to, 1);
      if (to == 0) return 0;
    } while (expect(NEXT_HEADER));
    if (load<u8>(at) != 0x5d || headers > MAX_HEADERS) return 0;
    at += 1;
    if (!expect(LINE_END)) return 0;
  }
  store<u8>(start, <u8>(headers << 1));
  return to;
}

/**
 * A JSON value as bytes behind their length.
 * @param guess bytes that the length will take, probably
 * @returns the position behind it, 0 when it is left to the reference
 */
function putText(start: usize, guess: usize): usize {
  const to = start + guess;
  const length = readText(to);
  if (length == FAILED) return 0;
  if (length == NONE) {
    store<u8>(start, 1);
    return start + 1;
  }
  const size = sizeOfVarint((<u64>length) << 1);
  if (size != guess) memory.copy(start + size, to, length);
  if (guess != 1 || size != 1) valueGuess = size;
  putVarint((<u64>length) << 1, start);
  return start + size + length;
}

function readText(to: usize): i32 {
  if (load<u8>(at) == QUOTE) {
    at += 1;
    return readString(to);
  }
  if (load<u32>(at) == NULL) {
    at += 4;
    return NONE;
  }
  return readBase64(to);
}

/** Up to the quote at its end. A line feed, of which one lies at the end of the input, is no character of a string. */
function readString(start: usize): i32 {
  let to = start;
  while (true) {
    const bytes = v128.load(at);
    v128.store(to, bytes);
    const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
    const backslashes = i8x16.eq(bytes, i8x16.splat(BACKSLASH));
    const controls = i8x16.lt_u(bytes, i8x16.splat(SPACE));
    const special = i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls));
    if (special == 0) {
      at += 16;
      to += 16;
      continue;
    }
    const plain = ctz(special);
    at += plain;
    to += plain;
    const byte = load<u8>(at);
    if (byte == QUOTE) {
      at += 1;
      return <i32>(to - start);
    }
    if (byte != BACKSLASH) return FAILED;
    const escape = load<u8>(at + 1);
    const meant = load<u8>(UNESCAPES + escape);
    if (meant != 0) {
      store<u8>(to, meant);
      at += 2;
    } else {
      const control = escape == 0x75 ? readControl(at + 2) : NONE;
      if (control == NONE) return FAILED;
      store<u8>(to, <u8>control);
      at += 6;
    }
    to += 1;
  }
}

/** The four digits behind `\u`: `00` and a byte that has no shorter escape. */
function readControl(digits: usize): i32 {
  if (load<u16>(digits) != 0x3030) return NONE;
  const high: i32 = <i32>load<u8>(digits + 2) - 0x30;
  if (high != 0 && high != 1) return NONE;
  const digit: i32 = load<u8>(digits + 3);
  const low = digit >= 0x30 && digit <= 0x39 ? digit - 0x30 : digit >= 0x61 && digit <= 0x66 ? digit - 0x61 + 10 : NONE;
  if (low == NONE) return NONE;
  const byte = high * 16 + low;
  return byte >= 8 && byte <= 13 && byte != 11 ? NONE : byte;
}

/** Bytes that are not UTF-8, in the one form that base64 has for them. */
function readBase64(start: usize): i32 {
  if (!expect(BASE64_HEAD)) return FAILED;
  let to = start;
  for (;;) {
    const first = sextetAt(at);
    if (first == NO_SEXTET) break;
    const second = sextetAt(at + 1);
    if (second == NO_SEXTET) return FAILED;
    const third = sextetAt(at + 2);
    const fourth = sextetAt(at + 3);
    store<u8>(to, (first << 2) | (second >> 4));
    to += 1;
    if (third == NO_SEXTET) {
      if (load<u16>(at + 2) != 0x3d3d || (second & 15) != 0) return FAILED;
      at += 4;
      break;
    }
    store<u8>(to, (second << 4) | (third >> 2));
    to += 1;
    if (fourth == NO_SEXTET) {
      if (load<u8>(at + 3) != EQUALS || (third & 3) != 0) return FAILED;
      at += 4;
      break;
    }
    store<u8>(to, (third << 6) | fourth);
    to += 1;
    at += 4;
  }
  if (!expect(BASE64_END) || isUtf8(start, to)) return FAILED;
  return <i32>(to - start);
}

function sextetAt(place: usize): u8 {
  return load<u8>(SEXTETS + load<u8>(place));
}

/** Into `integer`. @returns false when it is none, not in its one form, or of more digits than fit for sure */
function readInteger(): bool {
  const isNegative = load<u8>(at) == MINUS;
  if (isNegative) at += 1;
  const start = at;
  let value: i64 = 0;
  let digit: u32 = <u32>load<u8>(at) - 0x30;
  while (digit <= 9) {
    value = value * 10 + digit;
    at += 1;
    digit = <u32>load<u8>(at) - 0x30;
  }
  const digits = <i32>(at - start);
  if (digits == 0 || digits > MAX_DIGITS) return false;
  if (load<u8>(start) == 0x30 && (digits > 1 || isNegative)) return false;
  integer = isNegative ? -value : value;
  return true;
}

/** Steps over a literal if it is here. */
function expect(slot: usize): bool {
  const length = <i32>load<u8>(slot + 15);
  const same = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(slot)));
  const wanted = (1 << length) - 1;
  if ((same & wanted) != wanted) return false;
  at += length;
  return true;
}

function zigzag(value: i64): u64 {
  return (value << 1) ^ (value >> 63);
}

function sizeOfVarint(value: u64): usize {
  if (value < 0x80) return 1;
  return <usize>((63 - clz(value)) / 7) + 1;
}

function putVarint(value: u64, start: usize): usize {
  let to = start;
  while (value >= 0x80) {
    store<u8>(to, <u8>(value | 0x80));
    to += 1;
    value >>= 7;
  }
  store<u8>(to, <u8>value);
  return to + 1;
}
