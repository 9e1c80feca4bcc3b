/**
 * Lines into records of batches, record by record: what the translator in WebAssembly is compared with, and what takes the
 * blocks that are not all taken, or hold what is rare.
 */
import { decodeLines } from './lines';
import { BATCH_HEADER_BYTES, type ArchivedRecord, type CorruptBatch } from './record';
import type { BlockFacts, LineTranslator, RecordRun, RunTerms, TranslatedBlock } from './record-runs';

/** some clients keep the difference of two timestamps of a batch in 32 bits */
const MAX_DELTA = 2n ** 31n - 1n;
const MAX_VARINT_BYTES = 10;

export class ReferenceTranslator implements LineTranslator {
  facts(block: Buffer): BlockFacts {
    return decode(block).facts;
  }

  translate(block: Buffer, terms: RunTerms): TranslatedBlock {
    const { facts, records } = decode(block);
    const { keep } = terms;
    return { facts, runs: [...recordRuns(keep === undefined ? records : records.filter(keep), terms)] };
  }
}

function decode(block: Buffer): { readonly facts: BlockFacts; readonly records: readonly ArchivedRecord[] } {
  const { lines, records: count, timestamps, someWithoutTimestamp } = decodeLines(block);
  const records: ArchivedRecord[] = [];
  const corrupt: CorruptBatch[] = [];
  for (const line of lines) {
    if (line.kind === 'record') records.push(line);
    else corrupt.push(line);
  }
  const last = lines.at(-1);
  const lastOffset = last === undefined ? null : last.kind === 'record' ? last.offset : last.lastOffset;
  const firstOffset = lines[0]?.offset ?? null;
  return { facts: { firstOffset, lastOffset, records: count, timestamps, someWithoutTimestamp, corrupt }, records };
}

interface OpenRun {
  readonly parts: Buffer[];
  bytes: number;
  readonly first: ArchivedRecord;
  last: ArchivedRecord;
  maxTimestamp: bigint;
}

function* recordRuns(
  records: readonly ArchivedRecord[],
  { maxBatchBytes, maxBatchRecords = Infinity, cuts = [] }: RunTerms,
): Generator<RecordRun> {
  let open: OpenRun | null = null;
  let cut = 0;
  for (const record of records) {
    const cutBefore = cut;
    while (cut < cuts.length && (cuts[cut] as bigint) <= record.offset) cut += 1;
    if (open !== null) {
      const bytes = encodeRecord(record, open.first, open.parts.length);
      const fits =
        cut === cutBefore &&
        !isFar(open.first.timestamp, record.timestamp) &&
        open.parts.length < maxBatchRecords &&
        open.bytes + bytes.length <= maxBatchBytes;
      if (fits) {
        addTo(open, record, bytes);
        continue;
      }
      yield closed(open);
    }
    open = runOf(record);
  }
  if (open !== null) yield closed(open);
}

function runOf(first: ArchivedRecord): OpenRun {
  const bytes = encodeRecord(first, first, 0);
  const maxTimestamp = first.timestamp > -1n ? first.timestamp : -1n;
  return { parts: [bytes], bytes: BATCH_HEADER_BYTES + bytes.length, first, last: first, maxTimestamp };
}

function addTo(open: OpenRun, record: ArchivedRecord, bytes: Buffer): void {
  open.parts.push(bytes);
  open.bytes += bytes.length;
  open.last = record;
  if (record.timestamp > open.maxTimestamp) open.maxTimestamp = record.timestamp;
}

function isFar(base: bigint, timestamp: bigint): boolean {
  return timestamp - base > MAX_DELTA || base - timestamp > MAX_DELTA;
}

function closed({ parts, first, last, maxTimestamp }: OpenRun): RecordRun {
  return {
    bytes: Buffer.concat([Buffer.alloc(BATCH_HEADER_BYTES), ...parts]),
    records: parts.length,
    firstOffset: first.offset,
    lastOffset: last.offset,
    baseTimestamp: first.timestamp,
    maxTimestamp,
  };
}

function encodeRecord(
  { timestamp, key, value, headers }: ArchivedRecord,
  first: ArchivedRecord,
  place: number,
): Buffer {
  const body = [
    Buffer.from([0]), // attributes: unused in v2
    varint(timestamp - first.timestamp),
    varint(BigInt(place)),
    ...withLength(key),
    ...withLength(value),
    varint(BigInt(headers.length)),
    ...headers.flatMap(([name, content]) => [...withLength(name), ...withLength(content)]),
  ];
  const bytes = body.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([varint(BigInt(bytes)), ...body]);
}

function withLength(bytes: Buffer | null): readonly Buffer[] {
  return bytes === null ? [varint(-1n)] : [varint(BigInt(bytes.length)), bytes];
}

/** zigzag */
function varint(value: bigint): Buffer {
  const bytes = Buffer.alloc(MAX_VARINT_BYTES);
  let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  let at = 0;
  for (; left >= 0x80n; left >>= 7n) bytes[at++] = Number(left & 0x7fn) | 0x80;
  bytes[at++] = Number(left);
  return bytes.subarray(0, at);
}
