import type { PlainError } from '../errors';
import type { Reduction } from './reduction';
import type { ReductionCounts } from './reduction-counts';

/**
 * What goes on right now, sent to the window four times a second. Every figure is measured; null means that nothing
 * was measured yet and is shown as "-". Offsets travel as decimal digits (int64).
 */
export interface LiveSnapshot {
  /** ms since 1970 */
  readonly at: number;
  readonly connection: ConnectionStateView;
  /** the one that is watched, of those that are archived; null while none is chosen */
  readonly topic: string | null;
  /** what is archived besides the watched one: topics by name, and patterns */
  readonly moreTopics: number;
  /** its name, or the path of a folder */
  readonly bucket: string;
  readonly prefix: string;
  readonly archiver: ArchiverView;
  readonly producer: ProducerView;
  readonly groups: { readonly pipeline: GroupView; readonly archiver: GroupView };
  readonly comparison: ComparisonView;
  readonly stages: StagesView;
  /** newest first, at most 50 */
  readonly uploads: readonly UploadView[];
  /** newest first, at most 50 */
  readonly problems: readonly ProblemView[];
  /** what the pipeline group saw last, newest first, at most 20 */
  readonly messages: readonly LiveMessage[];
}

/** The connection in use, and whether it works. */
export interface ConnectionStateView {
  /** `SANDBOX`, or a connection's */
  readonly id: string;
  readonly name: string;
  readonly isSandbox: boolean;
  readonly state: 'starting' | 'running' | 'failed';
  /** host:port of one broker; null until it is known */
  readonly kafka: string | null;
  /** base URL for Cloud Storage clients; null until it is known, for Google's own server and for a folder */
  readonly bucketEndpoint: string | null;
  readonly problem: PlainError | null;
}

export type ArchiverState = 'stopped' | 'starting' | 'archiving' | 'paused' | 'closing' | 'degraded' | 'failed';

export interface ArchiverView {
  readonly state: ArchiverState;
  /** why it is degraded or failed, or how the last stop ended; a sentence */
  readonly reason: string | null;
  readonly error: PlainError | null;
  /** what it archives with, as at its start; null while stopped */
  readonly codec: string | null;
  readonly recipients: readonly string[];
  /** null while stopped, too */
  readonly reduction: Reduction | null;
}

/** Measured as growth of the topic's log, so that it holds whoever produces. */
export interface ProducerView {
  readonly messages: number | null;
  readonly ratePerSecond: number | null;
}

export interface GroupView {
  /** null: nobody reads along */
  readonly groupId: string | null;
  readonly running: boolean;
  /** messages seen since the group's first offset; what is read again counts once */
  readonly messages: number | null;
  readonly ratePerSecond: number | null;
  readonly lag: number | null;
  readonly partitions: readonly GroupPartitionView[];
}

export interface GroupPartitionView {
  readonly partition: number;
  readonly messages: number;
  /** exclusive: the next offset this group will see */
  readonly position: string | null;
  readonly logEnd: string | null;
  readonly lag: number | null;
}

export type Verdict = 'same' | 'different' | 'waiting';

/** Count and digest of both groups, taken over the same stretch of offsets of each partition. */
export interface ComparisonView {
  readonly verdict: Verdict;
  readonly partitions: readonly PartitionComparison[];
}

export interface PartitionComparison {
  readonly partition: number;
  readonly verdict: Verdict;
  /** the stretch that was compared, [from, to); null while there is none */
  readonly from: string | null;
  readonly to: string | null;
  readonly pipeline: { readonly messages: number; readonly digest: string } | null;
  readonly archiver: { readonly messages: number; readonly digest: string } | null;
  /** where they differ: the first stretch [from, to) whose digests are not equal */
  readonly firstDifference: { readonly from: string; readonly to: string } | null;
}

/** Bytes at each step of the archiver since it was started, and per second. */
export interface StagesView {
  readonly records: number;
  /** what was read: `raw` and what reduction left out of it */
  readonly read: StageView;
  readonly raw: StageView;
  readonly encoded: StageView;
  readonly compressed: StageView;
  /** encoded bytes that `compressed` was made of: what lies in open blocks is not compressed yet */
  readonly compressedFrom: number;
  readonly encrypted: StageView;
  readonly uploaded: StageView;
  /** compressed bytes of what was uploaded: what encryption made `uploaded` of */
  readonly uploadedFrom: number;
  readonly archives: number;
  /** what was left out on purpose; null where nothing is, or nothing was read yet */
  readonly reduction: ReductionCounts | null;
}

export interface StageView {
  readonly bytes: number;
  readonly bytesPerSecond: number | null;
}

export interface UploadView {
  readonly at: number;
  readonly object: string;
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: string;
  /** exclusive */
  readonly nextOffset: string;
  readonly records: number;
  /** why there is nothing between the offsets: a gap's reason; null for records */
  readonly gap: string | null;
  /** messages that were left out on purpose */
  readonly dropped: number;
  /** digest of the rule; null when everything was kept */
  readonly reduction: string | null;
  /** offsets in batches that are damaged in Kafka and kept as they came */
  readonly corrupt: number;
  readonly rawBytes: number;
  readonly encodedBytes: number;
  readonly compressedBytes: number;
  readonly storedBytes: number;
  readonly recipients: readonly string[];
  /** true when the bucket answered with the crc32c that was computed here */
  readonly crc32cMatches: boolean;
  /** true when the object was already there: our own reply had been lost, or another writer had been first */
  readonly adopted: boolean;
}

export interface ProblemView {
  readonly at: number;
  readonly source: 'connection' | 'archiver' | 'pipeline' | 'sender' | 'catalog' | 'app';
  readonly error: PlainError;
  /** how often in a row */
  readonly count: number;
}

export interface LiveMessage {
  readonly partition: number;
  readonly offset: string;
  /** ms since 1970, -1 for none; decimal digits */
  readonly timestamp: string;
  readonly key: string | null;
  /** the value's first 200 characters; what is not UTF-8 is shown as hex */
  readonly value: string | null;
  readonly valueBytes: number;
}

/** One point of the throughput chart; rates are messages a second over the time since the point before. */
export interface ThroughputSample {
  readonly at: number;
  readonly producer: number | null;
  readonly pipeline: number | null;
  readonly archiver: number | null;
}
