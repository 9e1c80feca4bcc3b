import type { Recipient } from '../keys/stanza';
import type { Codec } from '../segment/identity';

/** How to archive. */
export interface ArchiveOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly prefix: string;
  readonly codec: Codec;
  readonly level: number;
  /** empty: not encrypted */
  readonly recipients: readonly Recipient[];
  /** null: the bucket's default */
  readonly storageClass: string | null;
  readonly limits: SegmentLimits;
  /** everything held for all partitions: open blocks, compressed blocks, uploads */
  readonly maxHeldBytes: number;
  /** how long Kafka waits for a silent member before others get its partitions */
  readonly sessionTimeoutMs: number;
}

/** A segment is closed when it reaches one of these. */
export interface SegmentLimits {
  readonly maxBytes: number;
  readonly maxRecords: number;
  /** wall clock since the segment was opened */
  readonly maxAgeMs: number;
}

export interface Clock {
  /** ms since 1970 */
  now(): number;
}
