/**
 * What is needed beside the records to rebuild a lost cluster: the archived topics' settings, and how far their consumer
 * groups had come. See docs/FORMAT.md, "Snapshots".
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const offset = z.string().regex(/^\d{1,19}$/);

const topicSchema = z.object({
  name: z.string(),
  topicId: z.string(),
  partitions: z.number().int().positive(),
  replicationFactor: z.number().int().positive(),
  /** what was set for the topic itself, not the broker's defaults */
  settings: z.record(z.string(), z.string().nullable()),
});

const groupSchema = z.object({
  groupId: z.string(),
  /** Kafka did not answer for it, or no longer knew its offsets: these are the last that were seen; none if none were */
  stale: z.boolean(),
  offsets: z.array(z.object({ topic: z.string(), partition: z.number().int().min(0), offset, metadata: z.string() })),
});

export const SNAPSHOT_VERSION = 1;

export const snapshotSchema = z.object({
  permafrostSnapshot: z.literal(SNAPSHOT_VERSION),
  clusterId: z.string(),
  /** ISO 8601, UTC */
  takenAt: z.iso.datetime(),
  topics: z.array(topicSchema),
  groups: z.array(groupSchema),
});

export type Snapshot = Readonly<z.infer<typeof snapshotSchema>>;
export type TopicSnapshot = Readonly<z.infer<typeof topicSchema>>;
export type GroupSnapshot = Readonly<z.infer<typeof groupSchema>>;

/** In an order of its own, so that equal content makes equal bytes. */
export function buildSnapshot(
  clusterId: string,
  takenAt: number,
  topics: readonly TopicSnapshot[],
  groups: readonly GroupSnapshot[],
): Snapshot {
  return {
    permafrostSnapshot: SNAPSHOT_VERSION,
    clusterId,
    takenAt: new Date(takenAt).toISOString(),
    topics: topics
      .map((topic) => ({ ...topic, settings: Object.fromEntries(Object.entries(topic.settings).sort(byFirst)) }))
      .sort((a, b) => compare(a.name, b.name)),
    groups: groups
      .map((group) => ({
        ...group,
        offsets: [...group.offsets].sort((a, b) => compare(a.topic, b.topic) || a.partition - b.partition),
      }))
      .sort((a, b) => compare(a.groupId, b.groupId)),
  };
}

/** SHA-256 in base64url of all but when it was taken: equal for what need not be written again. */
export function digestOf({ permafrostSnapshot, clusterId, topics, groups }: Snapshot): string {
  const content = JSON.stringify({ permafrostSnapshot, clusterId, topics, groups });
  return createHash('sha256').update(content).digest('base64url');
}

/**
 * What is known of the groups now: a group that did not answer, or that has lost its offsets, keeps those it had.
 * @param answers null where Kafka gave none
 * @param before as they were in the snapshot before
 */
export function mergeGroups(
  answers: ReadonlyMap<string, GroupSnapshot['offsets'] | null>,
  before: readonly GroupSnapshot[],
): readonly GroupSnapshot[] {
  const known = new Map(before.map((group) => [group.groupId, group]));
  const merged = new Map<string, GroupSnapshot>();
  for (const [groupId, offsets] of answers) {
    if (offsets !== null && offsets.length > 0) merged.set(groupId, { groupId, stale: false, offsets });
    else if (known.has(groupId))
      merged.set(groupId, { groupId, stale: true, offsets: known.get(groupId)?.offsets ?? [] });
    else if (offsets === null) merged.set(groupId, { groupId, stale: true, offsets: [] });
  }
  for (const [groupId, group] of known) if (!merged.has(groupId)) merged.set(groupId, { ...group, stale: true });
  return [...merged.values()];
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
