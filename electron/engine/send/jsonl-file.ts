/**
 * A JSONL file as a source of records: every line is checked before the first is sent, then read a second time. The
 * value of a record is its line, byte for byte, without the line's end.
 */
import { isUtf8 } from 'node:buffer';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf, PermafrostError } from '../../../shared/errors';
import { readLines, type LineReader } from './line-reader';
import type { OutgoingRecord } from './producer-port';
import type { RecordSource } from './record-source';

export const MAX_LINE_BYTES = 10_000_000;

export interface JsonlOptions {
  /** the field whose text becomes the record's key; a line without it has a null key. VEHICLE_ID */
  readonly keyField?: string;
  readonly maxLineBytes?: number;
  readonly signal?: AbortSignal;
  /** the records' Kafka timestamp, asked once a batch */
  readonly now?: () => number;
  /** during the check, after each piece of the file */
  readonly onChecked?: (checkedBytes: number, fileBytes: number) => void;
}

export interface JsonlFile extends RecordSource {
  readonly messages: number;
  readonly bytes: number;
  close(): Promise<void>;
}

/**
 * Checks the whole file.
 * @throws PermafrostError FILE_UNREADABLE (missing, denied, no file, empty, or it changes meanwhile);
 * FILE_LINE_INVALID with context.line; CANCELLED
 */
export async function openJsonlFile(path: string, options: JsonlOptions = {}): Promise<JsonlFile> {
  const file = await openFile(path);
  try {
    const version = await versionOf(file);
    const messages = await checkLines(path, file, version, options);
    if (messages === 0) throw unreadable(path, 'it is empty. Choose a file with one JSON object a line');
    return {
      messages,
      bytes: Number(version.size),
      next: recordsOf(path, file, version, options),
      close: () => file.close(),
    };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // before it is opened: opening a pipe would wait for its writer
    if (!(await stat(path)).isFile()) throw unreadable(path, 'it is not a file but a folder or a device');
    return await open(path, 'r');
  } catch (thrown) {
    throw thrown instanceof PermafrostError ? thrown : unreadable(path, messageOf(thrown), thrown);
  }
}

/** @returns how many messages the file holds */
async function checkLines(path: string, file: FileHandle, version: Version, options: JsonlOptions): Promise<number> {
  const lines = linesOf(path, file, version, options, (checked) => options.onChecked?.(checked, Number(version.size)));
  let messages = 0;
  let blankLine: number | null = null;
  for (let line = await nextLine(path, lines); line !== null; line = await nextLine(path, lines)) {
    if (isBlank(line)) {
      blankLine ??= lines.line;
      continue;
    }
    // blank lines may end the file; between messages one hints at something lost
    if (blankLine !== null) throw invalidLine(path, blankLine, 'is empty');
    const reason = reasonAgainst(line, lines.line);
    if (reason !== null) throw invalidLine(path, lines.line, reason);
    messages += 1;
  }
  return messages;
}

function reasonAgainst(line: Buffer, number: number): string | null {
  if (number === 1 && line.subarray(0, 3).equals(BYTE_ORDER_MARK)) return 'begins with a byte order mark';
  if (!isUtf8(line)) return 'is not valid UTF-8';
  try {
    JSON.parse(line.toString('utf8'));
    return null;
  } catch (thrown) {
    return `is not valid JSON (${messageOf(thrown)})`;
  }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function recordsOf(path: string, file: FileHandle, version: Version, options: JsonlOptions): RecordSource['next'] {
  const { keyField = 'VEHICLE_ID', now = Date.now } = options;
  const lines = linesOf(path, file, version, options, () => undefined);
  let held: OutgoingRecord | null = null;

  return async (maxRecords, maxBytes) => {
    const timestamp = now();
    const records: OutgoingRecord[] = [];
    let bytes = 0;
    while (records.length < maxRecords) {
      const record: OutgoingRecord | null = held ?? (await nextRecord(path, lines, keyField, timestamp));
      held = null;
      if (record === null) break;
      bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
      if (bytes > maxBytes && records.length > 0) {
        held = record;
        break;
      }
      records.push(record);
    }
    return records;
  };
}

async function nextRecord(
  path: string,
  lines: LineReader,
  keyField: string,
  timestamp: number,
): Promise<OutgoingRecord | null> {
  const line = await nextLine(path, lines);
  // blank lines stand at the end only: that was checked
  if (line === null || isBlank(line)) return null;
  try {
    return { key: keyOf(line, keyField), value: line, headers: [], timestamp };
  } catch (thrown) {
    throw changed(path, thrown);
  }
}

/** Text stays text, an integer becomes its digits; anything else is no key. */
function keyOf(line: Buffer, keyField: string): Buffer | null {
  const message: unknown = JSON.parse(line.toString('utf8'));
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, keyField)) return null;
  const key: unknown = (message as Record<string, unknown>)[keyField];
  if (typeof key === 'string') return Buffer.from(key);
  return Number.isSafeInteger(key) ? Buffer.from(String(key)) : null;
}

function linesOf(
  path: string,
  file: FileHandle,
  version: Version,
  { signal, maxLineBytes = MAX_LINE_BYTES }: JsonlOptions,
  onPiece: (bytesRead: number) => void,
): LineReader {
  return readLines(file, {
    maxLineBytes,
    onTooLong: (line) => invalidLine(path, line, `is longer than ${maxLineBytes.toLocaleString('en-US')} bytes`),
    onPiece: async (bytesRead) => {
      if (signal?.aborted === true) throw new PermafrostError('CANCELLED', `Reading ${basename(path)} was cancelled.`);
      const { size, mtimeNs } = await versionOf(file);
      if (size !== version.size || mtimeNs !== version.mtimeNs) {
        throw changed(path);
      }
      onPiece(bytesRead);
    },
  });
}

async function nextLine(path: string, lines: LineReader): Promise<Buffer | null> {
  try {
    return await lines.next();
  } catch (thrown) {
    throw thrown instanceof PermafrostError ? thrown : unreadable(path, messageOf(thrown), thrown);
  }
}

interface Version {
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

async function versionOf(file: FileHandle): Promise<Version> {
  return file.stat({ bigint: true });
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function invalidLine(path: string, line: number, reason: string): PermafrostError {
  return new PermafrostError(
    'FILE_LINE_INVALID',
    `Line ${line} of ${basename(path)} ${reason}. Nothing was sent. Correct that line and send the file again.`,
    { context: { path, line } },
  );
}

function changed(path: string, cause?: unknown): PermafrostError {
  return unreadable(path, 'it changed while it was being read. Send it when nothing writes to it any more', cause);
}

function unreadable(path: string, reason: string, cause?: unknown): PermafrostError {
  return new PermafrostError('FILE_UNREADABLE', `${basename(path)} cannot be read: ${reason}.`, {
    context: { path },
    cause,
  });
}
