/** What is shown of a record's bytes, in one line or as hex. */
import type { ShownBytes } from '../../shared/model/archive';
import { bytes } from './format';

const LINE_LENGTH = 400;

/** One line for a table. null is told apart from empty by who shows it. */
export function oneLine(shown: ShownBytes): string {
  switch (shown.kind) {
    case 'null':
      return 'null';
    case 'text':
      return shown.text.slice(0, LINE_LENGTH).replaceAll(/\s+/g, ' ');
    case 'binary':
      return `0x${shown.hex.slice(0, 64)}${shown.hex.length > 64 ? '…' : ''}`;
  }
}

/** The bytes again, as far as they are here. */
export function bytesOf(shown: ShownBytes): Uint8Array {
  switch (shown.kind) {
    case 'null':
      return new Uint8Array();
    case 'text':
      return new TextEncoder().encode(shown.text);
    case 'binary':
      return Uint8Array.from({ length: shown.hex.length / 2 }, (_, at) =>
        Number.parseInt(shown.hex.slice(at * 2, at * 2 + 2), 16),
      );
  }
}

/** What goes to the clipboard. */
export function copyText(shown: ShownBytes): string {
  return shown.kind === 'text' ? shown.text : shown.kind === 'binary' ? shown.hex : '';
}

/** "the first 1.00 MB of 3.20 MB" when not all of it is here */
export function cutNote(shown: ShownBytes): string | null {
  if (shown.kind === 'null' || !shown.cut) return null;
  return `Only the first ${bytes(bytesOf(shown).length)} of ${bytes(shown.bytes)} are shown`;
}

export const HEX_ROW_BYTES = 16;

export interface HexRow {
  /** 00000010 */
  readonly at: string;
  /** pairs of digits, with a wider gap in the middle */
  readonly hex: string;
  /** what can be printed of it, a dot for the rest */
  readonly text: string;
}

/** @param rowBytes 16, or 8 where there is little room */
export function hexRow(all: Uint8Array, row: number, rowBytes = HEX_ROW_BYTES): HexRow {
  const start = row * rowBytes;
  const part = [...all.subarray(start, start + rowBytes)];
  const pairs = part.map((byte) => byte.toString(16).padStart(2, '0'));
  const half = rowBytes / 2;
  return {
    at: start.toString(16).padStart(8, '0'),
    hex: `${pairs.slice(0, half).join(' ')}  ${pairs.slice(half).join(' ')}`.padEnd(rowBytes * 3),
    text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
  };
}
