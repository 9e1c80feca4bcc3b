/**
 * An archive's lines beside those that Kafka's records make now. A record has exactly one line, so equal bytes are equal
 * records: they are compared by the megabyte, and line by line only around what differs.
 */
import { PermafrostError } from '../../../../shared/errors';
import { decodeLines } from '../../segment/lines';
import type { ArchivedLine } from '../../segment/record';

export interface LineDifference {
  readonly offset: bigint;
  /** archive: only that has it; kafka: only that has it; a field: both have it, and that differs */
  readonly what: 'archive' | 'kafka' | 'timestamp' | 'key' | 'value' | 'headers' | 'kind';
}

export interface LineComparison {
  /** lines that both have, all bytes equal */
  readonly equal: number;
  /** lines of the archive that stand for a batch kept as corrupt: what Kafka has there is not compared */
  readonly corrupt: number;
  /** the first ones */
  readonly differences: readonly LineDifference[];
  readonly differenceCount: number;
  /** differences that are lines which only the archive has */
  readonly onlyArchive: number;
}

const MAX_DIFFERENCES = 1_000;
const LINE_FEED = 0x0a;
const OFFSET_AT = '{"offset":'.length;
const COMMA = 0x2c;

/** @param archive @param kafka whole lines, in the order of offsets, in pieces of any size */
export async function compareLines(
  archive: AsyncIterable<Buffer>,
  kafka: AsyncIterable<Buffer>,
): Promise<LineComparison> {
  const left = new LineStream(archive);
  const right = new LineStream(kafka);
  const differences: LineDifference[] = [];
  let [equal, corrupt, differenceCount, onlyArchive] = [0, 0, 0, 0];
  const differ = (offset: bigint, what: LineDifference['what']): void => {
    differenceCount += 1;
    if (what === 'archive') onlyArchive += 1;
    if (differences.length < MAX_DIFFERENCES) differences.push({ offset, what });
  };
  while ((await left.fill()) && (await right.fill())) {
    const same = Math.min(left.bytes.length, right.bytes.length);
    // both end in a line feed there, or the bytes differ
    if (left.bytes.subarray(0, same).equals(right.bytes.subarray(0, same))) {
      equal += countLines(left.bytes, same);
      left.skip(same);
      right.skip(same);
      continue;
    }
    const [ours, theirs] = [left.offset, right.offset];
    if (ours === theirs && left.line.equals(right.line)) {
      equal += 1;
      left.skipLine();
      right.skipLine();
    } else if (ours <= theirs) {
      const line = decoded(left.line);
      left.skipLine();
      if (line.kind === 'corrupt') {
        corrupt += 1;
        while ((await right.fill()) && right.offset <= line.lastOffset) right.skipLine();
      } else if (ours === theirs) {
        differ(ours, differingField(line, decoded(right.line)));
        right.skipLine();
      } else differ(ours, 'archive');
    } else {
      differ(theirs, 'kafka');
      right.skipLine();
    }
  }
  while (await left.fill()) {
    if (decoded(left.line).kind === 'corrupt') corrupt += 1;
    else differ(left.offset, 'archive');
    left.skipLine();
  }
  while (await right.fill()) {
    differ(right.offset, 'kafka');
    right.skipLine();
  }
  return { equal, corrupt, differences, differenceCount, onlyArchive };
}

class LineStream {
  bytes: Buffer = Buffer.alloc(0);
  readonly #pieces: AsyncIterator<Buffer>;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** @returns false when there are no more lines */
  async fill(): Promise<boolean> {
    while (this.bytes.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return false;
      this.bytes = next.value;
    }
    return true;
  }

  /** of the first line */
  get offset(): bigint {
    return offsetOfLine(this.bytes, 0);
  }

  get line(): Buffer {
    return this.bytes.subarray(0, this.bytes.indexOf(LINE_FEED) + 1);
  }

  skip(bytes: number): void {
    this.bytes = this.bytes.subarray(bytes);
  }

  skipLine(): void {
    this.skip(this.line.length);
  }
}

/** Of the line that begins there. */
export function offsetOfLine(bytes: Buffer, at: number): bigint {
  return BigInt(bytes.toString('latin1', at + OFFSET_AT, bytes.indexOf(COMMA, at + OFFSET_AT)));
}

function countLines(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < end; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1;
  return lines;
}

function decoded(line: Buffer): ArchivedLine {
  const [only] = decodeLines(line).lines;
  if (only === undefined) throw new PermafrostError('INTERNAL', 'A line of an archive holds no line.');
  return only;
}

function differingField(ours: ArchivedLine, theirs: ArchivedLine): LineDifference['what'] {
  if (ours.kind === 'corrupt' || theirs.kind === 'corrupt') return 'kind';
  if (ours.timestamp !== theirs.timestamp) return 'timestamp';
  if (!isSame(ours.key, theirs.key)) return 'key';
  if (!isSame(ours.value, theirs.value)) return 'value';
  return 'headers';
}

function isSame(ours: Buffer | null, theirs: Buffer | null): boolean {
  return ours === null || theirs === null ? ours === theirs : ours.equals(theirs);
}
