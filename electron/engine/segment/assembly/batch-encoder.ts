/**
 * The records of a batch (message format v2, decompressed) as lines of an archive, in one pass. What lines look like says
 * ../lines.ts, what records look like ../../kafka/record-batch.ts; both do the same record by record, and tests compare.
 *
 * The caller copies records to INPUT_AT, calls `begin`, then `next` until it says something else than RUN. After each of
 * these a run of lines lies between `runStart` and `runEnd`, in memory that stays as it is until the next `begin`: so a
 * batch that turns out to be damaged has left nothing anywhere.
 */
import { putInteger } from './integers';
import { literal, put } from './literals';
import { putText, TEXT_BOUND } from './text';

export const INPUT_AT: usize = 0x1_0000;
export const INPUT_BYTES: usize = 2 * 1024 * 1024;
/** what is read beyond the end of the input at most, and does not matter */
const INPUT_OVERRUN: usize = 0x1_0000;
const OUTPUT_AT: usize = INPUT_AT + INPUT_BYTES + INPUT_OVERRUN;
export const OUTPUT_BYTES: usize = 4 * 1024 * 1024;
const OUTPUT_END: usize = OUTPUT_AT + OUTPUT_BYTES;

/** What `next` says: all records are encoded; a block is full; the structure does not hold; lines might not fit. */
export const DONE: i32 = 0;
export const RUN: i32 = 1;
export const DAMAGED: i32 = 2;
export const FULL: i32 = 3;

/** The run: lines that belong into one block. */
export let runStart: usize = 0;
export let runEnd: usize = 0;
export let runRecords: i32 = 0;
export let runFirstOffset: i64 = 0;
/** records of it that have a timestamp; the lowest and highest of those */
export let runTimed: i32 = 0;
export let runMinTimestamp: i64 = 0;
export let runMaxTimestamp: i64 = 0;
/** keys, values and headers as they came */
export let runRawBytes: u32 = 0;
/** of the last record of all runs, the lowest int64 when there is none */
export let lastOffset: i64 = 0;

const OFFSET = literal('{"offset":');
const TIMESTAMP = literal(',"timestamp":');
const KEY = literal(',"key":');
const VALUE = literal(',"value":');
const HEADERS = literal(',"headers":[');
const FIRST_HEADER = literal('[');
const NEXT_HEADER = literal('],[');
const COMMA = literal(',');
const HEADERS_END = literal(']');
const RECORD_END = literal(']}\n');
/** all of a line but its texts */
const LINE_BOUND: usize = 192;

let at: usize = 0;
let inputEnd: usize = 0;
let recordsLeft: i32 = 0;
let baseOffset: i64 = 0;
let highestOffset: i64 = 0;
let fromOffset: i64 = 0;
let previousOffset: i64 = 0;
let baseTimestamp: i64 = 0;
let appendTimestamp: i64 = 0;
let hasAppendTimestamp: bool = false;
let blockBytes: usize = 0;
/** bytes in the block that the run goes to, lines of the run included */
let blockUsed: usize = 0;
/** a line that did not fit into the block, kept for the next run */
let heldEnd: usize = 0;
let heldOffset: i64 = 0;
let heldTimestamp: i64 = 0;
let heldRawBytes: u32 = 0;

/** A size that the line of a record does not exceed. @param bytes of the record, its length left out */
export function lineBound(bytes: usize, headers: usize): usize {
  return LINE_BOUND + 6 * bytes + 2 * TEXT_BOUND * (1 + headers);
}

/**
 * @param highest inclusive; no record may lie above it
 * @param from records below it are left out
 * @param usedOfBlock bytes that lie in the open block already
 */
export function begin(
  bytes: i32,
  count: i32,
  base: i64,
  highest: i64,
  from: i64,
  usedOfBlock: i32,
  bytesOfBlock: i32,
): void {
  at = INPUT_AT;
  inputEnd = INPUT_AT + bytes;
  recordsLeft = count;
  baseOffset = base;
  highestOffset = highest;
  fromOffset = from;
  previousOffset = i64.MIN_VALUE;
  blockUsed = usedOfBlock;
  blockBytes = bytesOfBlock;
  runEnd = OUTPUT_AT;
  heldEnd = 0;
  lastOffset = i64.MIN_VALUE;
}

/** @param append of all records, if they have one together */
export function setTimestamps(base: i64, hasAppend: bool, append: i64): void {
  baseTimestamp = base;
  hasAppendTimestamp = hasAppend;
  appendTimestamp = append;
}

export function next(): i32 {
  runStart = runEnd;
  runRecords = 0;
  runTimed = 0;
  runRawBytes = 0;
  if (heldEnd != 0) takeHeld();
  while (recordsLeft != 0) {
    recordsLeft -= 1;
    const outcome = encodeRecord();
    if (outcome != DONE) return outcome;
  }
  return at == inputEnd ? DONE : DAMAGED;
}

/** The held line begins a block. */
function takeHeld(): void {
  blockUsed = 0;
  addLine(heldEnd, heldOffset, heldTimestamp, heldRawBytes);
  heldEnd = 0;
}

function addLine(end: usize, offset: i64, timestamp: i64, rawBytes: u32): void {
  if (runRecords == 0) runFirstOffset = offset;
  runRecords += 1;
  runRawBytes += rawBytes;
  lastOffset = offset;
  if (timestamp != -1) {
    if (runTimed == 0 || timestamp < runMinTimestamp) runMinTimestamp = timestamp;
    if (runTimed == 0 || timestamp > runMaxTimestamp) runMaxTimestamp = timestamp;
    runTimed += 1;
  }
  blockUsed += end - runEnd;
  runEnd = end;
}

/** @returns DONE when the record is in the run or left out, RUN when its line waits for the next one */
function encodeRecord(): i32 {
  const length = readVarint();
  // `at` may be behind the end already: then so is the end of the record
  if (length < 0 || length > <i32>(inputEnd - at)) return DAMAGED;
  const end = at + length;
  at += 1; // attributes: unused in v2
  const delta = readVarlong();
  const timestamp = hasAppendTimestamp ? appendTimestamp : baseTimestamp + delta;
  const offset = baseOffset + readVarint();
  if (offset <= previousOffset || offset < baseOffset || offset > highestOffset) return DAMAGED;
  previousOffset = offset;
  if (runEnd + lineBound(length, 0) > OUTPUT_END) return FULL;

  let to = put(OFFSET, runEnd);
  to = putInteger(offset, to);
  to = put(TIMESTAMP, to);
  to = putInteger(timestamp, to);
  to = put(KEY, to);
  const keyLength = readVarint();
  if (keyLength > <i32>(end - at)) return DAMAGED;
  to = putText(at, keyLength, to);
  at += max(0, keyLength);
  to = put(VALUE, to);
  const valueLength = readVarint();
  if (valueLength > <i32>(end - at)) return DAMAGED;
  to = putText(at, valueLength, to);
  at += max(0, valueLength);
  to = put(HEADERS, to);
  const headers = readVarint();
  if (headers < 0 || headers > <i32>(inputEnd - INPUT_AT)) return DAMAGED;
  let headerBytes: u32 = 0;
  if (headers > 0) {
    if (runEnd + lineBound(length, headers) > OUTPUT_END) return FULL;
    to = putHeaders(headers, end, to);
    if (to == 0) return DAMAGED;
    headerBytes = headerRawBytes;
  }
  if (at != end) return DAMAGED;
  to = put(RECORD_END, to);

  if (offset < fromOffset) return DONE;
  const rawBytes = <u32>max(0, keyLength) + <u32>max(0, valueLength) + headerBytes;
  if (blockUsed > 0 && blockUsed + (to - runEnd) > blockBytes) {
    heldEnd = to;
    heldOffset = offset;
    heldTimestamp = timestamp;
    heldRawBytes = rawBytes;
    return RUN;
  }
  addLine(to, offset, timestamp, rawBytes);
  return DONE;
}

let headerRawBytes: u32 = 0;

/** @returns the position behind them, 0 when their structure does not hold */
function putHeaders(count: i32, end: usize, start: usize): usize {
  let to = start;
  headerRawBytes = 0;
  for (let index = 0; index < count; index += 1) {
    to = put(index == 0 ? FIRST_HEADER : NEXT_HEADER, to);
    const nameLength = readVarint();
    if (nameLength < 0 || nameLength > <i32>(end - at)) return 0;
    to = putText(at, nameLength, to);
    at += nameLength;
    to = put(COMMA, to);
    const valueLength = readVarint();
    if (valueLength > <i32>(end - at)) return 0;
    to = putText(at, valueLength, to);
    at += max(0, valueLength);
    headerRawBytes += <u32>nameLength + <u32>max(0, valueLength);
  }
  return put(HEADERS_END, to);
}

/** zigzag, 32 bits; one that is too long leaves `at` behind all input, where nothing holds */
function readVarint(): i32 {
  let byte: u32 = load<u8>(at);
  at += 1;
  let value = byte & 0x7f;
  for (let shift = 7; byte >= 0x80; shift += 7) {
    if (shift > 28) return tooLong();
    byte = load<u8>(at);
    at += 1;
    value |= (byte & 0x7f) << shift;
  }
  return (value >>> 1) ^ -((<i32>value) & 1);
}

/** zigzag, 64 bits; as readVarint */
function readVarlong(): i64 {
  let byte: u64 = load<u8>(at);
  at += 1;
  let value = byte & 0x7f;
  for (let shift: u64 = 7; byte >= 0x80; shift += 7) {
    if (shift > 63) return tooLong();
    byte = load<u8>(at);
    at += 1;
    value |= (byte & 0x7f) << shift;
  }
  return (value >>> 1) ^ -((<i64>value) & 1);
}

function tooLong(): i32 {
  at = inputEnd + 1;
  return 0;
}
