/** What Kafka has of the topics now, beside which their chains are told. */
import { KafkaAdmin } from '../../kafka/admin';
import { connectCluster } from '../../kafka/client';
import type { Kafka } from '../../kafka/kafkajs-types';
import { lifeOf } from '../../kafka/topic-identity';
import { fetchTopics } from '../../kafka/topic-metadata';
import { lifeBase, lifeTruncations } from '../../store/object-names';
import type { Chain } from './chains';
import type { LogView } from './coverage';

export interface TopicLogs {
  /** as in the archives' names, without truncations */
  readonly life: string;
  readonly partitions: ReadonlyMap<number, LogView>;
}

/**
 * @param groupId of the archiver
 * @returns by topic; topics that Kafka does not have are left out
 * @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED
 */
export async function fetchLogs(
  kafka: Kafka,
  topics: readonly string[],
  groupId: string,
): Promise<ReadonlyMap<string, TopicLogs>> {
  const admin = await KafkaAdmin.connect(kafka);
  try {
    const cluster = await connectCluster(kafka);
    try {
      const logs = new Map<string, TopicLogs>();
      for (const topic of await fetchTopics(cluster, topics)) {
        const ranges = await admin.logRanges(topic.name);
        const committed = new Map(
          (await admin.committed(groupId, topic.name)).map(({ partition, offset }) => [partition, offset]),
        );
        const partitions = ranges.map(({ partition, earliest, end }): [number, LogView] => [
          partition,
          { earliest, end, committed: committed.get(partition) ?? null },
        ]);
        logs.set(topic.name, { life: lifeOf(topic), partitions: new Map(partitions) });
      }
      return logs;
    } finally {
      await cluster.disconnect();
    }
  } finally {
    await admin.close();
  }
}

/** The log that a chain goes on in; null for a life that is over, or when Kafka was not asked. */
export function logOf(chain: Chain, all: readonly Chain[], logs: ReadonlyMap<string, TopicLogs>): LogView | null {
  const log = logs.get(chain.topic);
  if (log === undefined || log.life !== lifeBase(chain.life)) return null;
  const isCutSince = all.some(
    ({ topic, partition, life }) =>
      topic === chain.topic &&
      partition === chain.partition &&
      lifeBase(life) === log.life &&
      lifeTruncations(life) > lifeTruncations(chain.life),
  );
  return isCutSince ? null : (log.partitions.get(chain.partition) ?? null);
}
