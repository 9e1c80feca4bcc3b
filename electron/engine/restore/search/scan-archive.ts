/** One archive, searched: only blocks that may hold something are read. */
import type { SegmentReader } from '../../segment/segment-reader';
import { matchesIn, type Match } from './scan-block';
import type { RecordTest } from './record-test';

export interface ScannedBlock {
  readonly index: number;
  readonly matches: readonly Match[];
  /** all lines of the block, as they stand in the archive */
  readonly encoded: Buffer;
}

/**
 * @param aheadBytes encoded bytes to read at once; fewer where little is wanted
 * @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_LIMIT; what the source throws
 */
export async function* scanArchive(
  segment: SegmentReader,
  test: RecordTest,
  aheadBytes?: number,
): AsyncGenerator<ScannedBlock, void, undefined> {
  const end = segment.identity?.nextOffset ?? 0n;
  const blocks = segment.chosenBlocks((block, index) => {
    const nextOffset = segment.blocks[index + 1]?.firstOffset ?? end;
    const { firstOffset, timestamps } = block;
    return test.mayHold({ firstOffset, nextOffset, timestamps });
  }, aheadBytes);
  for await (const { index, encoded } of blocks) {
    yield { index, matches: matchesIn(encoded, test, index), encoded };
  }
}
