import type { Reduction } from '../../../shared/model/reduction';
import type { TopicChoice } from '../../../shared/model/topic-choice';
import type { Recipient } from '../keys/stanza';
import type { Codec } from '../segment/identity';

/** What a consumer's session lasts unless told: long enough for a busy machine. */
export const DEFAULT_SESSION_TIMEOUT_MS = 30_000;
export const DEFAULT_TOPIC_CHECK_MS = 10_000;
export const DEFAULT_SNAPSHOT_EVERY_MS = 300_000;
/** of one archiver */
export const DEFAULT_MAX_HELD_BYTES = 96 * 1024 * 1024;

/** How to archive. */
export interface ArchiveOptions {
  readonly groupId: string;
  readonly topics: TopicSelection;
  /**
   * where a topic's archive begins that has nothing yet; `time` in ms since 1970, by the records' timestamps. Topics and
   * partitions that are found later begin at their earliest record.
   */
  readonly start: 'earliest' | 'latest' | { readonly time: number };
  readonly prefix: string;
  readonly codec: Codec;
  readonly level: number;
  /** empty: not encrypted */
  readonly recipients: readonly Recipient[];
  /** what is left out on purpose; NO_REDUCTION keeps everything */
  readonly reduction: Reduction;
  /** null: the bucket's default */
  readonly storageClass: string | null;
  readonly limits: SegmentLimits;
  /** everything held for all partitions: open blocks, compressed blocks, uploads, what reduction remembers */
  readonly maxHeldBytes: number;
  /** how long Kafka waits for a silent member before others get its partitions */
  readonly sessionTimeoutMs: number;
  /** how often Kafka is asked for new topics and partitions */
  readonly topicCheckMs: number;
  /** how often a snapshot of settings and group offsets is taken at most; null: never */
  readonly snapshotEveryMs: number | null;
}

export type TopicSelection = TopicChoice;

/** A segment is closed when it reaches one of these. */
export interface SegmentLimits {
  readonly maxBytes: number;
  /** that were read, also those that reduction leaves out */
  readonly maxRecords: number;
  /** wall clock since the segment was opened */
  readonly maxAgeMs: number;
}

export interface Clock {
  /** ms since 1970 */
  now(): number;
}
