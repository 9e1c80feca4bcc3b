import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { damagedFile, isMissingFile, readStateFile, replaceStateFile } from '../state-file';
import { HttpError, invalid, notFound } from './http-error';
import { ObjectFiles } from './object-files';

const bucketSchema = z.strictObject({
  name: z.string(),
  location: z.string(),
  storageClass: z.string(),
  timeCreated: z.string(),
});

export type BucketRecord = Readonly<z.infer<typeof bucketSchema>>;

export interface Bucket {
  readonly record: BucketRecord;
  readonly objects: ObjectFiles;
}

const STORAGE_CLASSES = new Set(['STANDARD', 'NEARLINE', 'COLDLINE', 'ARCHIVE']);
/** Cloud Storage's own rules; nothing that could leave the folder passes them. */
const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!goog)[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){1,220}[a-z0-9]$/;

/** All buckets: a folder each, with `bucket.json` and the objects in `objects/`. */
export class Buckets {
  readonly #folder: string;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, Bucket>();

  private constructor(folder: string, clock: () => number) {
    this.#folder = folder;
    this.#clock = clock;
  }

  static async load(folder: string, clock: () => number): Promise<Buckets> {
    await mkdir(folder, { recursive: true });
    const buckets = new Buckets(folder, clock);
    for (const entry of await readdir(folder)) {
      const own = path.join(folder, entry);
      const record = await readStateFile(path.join(own, 'bucket.json'), bucketSchema);
      if (record === undefined) {
        await removeUnfinished(own);
        continue;
      }
      buckets.#buckets.set(record.name, { record, objects: await ObjectFiles.load(path.join(own, 'objects'), clock) });
    }
    return buckets;
  }

  /** In name order. */
  list(): readonly BucketRecord[] {
    return [...this.#buckets.values()].map(({ record }) => record).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw notFound('The specified bucket');
    return bucket;
  }

  async create(wanted: {
    readonly name: string;
    readonly location: string;
    readonly storageClass: string;
  }): Promise<BucketRecord> {
    const { name, location, storageClass } = wanted;
    if (!BUCKET_NAME.test(name) || (name.length > 63 && !name.includes('.')))
      throw invalid(`Invalid bucket name: '${name}'`);
    if (!STORAGE_CLASSES.has(storageClass)) throw invalid(`Invalid storage class: '${storageClass}'`);
    if (this.#buckets.has(name))
      throw new HttpError(
        409,
        'conflict',
        'Your previous request to create the named bucket succeeded and you already own it.',
      );
    const record = {
      name,
      location: location.toUpperCase(),
      storageClass,
      timeCreated: new Date(this.#clock()).toISOString(),
    };
    const own = path.join(this.#folder, name);
    const objects = await ObjectFiles.load(path.join(own, 'objects'), this.#clock);
    await replaceStateFile(path.join(own, 'bucket.json'), record);
    this.#buckets.set(name, { record, objects });
    return record;
  }

  async remove(name: string): Promise<void> {
    if (this.get(name).objects.count > 0) {
      throw new HttpError(409, 'conflict', 'The bucket you tried to delete is not empty.');
    }
    this.#buckets.delete(name);
    const own = path.join(this.#folder, name);
    await rename(path.join(own, 'bucket.json'), path.join(own, 'bucket.json.removed'));
    await rm(own, { recursive: true });
  }
}

/** A bucket's creation or deletion was cut off: its folder goes, but never with objects in it. */
async function removeUnfinished(folder: string): Promise<void> {
  const objects = await readdir(path.join(folder, 'objects')).catch((thrown: unknown) => {
    if (isMissingFile(thrown)) return [];
    throw thrown;
  });
  if (objects.length > 0) throw damagedFile(path.join(folder, 'bucket.json'), 'it is missing, but objects are there');
  await rm(folder, { recursive: true });
}
