/** Questions that only the leader of a partition answers: each leader is asked once, for all it leads, all at the same time. */
import type { PermafrostError } from '../../../shared/errors';
import { fromKafkajs } from './errors';
import type { Broker, Cluster } from './kafkajs-types';
import type { TopicDescription } from './topic-metadata';

export interface LeaderAnswers<Answer> {
  /** by node id; who did not answer is not among them */
  readonly answers: ReadonlyMap<number, Answer>;
  readonly failures: readonly PermafrostError[];
}

/** What one broker leads. */
export interface LedTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/**
 * Partitions without a leader are nobody's.
 * @param doing for the failures, such as "Asking for the sizes of logs"
 */
export async function askLeaders<Answer>(
  cluster: Cluster,
  topics: readonly TopicDescription[],
  doing: string,
  ask: (broker: Broker, led: readonly LedTopic[]) => Promise<Answer>,
): Promise<LeaderAnswers<Answer>> {
  const answers = new Map<number, Answer>();
  const failures: PermafrostError[] = [];
  await Promise.all(
    [...ledBy(topics)].map(async ([nodeId, led]) => {
      try {
        answers.set(nodeId, await ask(await cluster.findBroker({ nodeId: String(nodeId) }), led));
      } catch (thrown) {
        failures.push(fromKafkajs(thrown, `${doing}, at broker ${nodeId}`));
      }
    }),
  );
  return { answers, failures };
}

function ledBy(topics: readonly TopicDescription[]): ReadonlyMap<number, readonly LedTopic[]> {
  const byLeader = new Map<number, LedTopic[]>();
  for (const { name, partitions } of topics) {
    const here = new Map<number, number[]>();
    for (const { partition, leader } of partitions) {
      if (leader >= 0) here.set(leader, [...(here.get(leader) ?? []), partition]);
    }
    for (const [leader, led] of here) {
      byLeader.set(leader, byLeader.get(leader) ?? []);
      byLeader.get(leader)?.push({ topic: name, partitions: led });
    }
  }
  return byLeader;
}
