import { PermafrostError } from '../../../shared/errors';
import type { ObjectRef } from '../../../shared/model/archive';
import type { ObjectStore, StoredObject } from '../store/port';

/**
 * The object that was listed: the same name and the same generation.
 * @throws PermafrostError STORE_NOT_FOUND when it was deleted or replaced since; STORE_*; CANCELLED
 */
export async function findObject(store: ObjectStore, ref: ObjectRef, signal?: AbortSignal): Promise<StoredObject> {
  const object = await store.head(ref.name, signal);
  if (object?.generation === ref.generation) return object;
  const what = object === null ? 'is not in the bucket any more' : 'was replaced since it was listed';
  throw new PermafrostError('STORE_NOT_FOUND', `${ref.name} ${what}. List the bucket again.`, {
    context: { object: ref.name, generation: ref.generation },
  });
}
