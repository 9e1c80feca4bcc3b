/** A restore as the window sees it: what is asked for, and the plan that answers. */

export interface PlannedPartitionView {
  readonly partition: number;
  readonly archives: number;
  readonly storedBytes: number;
  /** at most, unless `isExact` */
  readonly records: number;
  readonly isExact: boolean;
  readonly rawBytes: number;
  /** int64 as decimal digits; null when nothing is selected */
  readonly firstOffset: string | null;
  /** exclusive */
  readonly nextOffset: string | null;
  /** ms since 1970, int64 as decimal digits */
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  /** in the target's partition, int64 as decimal digits */
  readonly existing: string;
  /** by earlier runs of this job */
  readonly restored: number;
}

export interface RestorePlanView {
  /** to be given to `restore.start` */
  readonly job: string;
  readonly topic: string;
  readonly life: string;
  readonly target: {
    readonly clusterId: string;
    /** host:port */
    readonly address: string;
    readonly topic: string;
    /** false: it will be made */
    readonly exists: boolean;
    readonly partitions: number;
    readonly replicationFactor: number;
  };
  readonly partitions: readonly PlannedPartitionView[];
  readonly records: number;
  readonly isExact: boolean;
  readonly groups: readonly { readonly groupId: string; readonly partitions: number }[];
  /** why it is refused, a sentence each */
  readonly refusals: readonly string[];
  /** what one should know, a sentence each */
  readonly notes: readonly string[];
}
