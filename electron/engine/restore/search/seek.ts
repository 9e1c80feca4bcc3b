/** From an offset or a time to a row: the index tells the block, the block the row. */
import type { BlockEntry } from '../../segment/identity';
import type { ArchivedLine } from '../../segment/record';

export interface Seekable {
  /** of the index; empty without one */
  readonly entries: readonly BlockEntry[];
  /** lines of a block, null behind the last one */
  readonly countOf: (block: number) => Promise<number | null>;
  /** null behind the last block */
  readonly read: (block: number) => Promise<readonly ArchivedLine[] | null>;
}

/** @returns the first row at or behind the offset; the number of rows when there is none */
export function rowOfOffset(archive: Seekable, offset: bigint): Promise<number> {
  const isBefore = (entry: BlockEntry | undefined, next: BlockEntry | undefined): boolean =>
    entry !== undefined && next !== undefined && next.firstOffset <= offset;
  return firstRow(archive, isBefore, (line) => (line.kind === 'record' ? line.offset : line.lastOffset) >= offset);
}

/** @returns the first row with a timestamp at or behind the time (ms since 1970); the number of rows when there is none */
export function rowOfTime(archive: Seekable, time: bigint): Promise<number> {
  const isBefore = (entry: BlockEntry | undefined): boolean =>
    entry !== undefined && (entry.timestamps === null || entry.timestamps.max < time);
  return firstRow(archive, isBefore, (line) => line.kind === 'record' && line.timestamp >= time);
}

/** @param isBefore the index tells that nothing of this block is wanted */
async function firstRow(
  { entries, countOf, read }: Seekable,
  isBefore: (entry: BlockEntry | undefined, next: BlockEntry | undefined) => boolean,
  isWanted: (line: ArchivedLine) => boolean,
): Promise<number> {
  let rows = 0;
  for (let block = 0; ; block += 1) {
    if (isBefore(entries[block], entries[block + 1])) {
      rows += (await countOf(block)) ?? 0;
      continue;
    }
    const lines = await read(block);
    if (lines === null) return rows;
    const at = lines.findIndex(isWanted);
    if (at >= 0) return rows + at;
    rows += lines.length;
  }
}
