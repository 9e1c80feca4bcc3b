/**
 * What is needed beside the records to rebuild a lost cluster: the archived topics' settings, and how far their consumer
 * groups had come. See docs/FORMAT.md, "Snapshots".
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../../shared/errors';

export const SNAPSHOT_VERSION = 1;

const MAX_INT64 = 2n ** 63n - 1n;

const offset = z
  .string()
  .regex(/^\d{1,19}$/)
  .refine((digits) => BigInt(digits) <= MAX_INT64);

const topicSchema = z.object({
  name: z.string(),
  /** empty where the broker has none */
  topicId: z.string(),
  partitions: z.number().int().positive(),
  replicationFactor: z.number().int().positive(),
  /** Kafka did not tell the settings: these are the last that were seen */
  stale: z.boolean(),
  /** what was set for the topic itself, not the broker's defaults; null when Kafka has never told them */
  settings: z.record(z.string(), z.string().nullable()).nullable(),
});

const groupSchema = z.object({
  groupId: z.string(),
  /** Kafka did not answer for it, or no longer knew its offsets: these are the last that were seen */
  stale: z.boolean(),
  /** when a stale group's offsets were seen, ISO 8601; null when they never were, or are not stale */
  seenAt: z.iso.datetime().nullable(),
  offsets: z.array(z.object({ topic: z.string(), partition: z.number().int().min(0), offset, metadata: z.string() })),
});

const snapshotSchema = z.object({
  permafrostSnapshot: z.literal(SNAPSHOT_VERSION),
  clusterId: z.string(),
  /** ISO 8601, UTC */
  takenAt: z.iso.datetime(),
  /** name of the snapshot before; null for the first */
  previous: z.string().nullable(),
  topics: z.array(topicSchema),
  groups: z.array(groupSchema),
});

export type Snapshot = Readonly<z.infer<typeof snapshotSchema>>;
export type TopicSnapshot = Readonly<z.infer<typeof topicSchema>>;
export type GroupSnapshot = Readonly<z.infer<typeof groupSchema>>;
export type GroupOffsets = GroupSnapshot['offsets'];

export interface SnapshotContent {
  readonly clusterId: string;
  readonly topics: readonly TopicSnapshot[];
  readonly groups: readonly GroupSnapshot[];
}

/** In an order of its own, so that equal content makes equal bytes. @param takenAt ms since 1970 */
export function buildSnapshot(content: SnapshotContent, takenAt: number, previous: string | null): Snapshot {
  return {
    permafrostSnapshot: SNAPSHOT_VERSION,
    clusterId: content.clusterId,
    takenAt: new Date(takenAt).toISOString(),
    previous,
    topics: content.topics.map(orderedTopic).sort((a, b) => compare(a.name, b.name)),
    groups: content.groups.map(orderedGroup).sort((a, b) => compare(a.groupId, b.groupId)),
  };
}

function orderedTopic({ name, topicId, partitions, replicationFactor, stale, settings }: TopicSnapshot): TopicSnapshot {
  const entries = settings === null ? null : Object.entries(settings).sort(([a], [b]) => compare(a, b));
  const ordered = entries === null ? null : Object.fromEntries(entries);
  return { name, topicId, partitions, replicationFactor, stale, settings: ordered };
}

function orderedGroup({ groupId, stale, seenAt, offsets }: GroupSnapshot): GroupSnapshot {
  const ordered = offsets
    .map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset, metadata }))
    .sort((a, b) => compare(a.topic, b.topic) || a.partition - b.partition);
  return { groupId, stale, seenAt, offsets: ordered };
}

/** SHA-256 in base64url of all but when it was taken and what was before: equal for what need not be written again. */
export function digestOf(snapshot: Snapshot): string {
  return digestOfJson(snapshot);
}

/** Of the text as it was written: members that a later Permafrost adds count too. */
function digestOfJson(snapshot: object): string {
  const content = Object.entries(snapshot).filter(([name]) => name !== 'takenAt' && name !== 'previous');
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(content)))
    .digest('base64url');
}

export function encodeSnapshot(snapshot: Snapshot): Buffer {
  return Buffer.from(`${JSON.stringify(snapshot, null, 1)}\n`);
}

/**
 * @param name of the object, for messages
 * @param digest that its metadata tell; null where they are gone
 * @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_UNKNOWN_VERSION
 */
export function parseSnapshot(name: string, plain: Buffer, digest: string | null): Snapshot {
  const json = parseJson(name, plain);
  const version: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'permafrostSnapshot') : null;
  if (typeof version === 'number' && version > SNAPSHOT_VERSION) {
    throw new PermafrostError(
      'ARCHIVE_UNKNOWN_VERSION',
      `${name} is a snapshot of format ${version}, this Permafrost reads ${SNAPSHOT_VERSION}. Open it with a newer Permafrost.`,
      { context: { object: name } },
    );
  }
  const parsed = snapshotSchema.safeParse(json);
  if (!parsed.success) throw damaged(name, `it is not a snapshot (${z.prettifyError(parsed.error)})`, parsed.error);
  if (digest === null || digestOfJson(json as object) === digest) return parsed.data;
  throw damaged(name, 'its content is not what its metadata say (the digest differs)');
}

function parseJson(name: string, plain: Buffer): unknown {
  try {
    return JSON.parse(plain.toString('utf8')) as unknown;
  } catch (thrown) {
    throw damaged(name, `it is not JSON (${messageOf(thrown)})`, thrown);
  }
}

function damaged(name: string, why: string, cause?: unknown): PermafrostError {
  return new PermafrostError('ARCHIVE_DAMAGED', `${name} cannot be read: ${why}.`, {
    context: { object: name },
    cause,
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
