import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaAdmin } from '../kafka/admin';
import { connectCluster } from '../kafka/client';
import type { Kafka } from '../kafka/kafkajs-types';
import type { Archiver } from './archiver';
import type { TopicSelection } from './options';
import type { ArchiverStatus, PartitionStatus } from './progress';
import { selectTopics } from './topic-watch';

/** One partition's end, exclusive. */
export interface LogEnd {
  readonly topic: string;
  readonly partition: number;
  readonly end: bigint;
}

/** Where the topics end now. @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
export async function logEnds(kafka: Kafka, selection: TopicSelection): Promise<readonly LogEnd[]> {
  const [admin, cluster] = await Promise.all([KafkaAdmin.connect(kafka), connectCluster(kafka)]);
  try {
    const ends: LogEnd[] = [];
    for (const { name } of await selectTopics(cluster, selection)) {
      for (const { partition, end } of await admin.logRanges(name)) ends.push({ topic: name, partition, end });
    }
    return ends;
  } finally {
    await Promise.all([admin.close(), cluster.disconnect()]);
  }
}

const LOOK_MS = 10;
const ASK_MS = 500;

/**
 * Resolves when the archiver's partitions are in the bucket up to these ends; when it was given none, when the group has
 * committed all of them. With several archivers in a group each waits for its own partitions.
 * @throws PermafrostError that of a partition which stands still, when the others are archived
 */
export async function untilArchived(
  archiver: Archiver,
  ends: readonly LogEnd[],
  options: { readonly kafka: Kafka; readonly groupId: string; readonly signal: AbortSignal },
): Promise<void> {
  const admin = await KafkaAdmin.connect(options.kafka);
  try {
    while (!options.signal.aborted) {
      if (archiver.status().assigned === 0) {
        if (await isCommitted(admin, options.groupId, ends)) return;
        await sleep(ASK_MS);
        continue;
      }
      if (isAt(ends, archiver.status(), ({ position }) => position)) await archiver.flush();
      // where another writer was first, what lies behind its segment is read once more
      if (isAt(ends, archiver.status(), ({ archived }) => archived)) {
        if (archiver.failure !== null) throw archiver.failure;
        return;
      }
      await sleep(LOOK_MS);
    }
  } finally {
    await admin.close();
  }
}

function isAt(
  ends: readonly LogEnd[],
  { partitions, assigned }: ArchiverStatus,
  at: (partition: PartitionStatus) => bigint,
): boolean {
  return partitions.length === assigned && partitions.every((each) => at(each) >= endOf(ends, each));
}

function endOf(ends: readonly LogEnd[], at: { readonly topic: string; readonly partition: number }): bigint {
  return ends.find(({ topic, partition }) => topic === at.topic && partition === at.partition)?.end ?? 0n;
}

async function isCommitted(admin: KafkaAdmin, groupId: string, ends: readonly LogEnd[]): Promise<boolean> {
  for (const topic of new Set(ends.map((each) => each.topic))) {
    const committed = await admin.committed(groupId, topic);
    const isBehind = ends.some(
      (each) =>
        each.topic === topic &&
        (committed.find(({ partition }) => partition === each.partition)?.offset ?? 0n) < each.end,
    );
    if (isBehind) return false;
  }
  return true;
}
