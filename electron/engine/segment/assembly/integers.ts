/** Integers in decimal. */

const MINUS: u8 = 0x2d;
const ZERO: u32 = 0x30;
const EIGHT_DIGITS: u64 = 100_000_000;
const SIXTEEN_DIGITS: u64 = 10_000_000_000_000_000;

/** "00" to "99", two bytes each */
const PAIRS: usize = memory.data(200);
for (let value: u32 = 0; value < 100; value += 1) {
  store<u8>(PAIRS + value * 2, <u8>(ZERO + value / 10));
  store<u8>(PAIRS + value * 2 + 1, <u8>(ZERO + (value % 10)));
}

/** @returns the position behind it: at most 20 bytes */
export function putInteger(value: i64, to: usize): usize {
  let rest: u64 = value;
  if (value < 0) {
    store<u8>(to, MINUS);
    to += 1;
    rest = 0 - rest;
  }
  if (rest < EIGHT_DIGITS) return putUpToEight(<u32>rest, to);
  if (rest < SIXTEEN_DIGITS) {
    const high = rest / EIGHT_DIGITS;
    to = putUpToEight(<u32>high, to);
    return putEight(<u32>(rest - high * EIGHT_DIGITS), to);
  }
  const top = rest / SIXTEEN_DIGITS;
  const below = rest - top * SIXTEEN_DIGITS;
  const middle = below / EIGHT_DIGITS;
  to = putUpToEight(<u32>top, to);
  to = putEight(<u32>middle, to);
  return putEight(<u32>(below - middle * EIGHT_DIGITS), to);
}

/** Without zeros in front. */
function putUpToEight(value: u32, to: usize): usize {
  if (value < 10) {
    store<u8>(to, <u8>(ZERO + value));
    return to + 1;
  }
  const end = to + digitsOf(value);
  let at = end;
  while (value >= 10) {
    const above = value / 100;
    at -= 2;
    store<u16>(at, load<u16>(PAIRS + (value - above * 100) * 2));
    value = above;
  }
  // an odd digit is left; value 0 with nothing left of the number means that there is none
  if (at > to) store<u8>(at - 1, <u8>(ZERO + value));
  return end;
}

function digitsOf(value: u32): u32 {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  return value < 10_000_000 ? 7 : 8;
}

function putEight(value: u32, to: usize): usize {
  const high = value / 10_000;
  const low = value - high * 10_000;
  putFour(high, to);
  putFour(low, to + 4);
  return to + 8;
}

function putFour(value: u32, to: usize): void {
  const high = value / 100;
  store<u16>(to, load<u16>(PAIRS + high * 2));
  store<u16>(to + 2, load<u16>(PAIRS + (value - high * 100) * 2));
}
