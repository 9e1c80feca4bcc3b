/**
 * A partition's chain: its segments in the bucket, each beginning where the one before ends. Only its end matters for
 * going on; breaks further back are found by verifying.
 */
import { PermafrostError } from '../../../shared/errors';
import { parseCoverage, type Coverage } from '../store/coverage-metadata';
import { parseObjectName, partitionPrefix } from '../store/object-names';
import type { ObjectStore, StoredObject } from '../store/port';

/** Where a partition's segments lie. */
export interface ChainPlace {
  readonly prefix: string;
  readonly topic: string;
  readonly life: string;
  readonly partition: number;
}

export interface ChainEnd {
  readonly object: string;
  readonly nextOffset: bigint;
  /** of its last batch; -1 when it has none */
  readonly leaderEpoch: number;
}

/**
 * The end of a chain.
 * @param from name of a segment that is known to be in the chain: what lies before it is not listed
 * @returns null for a chain without any object
 * @throws PermafrostError CHAIN_BROKEN when the last object is not a valid segment of this chain; STORE_*
 */
export async function findChainEnd(
  store: ObjectStore,
  place: ChainPlace,
  from: string | null,
  signal: AbortSignal,
): Promise<ChainEnd | null> {
  const known = from !== null && parseObjectName(from, place.prefix) !== null ? from : null;
  const last = (await lastSegment(store, place, known, signal)) ?? (await lastSegment(store, place, null, signal));
  if (last === null) return null;
  const { nextOffset, leaderEpoch } = coverageInChain(store, place, last);
  return { object: last.name, nextOffset, leaderEpoch };
}

async function lastSegment(
  store: ObjectStore,
  place: ChainPlace,
  startOffset: string | null,
  signal: AbortSignal,
): Promise<StoredObject | null> {
  let last: StoredObject | null = null;
  let pageToken: string | null = null;
  do {
    const page = await store.list({
      prefix: partitionPrefix(place),
      ...(startOffset === null ? {} : { startOffset }),
      ...(pageToken === null ? {} : { pageToken }),
      signal,
    });
    for (const object of page.objects) if (parseObjectName(object.name, place.prefix) !== null) last = object;
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return last;
}

/**
 * What an object covers, provided that it is what its name says.
 * @throws PermafrostError CHAIN_BROKEN
 */
export function coverageInChain(store: ObjectStore, place: ChainPlace, object: StoredObject): Coverage {
  const coverage = readCoverage(store, object);
  const name = parseObjectName(object.name, place.prefix);
  const fits =
    coverage.topic === place.topic &&
    coverage.partition === place.partition &&
    name?.firstOffset === coverage.firstOffset;
  if (!fits) throw broken(store, object, 'its metadata tells of another place than its name');
  return coverage;
}

function readCoverage(store: ObjectStore, object: StoredObject): Coverage {
  try {
    return parseCoverage(object);
  } catch (thrown) {
    throw broken(store, object, 'its metadata is not that of an archive', thrown);
  }
}

function broken(store: ObjectStore, object: StoredObject, why: string, cause?: unknown): PermafrostError {
  return new PermafrostError(
    'CHAIN_BROKEN',
    `${store.location}/${object.name} stands where the next archive belongs, but ${why}. Archiving of this partition has stopped; nothing was overwritten. Look at the object and move it away, then start archiving again.`,
    { context: { object: object.name, location: store.location }, cause },
  );
}
