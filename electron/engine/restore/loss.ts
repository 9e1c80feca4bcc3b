/**
 * What would be lost, said before it is deleted.
 */
import type { LossView } from '../../../shared/model/archive';
import type { ObjectStore, StoredObject } from '../store/port';
import { describeArchive } from './list';
import { listAll } from './list-all';

/** Of a whole bucket: lists all of it. @throws PermafrostError STORE_*; CANCELLED */
export async function lossOfBucket(store: ObjectStore, signal?: AbortSignal): Promise<LossView> {
  let loss = lossOf([]);
  for await (const objects of listAll(store, signal)) loss = sum(loss, lossOf(objects));
  return loss;
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
