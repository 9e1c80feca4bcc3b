/** What the broker itself follows of a topic's settings, read once. */
import { configOf } from './topic-configs';

/** Dates and distances in time stay exact as numbers. */
const FAR_MS = 1e15;

export interface TopicPolicy {
  readonly isCompacted: boolean;
  readonly isDeleted: boolean;
  readonly isAppendTime: boolean;
  readonly maxMessageBytes: number;
  readonly minInsyncReplicas: number;
  /** Negative for ever. */
  readonly retentionMs: number;
  /** Negative for any size. */
  readonly retentionBytes: number;
  readonly deleteRetentionMs: number;
  readonly segmentMs: number;
  readonly segmentBytes: number;
  readonly minDirtyRatio: number;
  readonly minCompactionLagMs: number;
}

export function topicPolicy(configs: ReadonlyMap<string, string>): TopicPolicy {
  const cleanup = configOf(configs, 'cleanup.policy').replaceAll(' ', '').split(',');
  const number = (name: string): number => Math.min(Number(configOf(configs, name)), FAR_MS);
  return {
    isCompacted: cleanup.includes('compact'),
    isDeleted: cleanup.includes('delete'),
    isAppendTime: configOf(configs, 'message.timestamp.type') === 'LogAppendTime',
    maxMessageBytes: number('max.message.bytes'),
    minInsyncReplicas: number('min.insync.replicas'),
    retentionMs: number('retention.ms'),
    retentionBytes: number('retention.bytes'),
    deleteRetentionMs: number('delete.retention.ms'),
    segmentMs: number('segment.ms'),
    segmentBytes: number('segment.bytes'),
    minDirtyRatio: number('min.cleanable.dirty.ratio'),
    minCompactionLagMs: number('min.compaction.lag.ms'),
  };
}
