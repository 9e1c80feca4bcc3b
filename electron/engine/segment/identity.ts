/**
 * What a segment says about itself. See docs/FORMAT.md.
 */
export const FORMAT_VERSION = 1;

/** How blocks are compressed; compression comes before encryption. */
export type Codec = 'none' | 'gzip' | 'zstd';

/** Why a segment without records covers offsets. */
export type GapReason = 'before-start' | 'expired' | 'removed';

/** The identity that the index of a segment carries, so that a file without its metadata still says what it is. */
export interface SegmentIdentity {
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly clusterId: string;
  readonly topic: string;
  /** KIP-516; empty where the broker has none */
  readonly topicId: string;
  readonly partition: number;
  readonly firstOffset: bigint;
  /** exclusive */
  readonly nextOffset: bigint;
  /** record lines; batches kept as corrupt are not counted */
  readonly records: number;
  readonly gap: GapReason | null;
}

/** What the index says of one block. */
export interface BlockEntry {
  readonly compressedBytes: number;
  readonly encodedBytes: number;
  /** of the first line, record or corrupt batch */
  readonly firstOffset: bigint;
  /** record lines; batches kept as corrupt are not counted */
  readonly records: number;
  /** lowest and highest; null when no record of the block has a timestamp */
  readonly timestamps: { readonly min: bigint; readonly max: bigint } | null;
  /** some record has no timestamp (-1); such records do not count for `timestamps` */
  readonly someWithoutTimestamp: boolean;
  /** of the block as it is stored, before encryption */
  readonly crc32c: number;
}
