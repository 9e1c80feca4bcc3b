/**
 * The lines of an archive, both directions: one JSON object a line, its keys always in this order, no spaces.
 *
 *     {"offset":17,"timestamp":1671494400000,"key":"3005","value":"{...}","headers":[["source","bus"]]}
 *     {"offset":17,"lastOffset":19,"corrupt":{"base64":"..."}}
 *
 * Straight from a record's bytes into the block and back: no object, string or JSON.parse a record on the way out, and
 * int64 exactly, which JSON.parse would round.
 */
import { isUtf8 } from 'node:buffer';
import {
  encodeBase64,
  encodedTextBound,
  encodedTextBytes,
  encodeText,
  MalformedLine,
  put,
  TextCursor,
} from './json-text';
import type { ArchivedLine, ArchivedRecord, CorruptBatch, RecordView } from './record';

const OFFSET = Buffer.from('{"offset":');
const TIMESTAMP = Buffer.from(',"timestamp":');
const KEY = Buffer.from(',"key":');
const VALUE = Buffer.from(',"value":');
const HEADERS = Buffer.from(',"headers":[');
const HEADER_START = Buffer.from('[');
const COMMA = Buffer.from(',');
const NEXT_HEADER = Buffer.from('],[');
const HEADER_END = Buffer.from(']');
const RECORD_END = Buffer.from(']}\n');
const LAST_OFFSET = Buffer.from(',"lastOffset":');
const CORRUPT = Buffer.from(',"corrupt":');
const CORRUPT_END = Buffer.from('}\n');

const MINUS = 0x2d;
const ZERO = 0x30;
const FIXED_BYTES = 128;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
/** integers of up to so many digits are exact as numbers */
const EXACT_DIGITS = 15;

/** A size that the line of this record does not exceed. */
export function recordBound(view: RecordView): number {
  const { bytes, headerSpans, headerCount } = view;
  let bound =
    FIXED_BYTES +
    encodedTextBound(bytes, view.keyStart, view.keyLength) +
    encodedTextBound(bytes, view.valueStart, view.valueLength);
  for (let span = 0; span < headerCount * 4; span += 2) {
    bound += 4 + encodedTextBound(bytes, headerSpans[span] as number, headerSpans[span + 1] as number);
  }
  return bound;
}

/** The size of a record's line. */
export function recordBytes(view: RecordView): number {
  const { bytes, headerSpans, headerCount } = view;
  let size =
    OFFSET.length + String(view.offset).length + TIMESTAMP.length + String(view.timestamp).length +
    KEY.length + encodedTextBytes(bytes, view.keyStart, view.keyLength) +
    VALUE.length + encodedTextBytes(bytes, view.valueStart, view.valueLength) +
    HEADERS.length + RECORD_END.length; // prettier-ignore
  if (headerCount > 0) size += HEADER_START.length + HEADER_END.length + (headerCount - 1) * NEXT_HEADER.length;
  for (let span = 0; span < headerCount * 4; span += 2) {
    size += encodedTextBytes(bytes, headerSpans[span] as number, headerSpans[span + 1] as number);
  }
  return size + headerCount * COMMA.length;
}

/** Writes a record's line; the target must have room, see `recordBound`. @returns the position behind it */
export function encodeRecord(view: RecordView, target: Buffer, start: number): number {
  const { bytes } = view;
  let at = put(OFFSET, target, start);
  at = putInteger(view.offset, target, at);
  at = put(TIMESTAMP, target, at);
  at = putInteger(view.timestamp, target, at);
  at = put(KEY, target, at);
  at = encodeText(bytes, view.keyStart, view.keyLength, target, at);
  at = put(VALUE, target, at);
  at = encodeText(bytes, view.valueStart, view.valueLength, target, at);
  at = put(HEADERS, target, at);
  if (view.headerCount > 0) at = encodeHeaders(view, target, at);
  return put(RECORD_END, target, at);
}

function encodeHeaders({ bytes, headerSpans, headerCount }: RecordView, target: Buffer, start: number): number {
  let at = start;
  for (let span = 0; span < headerCount * 4; span += 4) {
    at = put(span === 0 ? HEADER_START : NEXT_HEADER, target, at);
    at = encodeText(bytes, headerSpans[span] as number, headerSpans[span + 1] as number, target, at);
    at = put(COMMA, target, at);
    at = encodeText(bytes, headerSpans[span + 2] as number, headerSpans[span + 3] as number, target, at);
  }
  return put(HEADER_END, target, at);
}

export function corruptBound(bytes: Buffer): number {
  return FIXED_BYTES + Math.ceil(bytes.length / 3) * 4;
}

/** Writes the line of a batch whose CRC stayed wrong; room as `corruptBound` says. @returns the position behind it */
export function encodeCorrupt(
  { offset, lastOffset, bytes }: Omit<CorruptBatch, 'kind'>,
  target: Buffer,
  start: number,
): number {
  let at = put(OFFSET, target, start);
  at = putInteger(offset, target, at);
  at = put(LAST_OFFSET, target, at);
  at = putInteger(lastOffset, target, at);
  at = put(CORRUPT, target, at);
  at = encodeBase64(bytes, 0, bytes.length, target, at);
  return put(CORRUPT_END, target, at);
}

const SEVEN_DIGITS = 10_000_000;

function putInteger(value: number | bigint, target: Buffer, at: number): number {
  if (typeof value === 'bigint') return at + target.write(value.toString(), at, 'latin1');
  let rest = value;
  let to = at;
  if (rest < 0) {
    target[to++] = MINUS;
    rest = -rest;
  }
  if (rest < SEVEN_DIGITS) return putDigits(rest, digitsOf(rest), target, to);
  // both halves fit 31 bits, where division is cheap
  const high = Math.floor(rest / SEVEN_DIGITS);
  to = putDigits(high, digitsOf(high), target, to);
  return putDigits(rest - high * SEVEN_DIGITS, 7, target, to);
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits += 1;
  return digits;
}

function putDigits(value: number, digits: number, target: Buffer, at: number): number {
  let rest = value | 0;
  for (let position = at + digits - 1; position >= at; position -= 1) {
    const tenth = (rest / 10) | 0;
    target[position] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

/** The lines of a block. What does not hold is told with the offset it was found at. */
export interface DecodedBlock {
  readonly lines: ArchivedLine[];
  /** without corrupt batches */
  readonly records: number;
  /** lowest and highest, records without one left out; null when there is none */
  readonly timestamps: { readonly min: bigint; readonly max: bigint } | null;
  readonly someWithoutTimestamp: boolean;
}

export class LineError extends Error {
  /** of the last line that was whole, null for none */
  readonly afterOffset: bigint | null;

  constructor(what: string, afterOffset: bigint | null) {
    super(what);
    this.afterOffset = afterOffset;
  }
}

/**
 * Reads whole lines. Keys, values and headers are views of the block, not copies: who keeps one keeps the block.
 * @throws LineError for anything the encoder would not have written
 */
export function decodeLines(block: Buffer): DecodedBlock {
  if (!isUtf8(block)) throw new LineError('it holds bytes that are not UTF-8', null);
  const cursor = new TextCursor(block);
  const lines: ArchivedLine[] = [];
  const tally = new TimestampTally();
  let previous: bigint | null = null;
  while (cursor.at < block.length) {
    const line = decodeLine(cursor, previous);
    lines.push(line);
    previous = line.kind === 'record' ? line.offset : line.lastOffset;
    if (line.kind === 'record') tally.add(line.timestamp);
  }
  const { records, timestamps, someWithoutTimestamp } = tally;
  return { lines, records, timestamps, someWithoutTimestamp };
}

class TimestampTally {
  records = 0;
  timestamps: { min: bigint; max: bigint } | null = null;
  someWithoutTimestamp = false;

  add(timestamp: bigint): void {
    this.records += 1;
    if (timestamp === -1n) this.someWithoutTimestamp = true;
    else if (this.timestamps === null) this.timestamps = { min: timestamp, max: timestamp };
    else if (timestamp < this.timestamps.min) this.timestamps.min = timestamp;
    else if (timestamp > this.timestamps.max) this.timestamps.max = timestamp;
  }
}

function decodeLine(cursor: TextCursor, previous: bigint | null): ArchivedLine {
  try {
    cursor.expect(OFFSET);
    const offset = readInteger(cursor);
    if (previous !== null && offset <= previous) throw new MalformedLine(`offset ${offset} goes backwards`);
    return cursor.skip(TIMESTAMP) ? decodeRecord(cursor, offset) : decodeCorrupt(cursor, offset);
  } catch (thrown) {
    if (thrown instanceof MalformedLine) throw new LineError(thrown.message, previous);
    throw thrown;
  }
}

function decodeRecord(cursor: TextCursor, offset: bigint): ArchivedRecord {
  const timestamp = readInteger(cursor);
  cursor.expect(KEY);
  const key = cursor.readTextOrNull();
  cursor.expect(VALUE);
  const value = cursor.readTextOrNull();
  cursor.expect(HEADERS);
  const headers = cursor.skip(RECORD_END) ? NO_HEADERS : decodeHeaders(cursor);
  return { kind: 'record', offset, timestamp, key, value, headers };
}

const NO_HEADERS: ArchivedRecord['headers'] = [];

function decodeHeaders(cursor: TextCursor): ArchivedRecord['headers'] {
  const headers: [Buffer, Buffer | null][] = [];
  cursor.expect(HEADER_START);
  do {
    const name = cursor.readText();
    cursor.expect(COMMA);
    headers.push([name, cursor.readTextOrNull()]);
  } while (cursor.skip(NEXT_HEADER));
  cursor.expect(HEADER_END);
  cursor.expect(RECORD_END);
  return headers;
}

function decodeCorrupt(cursor: TextCursor, offset: bigint): CorruptBatch {
  cursor.expect(LAST_OFFSET);
  const lastOffset = readInteger(cursor);
  if (lastOffset < offset) throw new MalformedLine(`a batch ends at ${lastOffset}, before it begins`);
  cursor.expect(CORRUPT);
  const bytes = cursor.readBase64();
  cursor.expect(CORRUPT_END);
  return { kind: 'corrupt', offset, lastOffset, bytes };
}

function readInteger(cursor: TextCursor): bigint {
  const { bytes, at } = cursor;
  const isNegative = bytes[at] === MINUS;
  const start = isNegative ? at + 1 : at;
  let value = 0;
  let end = start;
  for (let digit = digitAt(bytes, end); digit >= 0; digit = digitAt(bytes, ++end)) value = value * 10 + digit;
  const digits = end - start;
  const hasLeadingZero = bytes[start] === ZERO && (digits > 1 || isNegative);
  if (digits === 0 || digits > 19 || hasLeadingZero) throw new MalformedLine('a whole number is expected');
  cursor.at = end;
  if (digits <= EXACT_DIGITS) return BigInt(isNegative ? -value : value);
  const exact = BigInt(bytes.toString('latin1', at, end));
  if (exact < MIN_INT64 || exact > MAX_INT64) throw new MalformedLine('a whole number has more than 64 bits');
  return exact;
}

function digitAt(bytes: Buffer, at: number): number {
  const digit = (bytes[at] ?? 0) - ZERO;
  return digit <= 9 ? digit : -1;
}
