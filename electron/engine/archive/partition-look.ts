import { PermafrostError } from '../../../shared/errors';
import type { CommittedOffset, KafkaAdmin, LogRange } from '../kafka/admin';
import type { Cluster } from '../kafka/kafkajs-types';
import { fetchEpochEnd } from '../kafka/leader-epochs';
import type { TopicPartition } from '../kafka/raw-consumer';
import { fetchTopicIdentity, lifeOf, type TopicIdentity } from '../kafka/topic-identity';
import type { ObjectStore } from '../store/port';
import { coalesced } from './coalesced';
import { readCommitNote } from './commit-note';
import type { ArchiveOptions } from './options';
import { findStartPosition, holds, type ReadPlace, type StartPosition } from './start-position';

export interface PartitionLook {
  readonly identity: TopicIdentity;
  readonly start: StartPosition;
  /** nothing is committed for it yet, or less than lies in the bucket: a commit was lost */
  readonly isCommitBehind: boolean;
  /** whether Kafka's log still holds what was read of it */
  holds(read: ReadPlace): Promise<boolean>;
}

/** What is asked of Kafka by topic; for all its partitions at once, since they are all asked about after a rebalance. */
export interface TopicQuestions {
  /** null when the topic is gone */
  identity(topic: string): Promise<TopicIdentity | null>;
  logRanges(topic: string): Promise<readonly LogRange[]>;
  committed(topic: string): Promise<readonly CommittedOffset[]>;
}

export function askByTopic(cluster: Cluster, admin: KafkaAdmin, groupId: string): TopicQuestions {
  return {
    identity: coalesced((topic) => fetchTopicIdentity(cluster, topic)),
    logRanges: coalesced((topic) => admin.logRanges(topic)),
    committed: coalesced((topic) => admin.committed(groupId, topic)),
  };
}

export interface LookParts {
  readonly cluster: Cluster;
  readonly ask: TopicQuestions;
  readonly store: ObjectStore;
  readonly options: ArchiveOptions;
}

/**
 * Finds out where a partition goes on, from the bucket and from Kafka.
 * @returns null when the topic is gone
 * @throws PermafrostError CHAIN_BROKEN, STORE_*, KAFKA_*
 */
export async function lookAtPartition(
  { cluster, ask, store, options }: LookParts,
  target: TopicPartition,
  signal: AbortSignal,
): Promise<PartitionLook | null> {
  const { topic, partition } = target;
  const identity = await ask.identity(topic);
  if (identity === null) return null;
  const committed = (await ask.committed(topic)).find((each) => each.partition === partition) ?? null;
  const kafka = {
    logRange: () => logRangeOf(ask, target),
    committed: committed === null ? null : { offset: committed.offset, note: readCommitNote(committed.metadata) },
    epochEnd: (epoch: number) => fetchEpochEnd(cluster, target, epoch),
  };
  const base = { prefix: options.prefix, topic, life: lifeOf(identity), partition };
  const start = await findStartPosition(store, base, kafka, signal);
  const isCommitBehind = committed === null || committed.offset < start.chainEnd;
  return { identity, start, isCommitBehind, holds: (read) => holds(kafka, read) };
}

async function logRangeOf(ask: TopicQuestions, { topic, partition }: TopicPartition): Promise<LogRange> {
  const log = (await ask.logRanges(topic)).find((range) => range.partition === partition);
  if (log !== undefined) return log;
  throw new PermafrostError('KAFKA_UNAVAILABLE', `Kafka does not know partition ${partition} of ${topic} yet.`, {
    context: { topic, partition },
  });
}
