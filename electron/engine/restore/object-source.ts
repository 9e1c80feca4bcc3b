import type { RangedSource } from '../segment/ranged-source';
import type { ObjectStore, StoredObject } from '../store/port';

export interface ObjectSourceOptions {
  readonly signal?: AbortSignal;
  /** after each read, with its bytes */
  readonly onBytes?: (read: number) => void;
}

/** One object of a bucket, read in ranges, always of the same generation. Counts what was read. */
export class ObjectSource implements RangedSource {
  readonly size: number;
  readonly #store: ObjectStore;
  readonly #object: StoredObject;
  readonly #options: ObjectSourceOptions;
  #bytesRead = 0;

  constructor(store: ObjectStore, object: StoredObject, options: ObjectSourceOptions = {}) {
    this.size = object.size;
    this.#store = store;
    this.#object = object;
    this.#options = options;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** @throws PermafrostError STORE_NOT_FOUND when the object was deleted or replaced; STORE_*; CANCELLED */
  async read(start: number, end: number): Promise<Buffer> {
    const { name, generation } = this.#object;
    const { signal, onBytes } = this.#options;
    const bytes = await this.#store.read(name, { start, end, generation, ...(signal === undefined ? {} : { signal }) });
    this.#bytesRead += bytes.length;
    onBytes?.(bytes.length);
    return bytes;
  }
}
