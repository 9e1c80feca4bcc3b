/** What a segment covers, and the custom metadata that carries it on the object. See docs/FORMAT.md, "Metadata". */
import { z } from 'zod';
import { PermafrostError } from '../../../shared/errors';
import type { Codec, GapReason } from '../segment/identity';
import type { StoredObject } from './port';

export interface Coverage {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly firstOffset: bigint;
  /** exclusive */
  readonly nextOffset: bigint;
  readonly records: number;
  /** left out by reduction */
  readonly dropped: number;
  /** offsets of transaction markers */
  readonly control: number;
  /** offsets of aborted transactions */
  readonly aborted: number;
  /** offsets of batches whose CRC stayed wrong */
  readonly corrupt: number;
  readonly gap: GapReason | null;
  /** digest of the rule; null when everything was kept */
  readonly reduction: string | null;
  /** lowest and highest record timestamp, ms since 1970; null when no record has one */
  readonly firstTimestamp: bigint | null;
  readonly lastTimestamp: bigint | null;
  /** of the last batch; -1 when there was none */
  readonly leaderEpoch: number;
  /** keys, values, header names and values */
  readonly rawBytes: number;
  readonly encodedBytes: number;
  readonly compressedBytes: number;
  readonly codec: Codec;
  /** fingerprints; empty when it is not encrypted */
  readonly recipients: readonly string[];
}

const FORMAT_VERSION = '1';
const MAX_METADATA_BYTES = 8 * 1024;

const int64 = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform((digits) => BigInt(digits));
const offset = int64.refine((value) => value >= 0n);
const count = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .refine(Number.isSafeInteger);
const timestamp = z.union([z.literal('').transform(() => null), int64]).default(null);

const metadataSchema = z.object({
  topic: z.string().min(1),
  'topic-id': z.string(),
  partition: count,
  'first-offset': offset,
  'next-offset': offset,
  records: count,
  dropped: count,
  control: count,
  aborted: count,
  corrupt: count,
  gap: z.enum(['before-start', 'expired', 'removed']).optional(),
  reduction: z.string().optional(),
  'first-timestamp': timestamp,
  'last-timestamp': timestamp,
  'leader-epoch': z
    .string()
    .regex(/^-?\d{1,10}$/)
    .transform(Number),
  'raw-bytes': count,
  'encoded-bytes': count,
  'compressed-bytes': count,
  codec: z.enum(['none', 'gzip', 'zstd']),
  recipients: z.string().default(''),
});

/** @throws PermafrostError INTERNAL when it would not fit on an object */
export function metadataOf(coverage: Coverage): Record<string, string> {
  const metadata: Record<string, string> = {
    permafrost: FORMAT_VERSION,
    topic: coverage.topic,
    'topic-id': coverage.topicId,
    partition: String(coverage.partition),
    'first-offset': coverage.firstOffset.toString(),
    'next-offset': coverage.nextOffset.toString(),
    records: String(coverage.records),
    dropped: String(coverage.dropped),
    control: String(coverage.control),
    aborted: String(coverage.aborted),
    corrupt: String(coverage.corrupt),
    'leader-epoch': String(coverage.leaderEpoch),
    'raw-bytes': String(coverage.rawBytes),
    'encoded-bytes': String(coverage.encodedBytes),
    'compressed-bytes': String(coverage.compressedBytes),
    codec: coverage.codec,
  };
  if (coverage.gap !== null) metadata['gap'] = coverage.gap;
  if (coverage.reduction !== null) metadata['reduction'] = coverage.reduction;
  if (coverage.firstTimestamp !== null) metadata['first-timestamp'] = coverage.firstTimestamp.toString();
  if (coverage.lastTimestamp !== null) metadata['last-timestamp'] = coverage.lastTimestamp.toString();
  if (coverage.recipients.length > 0) metadata['recipients'] = coverage.recipients.join(' ');
  const bytes = Object.entries(metadata).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  if (bytes > MAX_METADATA_BYTES) {
    throw new PermafrostError('INTERNAL', `The metadata of a segment takes ${bytes} bytes, a bucket allows 8,192.`);
  }
  return metadata;
}

/**
 * @throws PermafrostError NOT_AN_ARCHIVE without our metadata, ARCHIVE_UNKNOWN_VERSION for a newer one, ARCHIVE_DAMAGED
 * when it contradicts itself
 */
export function parseCoverage({ name, metadata }: Pick<StoredObject, 'name' | 'metadata'>): Coverage {
  const version = metadata['permafrost'];
  if (version === undefined) {
    throw new PermafrostError('NOT_AN_ARCHIVE', `${name} is not an archive of Permafrost.`, {
      context: { object: name },
    });
  }
  if (version !== FORMAT_VERSION) {
    throw new PermafrostError(
      'ARCHIVE_UNKNOWN_VERSION',
      `${name} has archive format ${version}, this Permafrost reads ${FORMAT_VERSION}. Open it with a newer Permafrost.`,
      { context: { object: name } },
    );
  }
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) throw damaged(name, z.prettifyError(parsed.error));
  const fields = parsed.data;
  const coverage: Coverage = {
    topic: fields.topic,
    topicId: fields['topic-id'],
    partition: fields.partition,
    firstOffset: fields['first-offset'],
    nextOffset: fields['next-offset'],
    records: fields.records,
    dropped: fields.dropped,
    control: fields.control,
    aborted: fields.aborted,
    corrupt: fields.corrupt,
    gap: fields.gap ?? null,
    reduction: fields.reduction ?? null,
    firstTimestamp: fields['first-timestamp'],
    lastTimestamp: fields['last-timestamp'],
    leaderEpoch: fields['leader-epoch'],
    rawBytes: fields['raw-bytes'],
    encodedBytes: fields['encoded-bytes'],
    compressedBytes: fields['compressed-bytes'],
    codec: fields.codec,
    recipients: fields.recipients === '' ? [] : fields.recipients.split(' '),
  };
  assertConsistent(name, coverage);
  return coverage;
}

function assertConsistent(name: string, coverage: Coverage): void {
  const { firstOffset, nextOffset, records, dropped, control, aborted, corrupt, gap } = coverage;
  if (nextOffset < firstOffset) throw damaged(name, `it ends at ${nextOffset}, before it begins at ${firstOffset}`);
  const accounted = BigInt(records + dropped + control + aborted + corrupt);
  if (accounted > nextOffset - firstOffset) {
    throw damaged(name, `it counts ${accounted} offsets within ${nextOffset - firstOffset}`);
  }
  if (gap !== null && accounted > 0n) throw damaged(name, `it is a gap (${gap}) and counts ${accounted} offsets`);
}

function damaged(name: string, why: string): PermafrostError {
  return new PermafrostError('ARCHIVE_DAMAGED', `The metadata of ${name} does not hold: ${why}.`, {
    context: { object: name },
  });
}
