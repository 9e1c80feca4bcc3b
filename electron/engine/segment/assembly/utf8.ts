/** Whether bytes are UTF-8 (RFC 3629): no surrogates, nothing overlong, nothing above U+10FFFF. */
export function isUtf8(from: usize, end: usize): bool {
  let at = from;
  while (at < end) {
    if (end - at >= 16) {
      const high = i8x16.bitmask(v128.load(at));
      if (high == 0) {
        at += 16;
        continue;
      }
      at += ctz(high);
    }
    // text in other scripts comes in runs: go on without looking at 16 bytes first
    do {
      const bytes = sequenceAt(at, end);
      if (bytes == 0) return false;
      at += bytes;
    } while (at < end && load<u8>(at) >= 0x80);
  }
  return true;
}

/** Length of the character here, 0 when it is none. */
function sequenceAt(at: usize, end: usize): usize {
  const lead: u32 = load<u8>(at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  const left = end - at;
  if (lead < 0xe0) return left >= 2 && isContinuation(at + 1) ? 2 : 0;
  const second: u32 = load<u8>(at + 1);
  if (lead < 0xf0) {
    if (left < 3 || !isContinuation(at + 2)) return 0;
    const lowest: u32 = lead == 0xe0 ? 0xa0 : 0x80;
    const highest: u32 = lead == 0xed ? 0x9f : 0xbf;
    return second >= lowest && second <= highest ? 3 : 0;
  }
  if (lead > 0xf4 || left < 4 || !isContinuation(at + 2) || !isContinuation(at + 3)) return 0;
  const lowest: u32 = lead == 0xf0 ? 0x90 : 0x80;
  const highest: u32 = lead == 0xf4 ? 0x8f : 0xbf;
  return second >= lowest && second <= highest ? 4 : 0;
}

function isContinuation(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80;
}
