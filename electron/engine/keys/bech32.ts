/**
 * Bech32 (BIP 173) without its limit of 90 characters, as age writes its keys: `age1...` and `AGE-SECRET-KEY-1...`.
 */
const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const CHECKSUM_CHARACTERS = 6;
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

export function encodeBech32(prefix: string, bytes: Buffer): string {
  const words = regroup(bytes, 8, 5, true) ?? [];
  const remainder = polymod([...expand(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checksum = [5, 4, 3, 2, 1, 0].map((index) => (remainder >>> (5 * index)) & 31);
  return `${prefix}1${[...words, ...checksum].map((word) => ALPHABET.charAt(word)).join('')}`;
}

/** @returns null when the text is not bech32, or of another prefix; `prefix` in lower case, the text in either */
export function decodeBech32(prefix: string, text: string): Buffer | null {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return null;
  if (!lower.startsWith(`${prefix}1`)) return null;
  const words = Array.from(lower.slice(prefix.length + 1), (character) => ALPHABET.indexOf(character));
  if (words.length < CHECKSUM_CHARACTERS || words.includes(-1)) return null;
  if (polymod([...expand(prefix), ...words]) !== 1) return null;
  const bytes = regroup(words.slice(0, -CHECKSUM_CHARACTERS), 5, 8, false);
  return bytes === null ? null : Buffer.from(bytes);
}

function expand(prefix: string): number[] {
  const codes = Array.from(prefix, (character) => character.charCodeAt(0));
  return [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
}

function polymod(words: readonly number[]): number {
  let checksum = 1;
  for (const word of words) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ word;
    GENERATORS.forEach((generator, bit) => {
      if ((top >>> bit) & 1) checksum ^= generator;
    });
  }
  return checksum;
}

/** Regroups bits; when not padding, left-over bits must be fewer than a word and zero, else null. */
function regroup(words: Iterable<number>, from: number, to: number, pads: boolean): number[] | null {
  const regrouped: number[] = [];
  let bits = 0;
  let value = 0;
  for (const word of words) {
    value = ((value << from) | word) & 0xfff;
    bits += from;
    while (bits >= to) {
      bits -= to;
      regrouped.push((value >>> bits) & ((1 << to) - 1));
    }
  }
  if (pads) {
    if (bits > 0) regrouped.push((value << (to - bits)) & ((1 << to) - 1));
    return regrouped;
  }
  return bits < from && (value & ((1 << bits) - 1)) === 0 ? regrouped : null;
}
