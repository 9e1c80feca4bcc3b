/**
 * Where an archive begins that has nothing yet: at the earliest record unless told otherwise. Another start becomes a gap
 * of the kind `before-start` in every partition, before anything is read, so that it is chosen once and for all members.
 */
import type { KafkaAdmin } from '../kafka/admin';
import { lifeOf } from '../kafka/topic-identity';
import type { TopicDescription } from '../kafka/topic-metadata';
import type { ObjectStore, StoredObject } from '../store/port';
import type { RetryOptions } from '../store/retry';
import { gapSegment } from './open-segment';
import type { ArchiveOptions } from './options';
import { uploadSegment } from './upload';

/**
 * Writes the gaps of topics that have neither an archive nor a committed offset. Gaps alone are a first start that broke
 * off, or is under way elsewhere: those that are missing are written.
 * @returns names of the objects it wrote
 * @throws PermafrostError KAFKA_*, STORE_*
 */
export async function markStart(
  parts: { readonly admin: KafkaAdmin; readonly store: ObjectStore; readonly options: ArchiveOptions },
  topics: readonly TopicDescription[],
  retry: RetryOptions,
): Promise<readonly string[]> {
  if (parts.options.start === 'earliest') return [];
  const written: string[] = [];
  for (const topic of topics) {
    if (await isArchived(parts, topic.name)) continue;
    for (const { partition, offset } of await startOffsets(parts.admin, topic.name, parts.options.start)) {
      if (offset > 0n) written.push(...(await markGap(parts, topic, partition, offset, retry)));
    }
  }
  return written;
}

type Parts = Parameters<typeof markStart>[0];

async function isArchived({ admin, store, options }: Parts, topic: string): Promise<boolean> {
  const prefix = `${options.prefix === '' ? '' : `${options.prefix}/`}${topic}/`;
  if ((await admin.committed(options.groupId, topic)).length > 0) return true;
  let pageToken: string | null = null;
  do {
    const page = await store.list({ prefix, ...(pageToken === null ? {} : { pageToken }) });
    if (!page.objects.every(isMark)) return true;
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return false;
}

function isMark({ metadata }: StoredObject): boolean {
  return metadata['gap'] === 'before-start';
}

async function startOffsets(
  admin: KafkaAdmin,
  topic: string,
  start: 'latest' | { readonly time: number },
): Promise<readonly { readonly partition: number; readonly offset: bigint }[]> {
  if (start !== 'latest') return admin.offsetsAtTime(topic, start.time);
  return (await admin.logRanges(topic)).map(({ partition, end }) => ({ partition, offset: end }));
}

async function markGap(
  { store, options }: Parts,
  topic: TopicDescription,
  partition: number,
  to: bigint,
  retry: RetryOptions,
): Promise<readonly string[]> {
  const life = lifeOf(topic);
  const segmentPlace = { clusterId: topic.clusterId, topic: topic.name, topicId: life, partition };
  const closed = await gapSegment(segmentPlace, { from: 0n, to, reason: 'before-start' }, options);
  const place = { prefix: options.prefix, topic: topic.name, life, partition };
  const { signal } = retry;
  const request = { place, ...closed, storageClass: options.storageClass, ...(signal === undefined ? {} : { signal }) };
  const outcome = await uploadSegment(store, request, retry);
  return outcome.kind === 'stored' ? [outcome.object.name] : []; // another member was first: its choice stands
}
