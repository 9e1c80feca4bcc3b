/** All topics of a cluster, in a handful of requests however many there are. */
import type { TopicRow } from '../../../shared/model/topic';
import type { Cluster } from './kafkajs-types';
import { fetchLogSizes } from './log-dirs';
import { fetchKeeping } from './topic-keeping';
import { fetchTopics, type TopicDescription } from './topic-metadata';

export interface TopicList {
  /** in name order, Kafka's own among them */
  readonly rows: readonly TopicRow[];
  /** of the same topics, in the same order */
  readonly descriptions: readonly TopicDescription[];
  /** why some sizes are null, one sentence; null when all were told */
  readonly sizesUnknownBecause: string | null;
}

/**
 * Topics that this user may not describe do not appear: Kafka does not name them in its answer for all.
 * @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED, KAFKA_DENIED
 */
export async function listTopics(cluster: Cluster): Promise<TopicList> {
  const descriptions = await fetchTopics(cluster, null);
  const names = descriptions.map(({ name }) => name);
  const [keeping, sizes] = await Promise.all([fetchKeeping(cluster, names), fetchLogSizes(cluster, descriptions)]);
  const rows = descriptions.map(({ name, partitions, replicationFactor, isInternal }) => ({
    name,
    partitions: partitions.length,
    replication: replicationFactor,
    isInternal,
    sizeBytes: sizes.bytes.get(name) ?? null,
    keeping: keeping.get(name) ?? null,
  }));
  return { rows, descriptions, sizesUnknownBecause: sizes.unknownBecause };
}
