import { asPermafrostError } from '../../../shared/errors';
import type { GroupSnapshot, Snapshot, TopicSnapshot } from '../archive/snapshot';
import type { Identity } from '../keys/identity';
import type { ObjectStore } from '../store/port';
import { readSnapshot } from './snapshot';

/** Half a day of them, at one every five minutes. */
const MAX_SNAPSHOTS = 150;
/** An earlier one that is lost or closed ends the search; it does not cost what is known. */
const ENDS_SEARCH: ReadonlySet<string> = new Set([
  'KEY_MISSING',
  'ARCHIVE_DAMAGED',
  'ARCHIVE_LIMIT',
  'ARCHIVE_UNKNOWN_VERSION',
]);

/**
 * Fills in what the archiver could not know when it began anew, since it cannot open encrypted snapshots: the offsets of
 * groups, and the settings of topics, that Kafka has not told since. They are looked for in the snapshots before, and
 * stay marked as stale. What is found nowhere stays as it is.
 * @param identities all private keys at hand
 * @throws PermafrostError STORE_*; CANCELLED
 */
export async function completeSnapshot(
  store: ObjectStore,
  snapshot: Snapshot,
  identities: readonly Identity[],
  signal?: AbortSignal,
): Promise<Snapshot> {
  let complete = snapshot;
  let { previous } = snapshot;
  for (let read = 0; read < MAX_SNAPSHOTS && previous !== null && isLacking(complete); read += 1) {
    const earlier = await readEarlier(store, previous, identities, signal);
    if (earlier?.clusterId !== snapshot.clusterId) break;
    complete = filledFrom(complete, earlier);
    ({ previous } = earlier);
  }
  return complete;
}

async function readEarlier(
  store: ObjectStore,
  name: string,
  identities: readonly Identity[],
  signal: AbortSignal | undefined,
): Promise<Snapshot | null> {
  const object = await store.head(name, signal);
  if (object === null) return null;
  try {
    return await readSnapshot(store, object, identities, signal);
  } catch (thrown) {
    if (ENDS_SEARCH.has(asPermafrostError(thrown).code)) return null;
    throw thrown;
  }
}

function isLacking({ topics, groups }: Snapshot): boolean {
  return topics.some(isTopicLacking) || groups.some(isGroupLacking);
}

function isTopicLacking({ settings }: TopicSnapshot): boolean {
  return settings === null;
}

function isGroupLacking({ stale, offsets }: GroupSnapshot): boolean {
  return stale && offsets.length === 0;
}

function filledFrom(snapshot: Snapshot, earlier: Snapshot): Snapshot {
  const topics = snapshot.topics.map((topic) => {
    if (!isTopicLacking(topic)) return topic;
    const former = earlier.topics.find(({ name, topicId }) => name === topic.name && topicId === topic.topicId);
    return { ...topic, settings: former?.settings ?? null };
  });
  const groups = snapshot.groups.map((group) => {
    const former = isGroupLacking(group) ? earlier.groups.find(({ groupId }) => groupId === group.groupId) : undefined;
    if (former === undefined || isGroupLacking(former)) return group;
    return { ...group, seenAt: former.seenAt ?? earlier.takenAt, offsets: former.offsets };
  });
  return { ...snapshot, topics, groups };
}
