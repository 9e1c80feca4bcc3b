import type { Cluster } from './kafkajs-types';
import { fetchTopics, type TopicDescription } from './topic-metadata';

/** Tells a topic from others that had or have its name. */
export type TopicIdentity = Pick<TopicDescription, 'clusterId' | 'topicId'>;

/** @returns null when the topic does not exist @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
export async function fetchTopicIdentity(cluster: Cluster, topic: string): Promise<TopicIdentity | null> {
  const [found] = await fetchTopics(cluster, [topic]);
  return found ?? null;
}

/** The life of a topic, as it stands in an archive's name: its id, or the cluster's where there are no topic ids. */
export function lifeOf(identity: TopicIdentity): string {
  return identity.topicId ?? `c-${identity.clusterId}`;
}
