/** The topics of a cluster beside what the archiver has of them. */
import { asPermafrostError } from '../../../shared/errors';
import type { TopicsView } from '../../../shared/model/topic';
import type { TopicChoice } from '../../../shared/model/topic-choice';
import type { KafkaAdmin } from '../kafka/admin';
import { fetchLags } from '../kafka/archiving-lag';
import type { Cluster } from '../kafka/kafkajs-types';
import { listTopics } from '../kafka/topic-list';
import type { TopicDescription } from '../kafka/topic-metadata';
import { topicChooser } from './topic-pattern';

/** for the ages of records that are not archived */
const AGES_GIVE_UP_MS = 5_000;

export interface TopicsQuestion {
  /** the archiver's */
  readonly groupId: string;
  /** of these the lag is told */
  readonly choice: TopicChoice;
}

/**
 * Sizes and lags that cannot be had are null, and the view says why; the list itself must be had.
 * @param now ms since 1970
 * @throws PermafrostError KAFKA_*; INPUT_INVALID for a pattern that is none
 */
export async function lookAtTopics(
  { admin, cluster }: { readonly admin: KafkaAdmin; readonly cluster: Cluster },
  { groupId, choice }: TopicsQuestion,
  now: number,
): Promise<TopicsView> {
  const chosenBy = topicChooser(choice);
  const [{ clusterId }, { rows, descriptions, sizesUnknownBecause }] = await Promise.all([
    admin.describe(),
    listTopics(cluster),
  ]);
  const chosen = descriptions.filter((topic) => chosenBy(topic) !== null);
  const { lags, unknownBecause } = await lagsOf(admin, cluster, chosen, groupId, now);
  const existing = new Set(rows.map(({ name }) => name));
  return {
    clusterId,
    groupId,
    choice,
    topics: rows.map((row) => ({ ...row, chosen: chosenBy(row), lag: lags.get(row.name) ?? null })),
    missing: choice.names.filter((name) => !existing.has(name)),
    sizesUnknownBecause,
    lagUnknownBecause: unknownBecause,
    at: now,
  };
}

type Lags = Pick<Awaited<ReturnType<typeof fetchLags>>, 'lags'> & { readonly unknownBecause: string | null };

async function lagsOf(
  admin: KafkaAdmin,
  cluster: Cluster,
  topics: readonly TopicDescription[],
  groupId: string,
  now: number,
): Promise<Lags> {
  if (topics.length === 0) return { lags: new Map(), unknownBecause: null };
  try {
    const committed = await admin.allCommitted(groupId);
    const { lags, failures } = await fetchLags(cluster, { topics, committed, now, giveUpMs: AGES_GIVE_UP_MS });
    return { lags, unknownBecause: failures[0]?.message ?? null };
  } catch (thrown) {
    return { lags: new Map(), unknownBecause: asPermafrostError(thrown).message }; // the rest is worth to be seen
  }
}
