import { expect, test } from 'vitest';
import { authorityEntry } from '../../scripts/electron/display.mjs';

test('the authority entry is for any display, by a cookie', () => {
  const cookie = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

  const entry = authorityEntry(cookie);

  const name = Buffer.from('MIT-MAGIC-COOKIE-1').toString('hex');
  expect(entry.toString('hex')).toBe(['ffff', '0000', '0000', '0012', name, '0010', cookie.toString('hex')].join(''));
});
