/**
 * Deletes objects, each only as the generation that was seen. What is done is counted exactly, however it ends.
 */
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import type { ObjectRef } from '../../../shared/model/archive';
import type { ObjectStore } from '../store/port';
import { retrying } from '../store/retry';
import type { HeldObjects } from './held';
import { listAll } from './list-all';

const PARALLEL_DELETIONS = 8;
const MAX_ATTEMPTS = 4;

export interface DeleteOptions {
  /** aborted: what is under way is waited for and counted */
  readonly signal: AbortSignal;
  /** after each object; of a whole bucket, as many as it held when it was counted */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface DeleteResult {
  readonly state: 'done' | 'cancelled';
  /** objects that are gone; one that somebody else deleted meanwhile counts too */
  readonly deleted: number;
}

/**
 * @throws PermafrostError STORE_CONFLICT when one was replaced since it was listed; STORE_*. The first error ends it:
 * context.deleted and the message tell how many were deleted before.
 */
export async function deleteObjects(
  store: ObjectStore,
  objects: readonly ObjectRef[],
  options: DeleteOptions,
): Promise<DeleteResult> {
  const deletion = new Deletion(store, objects.length, options, false);
  await deletion.run(objects);
  return deletion.result();
}

/**
 * Deletes all objects and noncurrent versions that a bucket holds, page by page, for good. Cancelled or killed, it goes on
 * when it is called again.
 * @param held of its retention policy
 * @throws PermafrostError STORE_DENIED before the first deletion when something is held; else as deleteObjects
 */
export async function deleteAllObjects(
  store: ObjectStore,
  held: HeldObjects,
  options: DeleteOptions,
): Promise<DeleteResult> {
  let total = 0;
  for await (const versions of listAll(store, undefined, '', true)) {
    if (options.signal.aborted) return { state: 'cancelled', deleted: 0 };
    total += versions.length;
    held.add(versions);
  }
  held.assertNone(store.location);
  const deletion = new Deletion(store, total, options, true);
  for await (const versions of listAll(store, undefined, '', true)) {
    await deletion.run(versions);
    if (deletion.result().state === 'cancelled') break;
  }
  return deletion.result();
}

class Deletion {
  readonly #store: ObjectStore;
  readonly #total: number;
  readonly #options: DeleteOptions;
  readonly #isForGood: boolean;
  #deleted = 0;
  #isCancelled = false;

  constructor(store: ObjectStore, total: number, options: DeleteOptions, isForGood: boolean) {
    this.#store = store;
    this.#total = total;
    this.#options = options;
    this.#isForGood = isForGood;
  }

  async run(objects: readonly ObjectRef[]): Promise<void> {
    const left = objects[Symbol.iterator]();
    const failures: PermafrostError[] = [];
    const worker = async (): Promise<void> => {
      for (const object of left) {
        if (failures.length > 0 || this.#options.signal.aborted) {
          this.#isCancelled = true;
          return;
        }
        try {
          await this.#remove(object);
        } catch (thrown) {
          failures.push(asPermafrostError(thrown));
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_DELETIONS }, worker));
    if (failures[0] !== undefined) throw this.#withCount(failures[0]);
  }

  result(): DeleteResult {
    return { state: this.#isCancelled ? 'cancelled' : 'done', deleted: this.#deleted };
  }

  /** Without the signal: a deletion that is cut off would leave it open whether the object is gone. */
  async #remove({ name, generation }: ObjectRef): Promise<void> {
    const options = { generation, isForGood: this.#isForGood };
    try {
      await retrying(() => this.#store.remove(name, options), { maxAttempts: MAX_ATTEMPTS });
    } catch (thrown) {
      // somebody else deleted it, or our own reply had been lost
      if (asPermafrostError(thrown).code !== 'STORE_NOT_FOUND') throw thrown;
    }
    this.#deleted += 1;
    this.#options.onProgress?.({ done: this.#deleted, total: this.#total });
  }

  #withCount(error: PermafrostError): PermafrostError {
    const count = this.#deleted === 1 ? '1 object was' : `${this.#deleted.toLocaleString('en-US')} objects were`;
    return new PermafrostError(error.code, `${error.message} ${count} deleted before.`, {
      context: { ...error.context, deleted: this.#deleted },
      cause: error,
    });
  }
}
