/** Bytes as a JSON value, as ../json-text.ts writes them. */
import { literal, put } from './literals';
import { isUtf8 } from './utf8';

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const SPACE: u8 = 0x20;
const LETTER_U: u8 = 0x75;
const ZERO: u8 = 0x30;
const EQUALS: u8 = 0x3d;

const BASE64_HEAD = literal('{"base64":"');
const BASE64_END = literal('"}');

/** For each control character 8 bytes: its escape, in the last one the length of that. */
const ESCAPES: usize = memory.data(8 * 0x20);
/** For each set of 8 bytes that get a backslash in front: which of them, 0 to 7, goes where; 0xff for a backslash. */
const SPREAD: usize = memory.data(16 * 256);
const ALPHABET: usize = memory.data(64);

for (let byte: u8 = 0; byte < SPACE; byte += 1) {
  const escape = ESCAPES + 8 * byte;
  store<u8>(escape, BACKSLASH);
  store<u8>(escape + 1, LETTER_U);
  store<u8>(escape + 2, ZERO);
  store<u8>(escape + 3, ZERO);
  store<u8>(escape + 4, ZERO + (byte >> 4));
  store<u8>(escape + 5, (byte & 15) < 10 ? ZERO + (byte & 15) : 0x61 - 10 + (byte & 15));
  store<u8>(escape + 7, 6);
}
setEscape(8, 0x62); // \b
setEscape(9, 0x74); // \t
setEscape(10, 0x6e); // \n
setEscape(12, 0x66); // \f
setEscape(13, 0x72); // \r

for (let set: usize = 0; set < 256; set += 1) {
  let place = SPREAD + 16 * set;
  for (let byte: u8 = 0; byte < 8; byte += 1) {
    if (((set >> byte) & 1) != 0) store<u8>(place++, 0xff);
    store<u8>(place++, byte);
  }
}

for (let index: u8 = 0; index < 26; index += 1) {
  store<u8>(ALPHABET + index, 0x41 + index);
  store<u8>(ALPHABET + 26 + index, 0x61 + index);
}
for (let index: u8 = 0; index < 10; index += 1) store<u8>(ALPHABET + 52 + index, ZERO + index);
store<u8>(ALPHABET + 62, 0x2b); // +
store<u8>(ALPHABET + 63, 0x2f); // /

function setEscape(byte: u8, letter: u8): void {
  store<u8>(ESCAPES + 8 * byte, BACKSLASH);
  store<u8>(ESCAPES + 8 * byte + 1, letter);
  store<u8>(ESCAPES + 8 * byte + 7, 2);
}

/** What a text of n bytes may take: 6 * n + this, the overrun of its last store included. */
export const TEXT_BOUND: usize = 32;

/** @param length negative for null @returns the position behind it */
export function putText(from: usize, length: i32, to: usize): usize {
  if (length < 0) {
    store<u32>(to, 0x6c6c756e); // null
    return to + 4;
  }
  const end = from + length;
  let at = from;
  let target = to + 1;
  let high: i32 = 0;
  store<u8>(to, QUOTE);
  while (at < end) {
    const bytes = v128.load(at);
    const controls = i8x16.bitmask(i8x16.lt_u(bytes, i8x16.splat(SPACE)));
    let count = <i32>min(end - at, 16);
    if (controls != 0) count = min(count, ctz(controls));
    const taken = (1 << count) - 1;
    const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
    const backslashes = i8x16.eq(bytes, i8x16.splat(BACKSLASH));
    const prefixed = i8x16.bitmask(v128.or(quotes, backslashes)) & taken;
    high |= i8x16.bitmask(bytes) & taken;
    // no branch on what is prefixed: in JSON within JSON nobody can foretell it
    const first = prefixed & 0xff;
    v128.store(target, withPrefixes(bytes, v128.load(SPREAD + 16 * first)));
    target += min(count, 8) + popcnt(first);
    const second = prefixed >> 8;
    const places = i8x16.add_sat_u(v128.load(SPREAD + 16 * second), i8x16.splat(8));
    v128.store(target, withPrefixes(bytes, places));
    target += max(count - 8, 0) + popcnt(second);
    at += count;
    if (count < 16 && at < end) {
      const escape = load<u64>(ESCAPES + 8 * <usize>load<u8>(at));
      store<u64>(target, escape);
      target += <usize>(escape >> 56);
      at += 1;
    }
  }
  if (high != 0 && !isUtf8(from, end)) return putBase64(from, length, to);
  store<u8>(target, QUOTE);
  return target + 1;
}

/** Bytes at their places; a backslash where none belongs. */
function withPrefixes(bytes: v128, places: v128): v128 {
  const empty = i8x16.eq(places, i8x16.splat(-1));
  return v128.or(i8x16.swizzle(bytes, places), v128.and(empty, i8x16.splat(BACKSLASH)));
}

function putBase64(from: usize, length: i32, to: usize): usize {
  const end = from + length;
  let at = from;
  let target = put(BASE64_HEAD, to);
  for (; end - at >= 3; at += 3) {
    const bits = ((<u32>load<u8>(at)) << 16) | ((<u32>load<u8>(at + 1)) << 8) | load<u8>(at + 2);
    putSextet(bits >> 18, target);
    putSextet(bits >> 12, target + 1);
    putSextet(bits >> 6, target + 2);
    putSextet(bits, target + 3);
    target += 4;
  }
  const left = end - at;
  if (left > 0) {
    const bits = ((<u32>load<u8>(at)) << 16) | (left == 2 ? (<u32>load<u8>(at + 1)) << 8 : 0);
    putSextet(bits >> 18, target);
    putSextet(bits >> 12, target + 1);
    if (left == 2) putSextet(bits >> 6, target + 2);
    else store<u8>(target + 2, EQUALS);
    store<u8>(target + 3, EQUALS);
    target += 4;
  }
  return put(BASE64_END, target);
}

function putSextet(bits: u32, to: usize): void {
  store<u8>(to, load<u8>(ALPHABET + (bits & 63)));
}
