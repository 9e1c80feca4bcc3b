import { expect, test } from 'vitest';
import { decodeBech32, encodeBech32 } from '../../../electron/engine/keys/bech32';

// valid strings of BIP 173
test.each([
  ['a', 'A12UEL5L', ''],
  ['abcdef', 'abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw', '00443214c74254b635cf84653a56d7c675be77df'],
])('%s: %s is read and written', (prefix, text, hex) => {
  expect(decodeBech32(prefix, text)).toEqual(Buffer.from(hex, 'hex'));
  expect(encodeBech32(prefix, Buffer.from(hex, 'hex'))).toBe(text.toLowerCase());
});

test('takes more than 90 characters, as age keys may have', () => {
  const bytes = Buffer.alloc(100, 7);
  expect(decodeBech32('age', encodeBech32('age', bytes))).toEqual(bytes);
});

test.each([
  ['a wrong checksum', 'a12uel5q'],
  ['mixed case', 'A12uEL5L'],
  ['another prefix', 'b12uel5l'],
  ['a foreign character', 'a12uel5b'],
  ['too few characters', 'a12ue'],
  ['no separator', 'a2uel5l'],
])('%s is refused: %s', (_, text) => {
  expect(decodeBech32('a', text)).toBeNull();
});
