/**
 * Lives: the chains of one partition under one topic id. The first is called by the id; after the k-th truncation of the
 * log the archive goes on in `<id>~<k>`, so that what Kafka lost and what it wrote in its place never mix.
 */
import { parseObjectName, partitionPrefix } from '../store/object-names';
import type { ObjectStore } from '../store/port';
import type { ChainPlace } from './chain';

/**
 * The life that a partition's archive is in.
 * @param base named by the topic's id alone
 * @param hint name of a segment that this partition's archive is known to have had; its life is not gone back behind
 */
export async function latestLife(
  store: ObjectStore,
  base: ChainPlace,
  hint: string | null,
  signal: AbortSignal,
): Promise<ChainPlace> {
  const known = hint === null ? null : parseObjectName(hint, base.prefix);
  const isOurs = known?.topic === base.topic && known.partition === base.partition;
  const least = isOurs ? (truncationsOf(known.life, base.life) ?? 0) : 0;
  const truncations = (await truncationsIn(store, base, signal)).filter((count) => count > least);
  for (const count of truncations.toSorted((a, b) => b - a)) {
    const place = { ...base, life: lifeAfter(base.life, count) };
    const { objects } = await store.list({ prefix: partitionPrefix(place), pageSize: 1, signal });
    if (objects.length > 0) return place;
  }
  return { ...base, life: lifeAfter(base.life, least) };
}

/** The life that begins when the log of this one was cut. */
export function nextLife(life: string): string {
  const [base = life, count = '0'] = life.split('~');
  return lifeAfter(base, Number(count) + 1);
}

function lifeAfter(base: string, truncations: number): string {
  return truncations === 0 ? base : `${base}~${truncations}`;
}

/** @returns null for a life of another topic id */
function truncationsOf(life: string, base: string): number | null {
  if (life === base) return 0;
  const count = life.startsWith(`${base}~`) ? life.slice(base.length + 1) : '';
  return /^[1-9]\d{0,8}$/.test(count) ? Number(count) : null;
}

/** How often the logs of the topic were cut, by the names in the bucket. */
async function truncationsIn(store: ObjectStore, base: ChainPlace, signal: AbortSignal): Promise<number[]> {
  const start = `${base.prefix === '' ? '' : `${base.prefix}/`}${base.topic}/`;
  const found: number[] = [];
  let pageToken: string | null = null;
  do {
    const page = await store.list({
      prefix: `${start}${base.life}~`,
      delimiter: '/',
      ...(pageToken === null ? {} : { pageToken }),
      signal,
    });
    for (const folder of page.prefixes) {
      const count = truncationsOf(folder.slice(start.length, -1), base.life);
      if (count !== null) found.push(count);
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return found;
}
