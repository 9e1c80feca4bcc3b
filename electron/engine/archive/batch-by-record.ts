import type { Reducer } from '../reduce/reducer';
import type { BatchCursor } from '../segment/record';
import { checkBatch } from '../segment/reference-encoder';
import type { SegmentWriter } from '../segment/segment-writer';

/**
 * Adds some records of a batch that was just opened. The whole batch is checked before the first record is looked
 * at, so that one that cannot be read can be kept as it came.
 * @param range of offsets; `to` exclusive: records outside of it are not looked at
 * @param reducer null: everything is kept
 * @returns how many records were looked at
 * @throws PermafrostError BATCH_DAMAGED; ARCHIVE_LIMIT when one of its lines is longer than a reader takes
 */
export function addByRecord(
  batch: BatchCursor,
  { from, to }: { readonly from: bigint; readonly to: bigint },
  reducer: Reducer | null,
  writer: SegmentWriter,
): number {
  checkBatch(batch);
  let seen = 0;
  while (batch.next()) {
    if (batch.offset < from || batch.offset >= to) continue;
    const kept = reducer === null ? batch : reducer.take(batch);
    if (kept === null) writer.skip(batch.offset);
    else writer.add(kept);
    seen += 1;
  }
  return seen;
}
