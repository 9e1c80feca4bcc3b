/**
 * What would be lost, said before it is deleted.
 */
import type { BucketLossView, LossView } from '../../../shared/model/archive';
import type { ObjectStore, StoredObject } from '../store/port';
import type { HeldObjects } from './held';
import { describeArchive } from './list';
import { listAll } from './list-all';

/**
 * Of a whole bucket, with its noncurrent versions: lists all of it.
 * @param held what is kept is added there
 * @throws PermafrostError STORE_*; CANCELLED
 */
export async function lossOfBucket(
  store: ObjectStore,
  held: HeldObjects,
  signal?: AbortSignal,
): Promise<BucketLossView> {
  let loss = lossOf([]);
  let noncurrent = lossOf([]);
  for await (const versions of listAll(store, signal, '', true)) {
    const isCurrent = ({ noncurrentSince }: StoredObject): boolean => noncurrentSince === undefined;
    loss = sum(loss, lossOf(versions.filter(isCurrent)));
    noncurrent = sum(noncurrent, lossOf(versions.filter((version) => !isCurrent(version))));
    held.add(versions);
  }
  return {
    ...loss,
    noncurrent: { objects: noncurrent.objects, bytes: noncurrent.storedBytes },
    held: held.view(),
  };
}

/** Of these objects. An archive whose metadata can't be read counts as one, with no records. */
export function lossOf(objects: readonly StoredObject[]): LossView {
  const described = objects.map(describeArchive);
  return {
    objects: objects.length,
    archives: described.filter(({ kind }) => kind === 'archive' || kind === 'unreadable').length,
    records: described.reduce((records, one) => records + (one.kind === 'archive' ? one.coverage.records : 0), 0),
    storedBytes: objects.reduce((bytes, { size }) => bytes + size, 0),
  };
}

function sum(one: LossView, other: LossView): LossView {
  return {
    objects: one.objects + other.objects,
    archives: one.archives + other.archives,
    records: one.records + other.records,
    storedBytes: one.storedBytes + other.storedBytes,
  };
}
