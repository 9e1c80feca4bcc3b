/**
 * The records of a batch (message format v2, decompressed) as lines of an archive, in one pass. What lines look like says
 * ../lines.ts, what records look like ../../kafka/record-batch.ts; both do the same record by record, and tests compare.
 *
 * The caller copies records to INPUT_AT, calls `begin`, then `next` as long as it says RUN. After each call a run of lines
 * lies between `runStart` and `runEnd`, in memory that stays as it is until the next `begin` or `clear`: so a batch that
 * turns out to be damaged has left nothing anywhere.
 */
import { putInteger } from './integers';
import { literal, put } from './literals';
import { putText, TEXT_BOUND } from './text';

export const INPUT_AT: usize = 0x1_0000;
export const INPUT_BYTES: usize = 16 * 1024 * 1024;
/** what is read beyond the end of the input at most, and does not matter */
const INPUT_OVERRUN: usize = 0x1_0000;
export const OUTPUT_AT: usize = INPUT_AT + INPUT_BYTES + INPUT_OVERRUN;
const OUTPUT_BYTES: usize = 4 * 1024 * 1024;
const OUTPUT_END: usize = OUTPUT_AT + OUTPUT_BYTES;

/** What `next` says. */
export const DONE: i32 = 0;
/** The run ends where a block ends. */
export const RUN: i32 = 1;
/** The structure does not hold. */
export const DAMAGED: i32 = 2;
/** The next record might not fit behind the run: it waits for `clear`. */
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
/** of the last record in any run; whatever it was before while there is none */
export let lastOffset: i64 = 0;

/** the next record in the input; how many there are from it on */
export let at: usize = 0;
export let recordsLeft: i32 = 0;

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

let inputEnd: usize = 0;
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

/** what `openRecord` found */
let recordEnd: usize = 0;
let recordOffset: i64 = 0;
let recordTimestamp: i64 = 0;
let recordRawBytes: u32 = 0;
/** of that record, when its line did not fit into the block and waits for the next run; else 0 */
let heldEnd: usize = 0;

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
  blockBytes = bytesOfBlock;
  clear(usedOfBlock);
}

/** @param append of all records, if they have one together */
export function setTimestamps(base: i64, hasAppend: bool, append: i64): void {
  baseTimestamp = base;
  hasAppendTimestamp = hasAppend;
  appendTimestamp = append;
}

/** Forgets all runs. @param usedOfBlock as for `begin` */
export function clear(usedOfBlock: i32): void {
  blockUsed = usedOfBlock;
  runEnd = OUTPUT_AT;
  heldEnd = 0;
}

export function next(): i32 {
  runStart = runEnd;
  runRecords = 0;
  runTimed = 0;
  runRawBytes = 0;
  if (heldEnd != 0) {
    blockUsed = 0;
    addLine(heldEnd);
    heldEnd = 0;
  }
  while (recordsLeft != 0) {
    const start = at;
    const before = previousOffset;
    const outcome = encodeRecord();
    if (outcome == FULL) {
      at = start;
      previousOffset = before;
      return FULL;
    }
    recordsLeft -= 1;
    if (outcome != DONE) return outcome;
  }
  return at == inputEnd ? DONE : DAMAGED;
}

/** Whether the structure holds from the next record to the end. */
export function restHolds(): bool {
  const start = at;
  const before = previousOffset;
  let holds = true;
  for (let left = recordsLeft; holds && left != 0; left -= 1) holds = passRecord();
  holds = holds && at == inputEnd;
  at = start;
  previousOffset = before;
  return holds;
}

/** Leaves the next record, whose structure holds, to the caller. */
export function skip(): void {
  passRecord();
  recordsLeft -= 1;
}

/** The line of the record that was opened last joins the run. */
function addLine(end: usize): void {
  if (runRecords == 0) runFirstOffset = recordOffset;
  runRecords += 1;
  runRawBytes += recordRawBytes;
  lastOffset = recordOffset;
  if (recordTimestamp != -1) {
    if (runTimed == 0 || recordTimestamp < runMinTimestamp) runMinTimestamp = recordTimestamp;
    if (runTimed == 0 || recordTimestamp > runMaxTimestamp) runMaxTimestamp = recordTimestamp;
    runTimed += 1;
  }
  blockUsed += end - runEnd;
  runEnd = end;
}

/** @returns DONE when the record is in the run or left out, RUN when its line waits for the next one, DAMAGED, FULL */
function encodeRecord(): i32 {
  if (!openRecord()) return DAMAGED;
  const end = recordEnd;
  const length = end - at;
  if (runEnd + lineBound(length, 0) > OUTPUT_END) return FULL;
  let to = put(OFFSET, runEnd);
  to = putInteger(recordOffset, to);
  to = put(TIMESTAMP, to);
  to = putInteger(recordTimestamp, to);
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
  recordRawBytes = <u32>max(0, keyLength) + <u32>max(0, valueLength);
  to = put(HEADERS, to);
  const headers = readVarint();
  if (headers < 0 || headers > <i32>(end - at)) return DAMAGED;
  if (headers > 0) {
    if (runEnd + lineBound(length, headers) > OUTPUT_END) return FULL;
    to = putHeaders(headers, end, to);
  }
  if (at != end) return DAMAGED;
  to = put(RECORD_END, to);
  if (recordOffset < fromOffset) return DONE;
  if (blockUsed > 0 && blockUsed + (to - runEnd) > blockBytes) {
    heldEnd = to;
    return RUN;
  }
  addLine(to);
  return DONE;
}

/** A size that the line of a record does not exceed. */
function lineBound(bytes: usize, headers: usize): usize {
  return LINE_BOUND + 6 * bytes + 2 * TEXT_BOUND * (1 + headers);
}

/** @returns the position behind them; leaves `at` behind the record when their structure does not hold */
function putHeaders(count: i32, end: usize, start: usize): usize {
  let to = start;
  for (let index = 0; index < count; index += 1) {
    to = put(index == 0 ? FIRST_HEADER : NEXT_HEADER, to);
    const nameLength = readVarint();
    if (nameLength < 0 || nameLength > <i32>(end - at)) return broken();
    to = putText(at, nameLength, to);
    at += nameLength;
    to = put(COMMA, to);
    const valueLength = readVarint();
    if (valueLength > <i32>(end - at)) return broken();
    to = putText(at, valueLength, to);
    at += max(0, valueLength);
    recordRawBytes += <u32>nameLength + <u32>max(0, valueLength);
  }
  return put(HEADERS_END, to);
}

/** Reads up to the key. @returns false when the structure does not hold; what lies behind may still be damaged */
function openRecord(): bool {
  const length = readVarint();
  // `at` may be behind the end already: then so is the end of the record
  if (length < 0 || length > <i32>(inputEnd - at)) return false;
  recordEnd = at + length;
  at += 1; // attributes: unused in v2
  const delta = readVarlong();
  recordTimestamp = hasAppendTimestamp ? appendTimestamp : baseTimestamp + delta;
  recordOffset = baseOffset + readVarint();
  if (recordOffset <= previousOffset || recordOffset < baseOffset || recordOffset > highestOffset) return false;
  previousOffset = recordOffset;
  return at < recordEnd;
}

/** @returns whether its structure holds */
function passRecord(): bool {
  if (!openRecord()) return false;
  const end = recordEnd;
  if (!passBytes(end, false) || !passBytes(end, false)) return false;
  const headers = readVarint();
  if (headers < 0 || headers > <i32>(end - at)) return false;
  for (let index = 0; index < headers; index += 1) {
    if (!passBytes(end, true) || !passBytes(end, false)) return false;
  }
  return at == end;
}

function passBytes(end: usize, isName: bool): bool {
  const length = readVarint();
  if (length > <i32>(end - at) || (isName && length < 0)) return false;
  at += max(0, length);
  return true;
}

/** zigzag, 32 bits */
function readVarint(): i32 {
  let byte: u32 = load<u8>(at);
  at += 1;
  let value = byte & 0x7f;
  for (let shift = 7; byte >= 0x80; shift += 7) {
    if (shift > 28) return broken();
    byte = load<u8>(at);
    at += 1;
    value |= (byte & 0x7f) << shift;
  }
  return (value >>> 1) ^ -((<i32>value) & 1);
}

/** zigzag, 64 bits */
function readVarlong(): i64 {
  let byte: u64 = load<u8>(at);
  at += 1;
  let value = byte & 0x7f;
  for (let shift: u64 = 7; byte >= 0x80; shift += 7) {
    if (shift > 63) return broken();
    byte = load<u8>(at);
    at += 1;
    value |= (byte & 0x7f) << shift;
  }
  return (value >>> 1) ^ -((<i64>value) & 1);
}

/** Leaves `at` behind all input, where nothing holds. */
function broken(): i32 {
  at = inputEnd + 1;
  return 0;
}
