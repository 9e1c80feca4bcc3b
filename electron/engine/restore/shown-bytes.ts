/**
 * Bytes of a record as a person can see them.
 */
import { isUtf8 } from 'node:buffer';
import type { ShownBytes } from '../../../shared/model/archive';

const MAX_TEXT_BYTES = 1_000_000;
const MAX_BINARY_BYTES = 64_000;

/** Text is valid UTF-8 without control characters but tab and line ends: the number 42 in eight bytes is no text. */
export function showBytes(bytes: Buffer | null): ShownBytes {
  if (bytes === null) return { kind: 'null' };
  if (isUtf8(bytes) && !hasControls(bytes)) {
    const cut = bytes.length > MAX_TEXT_BYTES;
    const end = cut ? characterStart(bytes, MAX_TEXT_BYTES) : bytes.length;
    return { kind: 'text', text: bytes.toString('utf8', 0, end), bytes: bytes.length, cut };
  }
  const cut = bytes.length > MAX_BINARY_BYTES;
  return { kind: 'binary', hex: bytes.toString('hex', 0, MAX_BINARY_BYTES), bytes: bytes.length, cut };
}

/** How much of these bytes is shown, for bounding what is sent at once. */
export function shownSize(shown: ShownBytes): number {
  switch (shown.kind) {
    case 'null':
      return 0;
    case 'text':
      return shown.text.length;
    case 'binary':
      return shown.hex.length;
  }
}

function hasControls(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return true;
  }
  return false;
}

/** The last place at or before `at` where a character of UTF-8 begins. */
function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
