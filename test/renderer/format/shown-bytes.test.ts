import { describe, expect, it } from 'vitest';
import { bytesOf, copyText, cutNote, hexRow, oneLine } from '../../../renderer/format/shown-bytes';

describe('shown bytes', () => {
  it('puts text on one line and tells binary by 0x', () => {
    expect(oneLine({ kind: 'text', text: 'a\n\tb', bytes: 4, cut: false })).toBe('a b');
    expect(oneLine({ kind: 'binary', hex: '00ff', bytes: 2, cut: false })).toBe('0x00ff');
  });

  it('gives the bytes back, of text as UTF-8', () => {
    expect([...bytesOf({ kind: 'text', text: 'é', bytes: 2, cut: false })]).toEqual([0xc3, 0xa9]);
    expect([...bytesOf({ kind: 'binary', hex: '00ff10', bytes: 3, cut: false })]).toEqual([0, 255, 16]);
    expect(bytesOf({ kind: 'null' })).toHaveLength(0);
  });

  it('copies text as it is and binary as hex', () => {
    expect(copyText({ kind: 'text', text: ' a ', bytes: 3, cut: false })).toBe(' a ');
    expect(copyText({ kind: 'binary', hex: '00ff', bytes: 2, cut: false })).toBe('00ff');
  });

  it('says how much is missing', () => {
    expect(cutNote({ kind: 'binary', hex: '00'.repeat(64_000), bytes: 3_200_000, cut: true })).toBe(
      'Only the first 64.0 kB of 3.20 MB are shown',
    );
    expect(cutNote({ kind: 'null' })).toBeNull();
  });

  it('draws rows of sixteen bytes, the last one padded', () => {
    const all = new TextEncoder().encode('0123456789abcdefXY\n');
    expect(hexRow(all, 0)).toEqual({
      at: '00000000',
      hex: '30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66',
      text: '0123456789abcdef',
    });
    const last = hexRow(all, 1);
    expect(last.at).toBe('00000010');
    expect(last.hex).toHaveLength(48);
    expect(last.text).toBe('XY·');
  });
});

it('draws rows of eight bytes where there is little room', () => {
  const row = hexRow(new TextEncoder().encode('0123456789'), 1, 8);
  expect(row).toEqual({ at: '00000008', hex: '38 39'.padEnd(24), text: '89' });
});
