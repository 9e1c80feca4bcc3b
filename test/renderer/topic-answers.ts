/** Topics for the tests of their screen. */
import type { ArchivingLag, ListedTopic, TopicKeeping, TopicsView } from '../../shared/model/topic';
import { chooser, type TopicChoice } from '../../shared/model/topic-choice';

export const DAY_MS = 86_400_000;
export const KEPT_A_WEEK: TopicKeeping = { cleanup: 'delete', retentionMs: 7 * DAY_MS, retentionBytes: null };

export function lagOf(records: number, changed: Partial<ArchivingLag> = {}): ArchivingLag {
  return { hasBegun: true, records, lost: 0, behindMs: records === 0 ? 0 : 60_000, untold: 0, ...changed };
}

export function topicOf(name: string, changed: Partial<ListedTopic> = {}): ListedTopic {
  return {
    ...{ name, partitions: 3, replication: 1, isInternal: false, sizeBytes: 1_000_000, keeping: KEPT_A_WEEK },
    ...{ chosen: null, lag: null },
    ...changed,
  };
}

/** As main answers: `chosen` and `missing` follow from the choice. */
export function topicsView(
  topics: readonly ListedTopic[],
  choice: TopicChoice,
  changed: Partial<TopicsView> = {},
): TopicsView {
  const chosenBy = chooser(choice);
  const listed = new Set(topics.map(({ name }) => name));
  return {
    ...{ clusterId: 'cluster', groupId: 'archiver', choice },
    topics: topics.map((topic) => ({ ...topic, chosen: chosenBy(topic) })),
    missing: choice.names.filter((name) => !listed.has(name)),
    ...{ sizesUnknownBecause: null, lagUnknownBecause: null, at: 0 },
    ...changed,
  };
}
