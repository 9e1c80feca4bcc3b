/**
 * Finds records in the lines of a block without decoding all of them: the bytes that every record in question has in its
 * line are looked for first, and only lines that have them are decoded.
 */
import { damaged } from '../../segment/errors';
import { decodeLines, LineError } from '../../segment/lines';
import type { ArchivedLine } from '../../segment/record';
import type { RecordTest } from './record-test';

export interface Match {
  readonly line: ArchivedLine;
  /** the line as it stands in the archive, with its line feed; a view of the block */
  readonly encoded: Buffer;
}

const LINE_FEED = 0x0a;
/** Bytes that are no text are in base64, where no text can be found: such lines are decoded. Strings escape their quotes. */
const BINARY = Buffer.from('{"base64":"');

/** @param index of the block, for messages @throws PermafrostError ARCHIVE_DAMAGED for a line that is no record's */
export function matchesIn(encoded: Buffer, test: RecordTest, index: number): Match[] {
  return test.needle === null ? decodedMatches(encoded, test, index) : foundMatches(encoded, test, test.needle, index);
}

function decodedMatches(encoded: Buffer, test: RecordTest, index: number): Match[] {
  const matches: Match[] = [];
  let start = 0;
  for (const line of decode(encoded, index)) {
    const end = encoded.indexOf(LINE_FEED, start) + 1;
    if (test.takes(line)) matches.push({ line, encoded: encoded.subarray(start, end) });
    start = end;
  }
  return matches;
}

function foundMatches(encoded: Buffer, test: RecordTest, needle: Buffer, index: number): Match[] {
  const matches: Match[] = [];
  let text = -1;
  let binary = -1;
  for (let at = 0; at < encoded.length;) {
    if (text < at) text = positionFrom(encoded, needle, at);
    if (binary < at) binary = positionFrom(encoded, BINARY, at);
    const found = Math.min(text, binary);
    if (found === Infinity) break;
    const start = encoded.lastIndexOf(LINE_FEED, found) + 1;
    const lineFeed = encoded.indexOf(LINE_FEED, found);
    at = lineFeed === -1 ? encoded.length : lineFeed + 1;
    const bytes = encoded.subarray(start, at);
    for (const line of decode(bytes, index)) if (test.takes(line)) matches.push({ line, encoded: bytes });
  }
  return matches;
}

function positionFrom(encoded: Buffer, needle: Buffer, at: number): number {
  const found = encoded.indexOf(needle, at);
  return found === -1 ? Infinity : found;
}

function decode(lines: Buffer, index: number): readonly ArchivedLine[] {
  try {
    return decodeLines(lines).lines;
  } catch (thrown) {
    if (!(thrown instanceof LineError)) throw thrown;
    throw damaged(`block ${index} has a malformed line: ${thrown.message}`, { block: index }, thrown);
  }
}
