import { PermafrostError } from '../../../shared/errors';
import type { KafkaAdmin } from '../kafka/admin';
import type { Cluster } from '../kafka/kafkajs-types';
import { fetchEpochEnd } from '../kafka/leader-epochs';
import type { TopicPartition } from '../kafka/raw-consumer';
import { fetchTopicIdentity, lifeOf, type TopicIdentity } from '../kafka/topic-identity';
import type { ObjectStore } from '../store/port';
import { readCommitNote } from './commit-note';
import type { ArchiveOptions } from './options';
import { findStartPosition, holds, type StartPosition } from './start-position';

export interface PartitionLook {
  readonly identity: TopicIdentity;
  readonly start: StartPosition;
  /** nothing is committed for it yet */
  readonly isNew: boolean;
  /** whether Kafka's log still holds what was read of it */
  holds(read: { readonly position: bigint; readonly leaderEpoch: number }): Promise<boolean>;
}

export interface LookParts {
  readonly cluster: Cluster;
  readonly admin: KafkaAdmin;
  readonly store: ObjectStore;
  readonly options: ArchiveOptions;
}

/**
 * Finds out where a partition goes on, from the bucket and from Kafka.
 * @returns null when the topic is gone
 * @throws PermafrostError CHAIN_BROKEN, STORE_*, KAFKA_*
 */
export async function lookAtPartition(
  { cluster, admin, store, options }: LookParts,
  target: TopicPartition,
  signal: AbortSignal,
): Promise<PartitionLook | null> {
  const { topic, partition } = target;
  const identity = await fetchTopicIdentity(cluster, topic);
  if (identity === null) return null;
  const [ranges, offsets] = await Promise.all([admin.logRanges(topic), admin.committed(options.groupId, topic)]);
  const log = ranges.find((range) => range.partition === partition);
  if (log === undefined) {
    throw new PermafrostError('KAFKA_UNAVAILABLE', `Kafka does not know partition ${partition} of ${topic} yet.`, {
      context: { topic, partition },
    });
  }
  const committed = offsets.find((each) => each.partition === partition) ?? null;
  const kafka = {
    log,
    committed: committed === null ? null : { offset: committed.offset, note: readCommitNote(committed.metadata) },
    epochEnd: (epoch: number) => fetchEpochEnd(cluster, target, epoch),
  };
  const base = { prefix: options.prefix, topic, life: lifeOf(identity), partition };
  const start = await findStartPosition(store, base, kafka, signal);
  return { identity, start, isNew: committed === null, holds: (read) => holds(kafka, read) };
}
