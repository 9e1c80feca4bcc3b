/** Writes records of an archive into a file: as JSON lines, as they stand in the archive, or as CSV. */
import { isUtf8 } from 'node:buffer';
import { basename, dirname } from 'node:path';
import { PermafrostError } from '../../../../shared/errors';
import type { ArchivedLine } from '../../segment/record';
import { saveFile } from '../download/saved-file';
import type { ScannedBlock } from './scan-archive';

export interface ExportOptions {
  readonly blocks: AsyncIterable<ScannedBlock>;
  readonly form: 'jsonl' | 'csv';
  /** what is there already is not overwritten: the file gets a number then */
  readonly target: string;
  readonly signal: AbortSignal;
  /** after each block, with the bytes written so far */
  readonly onProgress: (written: number) => void;
}

export interface ExportResult {
  readonly path: string;
  readonly records: number;
  readonly bytes: number;
}

const HEADING = 'offset,timestamp,time,key,value,headers\r\n';

/** @throws PermafrostError FILE_UNWRITABLE, CANCELLED; what the blocks throw. No file is left then. */
export async function exportRecords(options: ExportOptions): Promise<ExportResult> {
  const { blocks, form, target, signal, onProgress } = options;
  let [records, bytes] = [0, 0];
  const { path } = await saveFile(dirname(target), basename(target), async (write) => {
    if (form === 'csv') await write(Buffer.from(HEADING));
    for await (const { matches } of blocks) {
      if (signal.aborted) throw new PermafrostError('CANCELLED', 'The export was cancelled; no file was written.');
      const piece = Buffer.concat(
        matches.map(({ line, encoded }) => (form === 'csv' ? Buffer.from(csvLine(line)) : encoded)),
      );
      await write(piece);
      records += matches.length;
      bytes += piece.length;
      onProgress(bytes);
    }
  });
  return { path, records, bytes };
}

/** RFC 4180. A batch kept as corrupt is told by its offsets. */
export function csvLine(line: ArchivedLine): string {
  const fields =
    line.kind === 'corrupt'
      ? [`${line.offset}`, '', '', '', `corrupt batch to offset ${line.lastOffset}`, '']
      : [
          `${line.offset}`,
          `${line.timestamp}`,
          isoTime(line.timestamp),
          field(text(line.key)),
          field(text(line.value)),
          field(line.headers.map(([name, value]) => `${text(name)}=${text(value)}`).join('\n')),
        ];
  return `${fields.join(',')}\r\n`;
}

/** null is empty: CSV can't tell it from the empty text, JSON lines can. */
function text(bytes: Buffer | null): string {
  if (bytes === null) return '';
  return isUtf8(bytes) ? bytes.toString() : `base64:${bytes.toString('base64')}`;
}

/**
 * A spreadsheet takes what begins with = + - @ for a formula, which whoever sent the record could have chosen: an
 * apostrophe in front makes it text. Plain numbers stay.
 */
function field(value: string): string {
  const isNumber = /^-?\d+(\.\d+)?$/.test(value);
  const safe = /^[=+\-@\t\r\n]/.test(value) && !isNumber ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Empty for none, and for what no calendar has. */
function isoTime(timestamp: bigint): string {
  const date = new Date(Number(timestamp));
  return timestamp === -1n || Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
