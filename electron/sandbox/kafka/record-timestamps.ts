/** Finds a record by its timestamp. */
import { Attributes, BATCH_HEADER_BYTES, batchByteLength, readBatchHeader } from './record-batch';
import { readRecords } from './record';
import { openRecordsIfWhole } from './record-codec';

export interface FoundRecord {
  readonly offset: number;
  readonly timestamp: bigint;
}

/** @param bytes whole batches, one behind the other */
export function findTimestamp(bytes: Buffer, timestamp: bigint, minOffset: number): FoundRecord | undefined {
  for (let at = 0; at + BATCH_HEADER_BYTES <= bytes.length; at += batchByteLength(bytes, at)) {
    const batch = bytes.subarray(at, at + batchByteLength(bytes, at));
    const found = findInBatch(batch, timestamp, minOffset);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInBatch(batch: Buffer, timestamp: bigint, minOffset: number): FoundRecord | undefined {
  const header = readBatchHeader(batch, 0);
  const isBefore = header.baseOffset + header.lastOffsetDelta < minOffset;
  if (header.maxTimestamp < timestamp || isBefore) return undefined;
  if (header.recordCount === 0) return undefined;
  const records = openRecordsIfWhole(batch, header.attributes);
  if (records === undefined || (header.attributes & Attributes.LOG_APPEND_TIME) !== 0) {
    return { offset: Math.max(header.baseOffset, minOffset), timestamp: header.maxTimestamp };
  }
  for (const record of readRecords(records, header.recordCount)) {
    const offset = header.baseOffset + record.offsetDelta;
    const found = { offset, timestamp: header.baseTimestamp + record.timestampDelta };
    if (found.timestamp >= timestamp && offset >= minOffset) return found;
  }
  return undefined;
}
