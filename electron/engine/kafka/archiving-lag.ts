/** How far the archiver is behind in topics, by what its group has committed. The bucket may be ahead of that, never behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PermafrostError } from '../../../shared/errors';
import type { ArchivingLag } from '../../../shared/model/topic';
import type { CommittedOffset, LogRange } from './admin';
import { forgetFetches } from './fetch-alone';
import type { Broker, Cluster } from './kafkajs-types';
import { fetchLogRanges } from './log-ranges';
import { fetchTimestamp } from './oldest-record';
import type { TopicDescription } from './topic-metadata';

const AT_ONCE = 8;

export interface LagQuestion {
  readonly topics: readonly TopicDescription[];
  /** what the archiver's group has committed, of whatever topics */
  readonly committed: readonly (CommittedOffset & { readonly topic: string })[];
  /** ms since 1970 */
  readonly now: number;
  /** how long records are looked at for their age; what was not told by then is `untold` */
  readonly giveUpMs: number;
}

export interface ArchivingLags {
  /** by topic; topics of which a partition's log was not told are not among them */
  readonly lags: ReadonlyMap<string, ArchivingLag>;
  readonly failures: readonly PermafrostError[];
}

/** Two requests for each leader, and one small fetch for each partition that lags. Never throws for what is not told. */
export async function fetchLags(
  cluster: Cluster,
  { topics, committed, now, giveUpMs }: LagQuestion,
): Promise<ArchivingLags> {
  const { ranges, failures } = await fetchLogRanges(cluster, topics);
  const offsets = new Map(committed.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
  const lagging = topics.flatMap((topic) =>
    (ranges.get(topic.name) ?? []).flatMap((range) => {
      const place = placed(topic, range, offsets);
      return place.position < place.end ? [place] : [];
    }),
  );
  const ages = await agesOf(cluster, lagging, { now, giveUpMs });
  const lags = topics.flatMap((topic): [string, ArchivingLag][] => {
    const places = (ranges.get(topic.name) ?? []).map((range) => placed(topic, range, offsets));
    return places.length < topic.partitions.length ? [] : [[topic.name, lagOf(places, ages)]];
  });
  return { lags: new Map(lags), failures };
}

interface Place {
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly leader: number;
  readonly committed: bigint | null;
  readonly earliest: bigint;
  readonly end: bigint;
  /** the first offset that is neither archived nor gone */
  readonly position: bigint;
}

function placed(
  { name, partitions }: TopicDescription,
  { partition, earliest, end }: LogRange,
  offsets: ReadonlyMap<string, bigint>,
): Place {
  const key = `${name}/${partition}`;
  const committed = offsets.get(key) ?? null;
  const position = committed !== null && committed > earliest ? committed : earliest;
  const leader = partitions.find((each) => each.partition === partition)?.leader ?? -1;
  return { key, topic: name, partition, leader, committed, earliest, end, position };
}

function lagOf(places: readonly Place[], ages: ReadonlyMap<string, number>): ArchivingLag {
  const lagging = places.filter(({ position, end }) => position < end);
  const told = lagging.flatMap(({ key }) => ages.get(key) ?? []);
  return {
    hasBegun: places.some(({ committed }) => committed !== null),
    records: lagging.reduce((sum, { position, end }) => sum + Number(end - position), 0),
    lost: places.reduce((sum, { committed, earliest }) => sum + Number(lostBefore(earliest, committed)), 0),
    behindMs: lagging.length === 0 ? 0 : told.length === 0 ? null : told.reduce((a, b) => Math.max(a, b)),
    untold: lagging.length - told.length,
  };
}

function lostBefore(earliest: bigint, committed: bigint | null): bigint {
  return committed !== null && committed < earliest ? earliest - committed : 0n;
}

/** @returns ms by place, of those that told in time */
async function agesOf(
  cluster: Cluster,
  places: readonly Place[],
  { now, giveUpMs }: Pick<LagQuestion, 'now' | 'giveUpMs'>,
): Promise<ReadonlyMap<string, number>> {
  const ages = new Map<string, number>();
  const over = new AbortController();
  const waiting = [...places];
  const work = async (): Promise<void> => {
    for (let place = waiting.shift(); place !== undefined && !over.signal.aborted; place = waiting.shift()) {
      const sentAt = await timestampAt(cluster, place);
      if (sentAt !== null) ages.set(place.key, Math.max(0, now - sentAt));
    }
  };
  const all = Promise.all(Array.from({ length: AT_ONCE }, work)).finally(() => over.abort());
  await Promise.race([all, sleep(giveUpMs, undefined, { signal: over.signal }).catch(() => undefined)]); // all have told
  over.abort();
  return new Map(ages); // a late answer must not change it
}

/** null also where it cannot be read: an age that is not known is said to be so */
async function timestampAt(cluster: Cluster, place: Place): Promise<number | null> {
  let broker: Broker | null = null;
  try {
    broker = await cluster.findBroker({ nodeId: String(place.leader) });
    return await fetchTimestamp(broker, place, { from: place.position, end: place.end });
  } catch {
    if (broker !== null) forgetFetches(broker);
    return null;
  }
}
