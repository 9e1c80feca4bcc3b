/** The topics of a cluster, how far the archiver is behind in each, and what that means for the records. */
import type { ChosenBy, TopicChoice } from './topic-choice';

export interface TopicRow {
  readonly name: string;
  readonly partitions: number;
  /** of its first partition */
  readonly replication: number;
  /** Kafka's own, such as __consumer_offsets */
  readonly isInternal: boolean;
  /** of the leaders' logs, each partition counted once; null when it is not known: TopicsView says why */
  readonly sizeBytes: number | null;
  /** null when this user may not read the topic's settings */
  readonly keeping: TopicKeeping | null;
}

/** How long Kafka keeps a topic's records, by the topic's own settings or the broker's defaults. */
export interface TopicKeeping {
  /** none (Kafka 4.2 and later): nothing is ever removed */
  readonly cleanup: 'delete' | 'compact' | 'compact,delete' | 'none';
  /** by age, retention.ms; null: for ever. Means nothing without `delete` in `cleanup` */
  readonly retentionMs: number | null;
  /** by size, retention.bytes, of each partition; null: no limit. Means nothing without `delete` in `cleanup` */
  readonly retentionBytes: number | null;
}

/** How far the archiver is behind in a topic. */
export interface ArchivingLag {
  /** its group has committed an offset in some partition: archiving has begun */
  readonly hasBegun: boolean;
  /** from what is archived to the logs' ends; offsets, so holes of compaction and transactions count as well */
  readonly records: number;
  /** deleted by Kafka (its log start has moved on) before they were archived; offsets as well */
  readonly lost: number;
  /** age of the oldest record that is not archived yet; 0 when all are; null when no partition told it */
  readonly behindMs: number | null;
  /** partitions that lag and did not tell the age of their oldest record: `behindMs` may be more */
  readonly untold: number;
}

export interface ListedTopic extends TopicRow {
  readonly chosen: ChosenBy | null;
  /** null for topics that are not chosen, and when it is not known: TopicsView says why */
  readonly lag: ArchivingLag | null;
}

export interface TopicsView {
  readonly clusterId: string;
  /** the archiver's, whose lag is told */
  readonly groupId: string;
  /** as it was when Kafka was asked; in the sandbox its own topic is among the names */
  readonly choice: TopicChoice;
  /** in name order; those that this user may not describe are not among them, since Kafka does not name them */
  readonly topics: readonly ListedTopic[];
  /** chosen by name and not among them: they do not exist, or this user may not describe them */
  readonly missing: readonly string[];
  /** one sentence each; null where it is known */
  readonly sizesUnknownBecause: string | null;
  readonly lagUnknownBecause: string | null;
  /** when Kafka was asked, ms since 1970 */
  readonly at: number;
}
