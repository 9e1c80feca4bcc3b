/**
 * Cuts a file into lines without ever holding more of it than one piece and one line.
 */
import type { FileHandle } from 'node:fs/promises';

const READ_BYTES = 1 << 20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface LineReader {
  /** the next line without its end (\n or \r\n), null after the last; valid until the next call */
  next(): Promise<Buffer | null>;
  /** 1-based number of the line that was returned last */
  readonly line: number;
  /** read from the file so far */
  readonly bytesRead: number;
}

/**
 * Reads from the file's beginning.
 * @param onPiece called after each piece that was read, may throw to end the reading
 * @param onTooLong makes what is thrown for a line that is longer than maxLineBytes
 */
export function readLines(
  file: FileHandle,
  options: {
    readonly maxLineBytes: number;
    readonly onPiece: (bytesRead: number) => void | Promise<void>;
    readonly onTooLong: (line: number) => Error;
  },
): LineReader {
  let piece = Buffer.alloc(0);
  let at = 0;
  let line = 0;
  let bytesRead = 0;
  let ended = false;

  /** Puts the next piece behind what is left of the last one. */
  const readOn = async (): Promise<void> => {
    const left = piece.length - at;
    if (left > options.maxLineBytes + 1) throw options.onTooLong(line + 1);
    const grown = Buffer.allocUnsafe(left + Math.max(READ_BYTES, left));
    piece.copy(grown, 0, at);
    const read = await file.read(grown, left, grown.length - left, bytesRead);
    bytesRead += read.bytesRead;
    ended = read.bytesRead === 0;
    piece = grown.subarray(0, left + read.bytesRead);
    at = 0;
    await options.onPiece(bytesRead);
  };

  const take = (end: number, next: number): Buffer => {
    const taken = piece.subarray(at, end);
    at = next;
    line += 1;
    if (taken.length > options.maxLineBytes) throw options.onTooLong(line);
    return taken;
  };

  return {
    async next() {
      for (;;) {
        const end = piece.indexOf(LINE_FEED, at);
        if (end >= 0) return take(end > at && piece[end - 1] === CARRIAGE_RETURN ? end - 1 : end, end + 1);
        if (ended) return at < piece.length ? take(piece.length, piece.length) : null;
        await readOn();
      }
    },
    get line() {
      return line;
    },
    get bytesRead() {
      return bytesRead;
    },
  };
}
