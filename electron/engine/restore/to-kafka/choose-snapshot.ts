/** The snapshot that a restore takes settings and group offsets from. */
import { PermafrostError } from '../../../../shared/errors';
import type { Snapshot } from '../../archive/snapshot';
import type { Identity } from '../../keys/identity';
import type { ObjectStore, StoredObject } from '../../store/port';
import { completeSnapshot } from '../complete-snapshot';
import { listSnapshots, readSnapshot } from '../snapshot';

export interface ChosenSnapshot {
  readonly name: string;
  readonly snapshot: Snapshot;
}

export interface SnapshotChoice {
  /** `latest`, or an object's name */
  readonly wanted: string;
  /** the latest that knows this topic; null: the latest of all */
  readonly topic: string | null;
  /** all private keys at hand */
  readonly identities: readonly Identity[];
}

/**
 * @returns null when there is none
 * @throws PermafrostError STORE_NOT_FOUND for a name that is not there; as readSnapshot
 */
export async function chooseSnapshot(
  store: ObjectStore,
  prefix: string,
  { wanted, topic, identities }: SnapshotChoice,
  signal?: AbortSignal,
): Promise<ChosenSnapshot | null> {
  const objects = await listSnapshots(store, prefix, signal === undefined ? {} : { signal });
  for (const object of wanted === 'latest' ? latestOfClusters(objects) : [named(objects, wanted, store)]) {
    const snapshot = await readSnapshot(store, object, identities, signal);
    if (topic !== null && !snapshot.topics.some(({ name }) => name === topic)) continue;
    return { name: object.name, snapshot: await completeSnapshot(store, snapshot, identities, signal) };
  }
  return null;
}

/** One of each cluster, the one that was written last first. */
function latestOfClusters(objects: readonly StoredObject[]): readonly StoredObject[] {
  const latest = new Map<string, StoredObject>();
  for (const object of objects) latest.set(object.name.slice(0, object.name.lastIndexOf('/')), object);
  return [...latest.values()].sort((a, b) => b.createdAt - a.createdAt);
}

function named(objects: readonly StoredObject[], wanted: string, store: ObjectStore): StoredObject {
  const found = objects.find(({ name }) => name === wanted || name.endsWith(`/${wanted}`));
  if (found !== undefined) return found;
  throw new PermafrostError('STORE_NOT_FOUND', `There is no snapshot ${wanted} in ${store.location}.`, {
    context: { object: wanted },
  });
}
