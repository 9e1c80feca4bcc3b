/**
 * The lines of an archive, block by block: straight to a block where there is an index, else from the front.
 */
import type { ArchivedLine } from '../segment/record';
import type { SegmentReader } from '../segment/segment-reader';

export interface LineBlocks {
  /** lines in a block, as far as that is known without reading it */
  countOf(block: number): number | null;
  /** the lines of a block, null behind the last one; one call at a time */
  read(block: number): Promise<readonly ArchivedLine[] | null>;
}

/** @param hasCorrupt true: some blocks hold batches kept as corrupt, which the index does not count */
export function indexedBlocks(segment: SegmentReader, hasCorrupt: boolean): LineBlocks {
  return {
    countOf: (block) => {
      const entry = segment.blocks[block];
      return hasCorrupt || entry === undefined ? null : entry.records;
    },
    read: async (block) => (block < segment.blocks.length ? segment.readBlock(block) : null),
  };
}

/** Reads on as far as it must; what is asked for again from further in front is read from the beginning. */
export function sequentialBlocks(segment: SegmentReader): LineBlocks {
  let lines = segment.lines();
  let next = 0;
  let end = Infinity;
  return {
    countOf: () => null,
    read: async (block) => {
      if (block >= end) return null;
      if (block < next) {
        lines = segment.lines();
        next = 0;
      }
      for (;;) {
        const reached = next;
        next = Infinity; // after a failure the next call begins anew
        const piece = await lines.next();
        if (piece.done === true) {
          end = reached;
          return null;
        }
        next = reached + 1;
        if (reached === block) return piece.value;
      }
    },
  };
}
