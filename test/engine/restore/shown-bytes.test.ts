import { describe, expect, test } from 'vitest';
import { showBytes } from '../../../electron/engine/restore/shown-bytes';

describe('bytes that are shown', () => {
  test('tell null from empty', () => {
    expect(showBytes(null)).toEqual({ kind: 'null' });
    expect(showBytes(Buffer.alloc(0))).toEqual({ kind: 'text', text: '', bytes: 0, cut: false });
  });

  test('are text when they are UTF-8', () => {
    expect(showBytes(Buffer.from('a\tb\r\nGrüße 🚌'))).toEqual({
      kind: 'text',
      text: 'a\tb\r\nGrüße 🚌',
      bytes: 17,
      cut: false,
    });
  });

  test.each([
    ['not UTF-8', Buffer.from([0xff, 0xfe])],
    ['a number in eight bytes', Buffer.from([0, 0, 0, 0, 0, 0, 0, 42])],
    ['an escape sequence', Buffer.from('\u001b[2J')],
  ])('are binary when they are %s', (_what, bytes) => {
    expect(showBytes(bytes)).toEqual({ kind: 'binary', hex: bytes.toString('hex'), bytes: bytes.length, cut: false });
  });

  test('are cut between two characters, and tell their whole length', () => {
    const shown = showBytes(Buffer.from(`a${'€'.repeat(400_000)}`));

    expect(shown).toMatchObject({ kind: 'text', bytes: 1_200_001, cut: true });
    expect(shown.kind === 'text' && shown.text).toBe(`a${'€'.repeat(333_333)}`);
  });

  test('are cut earlier when they are binary', () => {
    const shown = showBytes(Buffer.alloc(100_000, 0xff));

    expect(shown).toMatchObject({ kind: 'binary', bytes: 100_000, cut: true });
    expect(shown.kind === 'binary' && shown.hex.length).toBe(128_000);
  });
});
