import type { RangedSource } from '../segment/ranged-source';
import type { ObjectStore, StoredObject } from '../store/port';

/** One object of a bucket, read in ranges, always of the same generation. Counts what was read. */
export class ObjectSource implements RangedSource {
  readonly size: number;
  readonly #store: ObjectStore;
  readonly #object: StoredObject;
  readonly #signal: AbortSignal | undefined;
  #bytesRead = 0;

  constructor(store: ObjectStore, object: StoredObject, signal?: AbortSignal) {
    this.size = object.size;
    this.#store = store;
    this.#object = object;
    this.#signal = signal;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** @throws PermafrostError STORE_NOT_FOUND when the object was deleted or replaced; STORE_*; CANCELLED */
  async read(start: number, end: number): Promise<Buffer> {
    const signal = this.#signal === undefined ? {} : { signal: this.#signal };
    const { name, generation } = this.#object;
    const bytes = await this.#store.read(name, { start, end, generation, ...signal });
    this.#bytesRead += bytes.length;
    return bytes;
  }
}
