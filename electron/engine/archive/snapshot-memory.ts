/** What a snapshot says where Kafka did not answer: the last that was seen, marked as such. */
import type { GroupOffsets, GroupSnapshot, TopicSnapshot } from './snapshot';

/** As long as Kafka itself keeps the offsets of a group without members, unless told (offsets.retention.minutes). */
const KEPT_WHEN_GONE_MS = 7 * 24 * 60 * 60 * 1_000;

/** Kafka's answer about one group; null when there was none. */
export type GroupAnswers = ReadonlyMap<string, GroupOffsets | null>;

/**
 * What is known of the groups now. One that did not answer keeps what it had; one that Kafka no longer knows, or knows
 * without offsets, too, but not longer than Kafka would have kept them: earlier snapshots hold it.
 * @param answers of the groups that Kafka lists; null when it did not list them
 * @param before as they were in the snapshot before, taken at `beforeAt`
 */
export function mergeGroups(
  answers: GroupAnswers | null,
  before: { readonly groups: readonly GroupSnapshot[]; readonly takenAt: number },
  now: number,
): readonly GroupSnapshot[] {
  const former = new Map(before.groups.map((group) => [group.groupId, group]));
  const merged: GroupSnapshot[] = [];
  for (const groupId of new Set([...(answers?.keys() ?? []), ...former.keys()])) {
    const answer = answers === null ? null : (answers.get(groupId) ?? (answers.has(groupId) ? null : []));
    if (answer !== null && answer.length > 0) {
      merged.push({ groupId, stale: false, seenAt: null, offsets: answer });
      continue;
    }
    const kept = staleOf(former.get(groupId), before.takenAt);
    if (kept === null && answer === null) merged.push({ groupId, stale: true, seenAt: null, offsets: [] });
    if (kept !== null && (answer === null || isRecent(kept, now))) merged.push(kept);
  }
  return merged;
}

function staleOf(group: GroupSnapshot | undefined, takenAt: number): GroupSnapshot | null {
  if (group === undefined || group.offsets.length === 0) return null;
  return group.stale ? group : { ...group, stale: true, seenAt: new Date(takenAt).toISOString() };
}

function isRecent({ seenAt }: GroupSnapshot, now: number): boolean {
  return seenAt !== null && now - Date.parse(seenAt) < KEPT_WHEN_GONE_MS;
}

/**
 * @param settings by topic; without those that Kafka did not tell
 * @param before as they were in the snapshot before
 */
export function mergeTopics(
  topics: readonly Omit<TopicSnapshot, 'settings' | 'stale'>[],
  settings: ReadonlyMap<string, NonNullable<TopicSnapshot['settings']>>,
  before: readonly TopicSnapshot[],
): readonly TopicSnapshot[] {
  return topics.map((topic) => {
    const told = settings.get(topic.name);
    if (told !== undefined) return { ...topic, stale: false, settings: told };
    // a topic made anew has settings of its own
    const former = before.find(({ name, topicId }) => name === topic.name && topicId === topic.topicId);
    return { ...topic, stale: true, settings: former?.settings ?? null };
  });
}
