/**
 * Compaction of a log: of the records with one key the last stays.
 *
 * Offsets never change. A batch of which records go keeps its base offset, its last offset delta and its base sequence;
 * one that loses all of them is removed, but for the last one of an idempotent producer: for its sequence number it stays
 * as a header without records.
 * A tombstone (null value) stays for delete.retention.ms after the compaction that first met it: that moment is written
 * into its batch as Kafka does it (KIP-534).
 * not implemented: records of aborted transactions and the markers of transactions are kept for ever; they supersede
 * nothing. Kafka removes both in time.
 */
import { Attributes, batchByteLength, buildBatch, readBatchHeader, type BatchHeader } from './record-batch';
import { readAllRecords, withTimestampDelta, type RecordView } from './record';
import { openRecordsIfWhole, packRecords } from './record-codec';

export interface CompactionTerms {
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
  /** Whether a batch belongs to a transaction that was aborted. */
  readonly isAborted: (header: BatchHeader) => boolean;
  /** Whether it is the newest batch of its producer. */
  readonly isLastOfProducer: (header: BatchHeader) => boolean;
}

/** By key: the offset of its last record. */
export type LastOffsets = Map<string, number>;

/** Notes the keys of whole batches, one behind the other; later calls must be for later batches. */
export function noteKeys(batches: Buffer, terms: CompactionTerms, lastOffsets: LastOffsets): void {
  for (const { header, bytes } of batchesIn(batches)) {
    for (const record of compactedRecords(bytes, header, terms) ?? []) {
      if (record.key !== null) lastOffsets.set(nameOf(record.key), header.baseOffset + record.offsetDelta);
    }
  }
}

/** Whether a batch can be part of a compacted topic: every record has a key. */
export function hasKeysOnly(batch: Buffer, header: BatchHeader): boolean {
  return recordsOf(batch, header)?.every(({ key }) => key !== null) ?? false;
}

/**
 * @param batches whole batches, one behind the other
 * @returns what stays of them
 */
export function compactBatches(batches: Buffer, lastOffsets: LastOffsets, terms: CompactionTerms): Buffer[] {
  return [...batchesIn(batches)].flatMap(({ header, bytes }) => {
    const compacted = compactBatch(bytes, header, lastOffsets, terms);
    if (compacted !== undefined) return [compacted];
    return terms.isLastOfProducer(header) ? [emptied(header)] : [];
  });
}

/** @returns undefined if nothing of it stays */
function compactBatch(
  bytes: Buffer,
  header: BatchHeader,
  lastOffsets: LastOffsets,
  terms: CompactionTerms,
): Buffer | undefined {
  const records = compactedRecords(bytes, header, terms);
  if (records === undefined) return bytes;
  const isHorizonSet = (header.attributes & Attributes.DELETE_HORIZON) !== 0;
  const mayTombstonesGo = isHorizonSet && BigInt(terms.nowMs) >= header.baseTimestamp;
  const kept = records.filter(({ key, offsetDelta, isTombstone }) => {
    if (key === null || (isTombstone && mayTombstonesGo)) return false;
    return (lastOffsets.get(nameOf(key)) ?? -1) <= header.baseOffset + offsetDelta;
  });
  if (kept.length === 0) return undefined;
  const needsHorizon = !isHorizonSet && kept.some(({ isTombstone }) => isTombstone);
  if (kept.length === records.length && !needsHorizon) return bytes;
  return rebuilt(header, kept, needsHorizon ? BigInt(terms.nowMs + terms.deleteRetentionMs) : undefined);
}

/** @param horizon to be written into the batch, if it has none yet and needs one */
function rebuilt(header: BatchHeader, kept: readonly RecordView[], horizon: bigint | undefined): Buffer {
  const baseTimestamp = horizon ?? header.baseTimestamp;
  const moved = header.baseTimestamp - baseTimestamp;
  const attributes = header.attributes | (horizon === undefined ? 0 : Attributes.DELETE_HORIZON);
  const records = kept.map((record) =>
    moved === 0n ? record.bytes : withTimestampDelta(record, record.timestampDelta + moved),
  );
  const timestamps = kept.map(({ timestampDelta }) => header.baseTimestamp + timestampDelta);
  const newest = timestamps.reduce((highest, timestamp) => (timestamp > highest ? timestamp : highest));
  const isAppendTime = (header.attributes & Attributes.LOG_APPEND_TIME) !== 0;
  const maxTimestamp = isAppendTime ? header.maxTimestamp : newest;
  const changed = { attributes, baseTimestamp, maxTimestamp, recordCount: kept.length };
  return buildBatch({ ...header, ...changed }, packRecords(Buffer.concat(records), attributes));
}

/** As Kafka writes a batch whose records are all gone: its header, uncompressed. */
function emptied(header: BatchHeader): Buffer {
  const attributes = header.attributes & ~(Attributes.CODEC_MASK | Attributes.DELETE_HORIZON);
  const changed = { attributes, baseTimestamp: header.maxTimestamp, recordCount: 0 };
  return buildBatch({ ...header, ...changed }, Buffer.alloc(0));
}

/** @returns undefined for a batch that is left as it is: a marker, an aborted one, one that cannot be opened */
function compactedRecords(bytes: Buffer, header: BatchHeader, terms: CompactionTerms): RecordView[] | undefined {
  const isMarker = (header.attributes & Attributes.CONTROL) !== 0;
  if (isMarker || terms.isAborted(header)) return undefined;
  return recordsOf(bytes, header);
}

function recordsOf(batch: Buffer, { attributes, recordCount }: BatchHeader): RecordView[] | undefined {
  if (recordCount === 0) return [];
  const records = openRecordsIfWhole(batch, attributes);
  return records === undefined ? undefined : readAllRecords(records, recordCount);
}

function* batchesIn(bytes: Buffer): Generator<{ readonly header: BatchHeader; readonly bytes: Buffer }> {
  for (let at = 0; at < bytes.length; at += batchByteLength(bytes, at)) {
    const batch = bytes.subarray(at, at + batchByteLength(bytes, at));
    yield { header: readBatchHeader(batch, 0), bytes: batch };
  }
}

function nameOf(key: Buffer): string {
  return key.toString('latin1');
}
