import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { damagedFile, isMissingFile, readStateFile, replaceStateFile } from '../state-file';
import { bucketSchema, type BucketRecord } from './bucket-record';
import { HttpError, invalid, notFound } from './http-error';
import { ObjectFiles } from './object-files';

/** Its record is replaced as a whole when it changes. */
export interface Bucket {
  readonly record: BucketRecord;
  readonly objects: ObjectFiles;
}

interface OpenBucket extends Bucket {
  record: BucketRecord;
}

/** Cloud Storage's own rules; nothing that could leave the folder passes them. */
const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!goog)[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){1,220}[a-z0-9]$/;

/** All buckets: a folder each, with `bucket.json` and the objects in `objects/`. */
export class Buckets {
  readonly #folder: string;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, OpenBucket>();
  /** changes go one after another, so that preconditions decide between them */
  #turn: Promise<unknown> = Promise.resolve();

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
    return this.#open(name);
  }

  /** @throws HttpError 400 for a name that no bucket may have, 409 when it is taken */
  create(record: BucketRecord): Promise<BucketRecord> {
    return this.#inTurn(async () => {
      const { name } = record;
      if (!BUCKET_NAME.test(name) || (name.length > 63 && !name.includes('.')))
        throw invalid(`Invalid bucket name: '${name}'`);
      if (this.#buckets.has(name))
        throw new HttpError(
          409,
          'conflict',
          'Your previous request to create the named bucket succeeded and you already own it.',
        );
      const objects = await ObjectFiles.load(path.join(this.#folder, name, 'objects'), this.#clock);
      await replaceStateFile(this.#fileOf(name), record);
      this.#buckets.set(name, { record, objects });
      return record;
    });
  }

  /** @param change may refuse by throwing; then nothing is changed */
  change(name: string, change: (before: BucketRecord) => BucketRecord): Promise<BucketRecord> {
    return this.#inTurn(async () => {
      const bucket = this.#open(name);
      const record = change(bucket.record);
      await replaceStateFile(this.#fileOf(name), record);
      bucket.record = record;
      return record;
    });
  }

  /**
   * @param check may refuse by throwing
   * @throws HttpError 409 while there are objects, or noncurrent generations of objects
   */
  remove(name: string, check: (before: BucketRecord) => void): Promise<void> {
    return this.#inTurn(async () => {
      const { record, objects } = this.#open(name);
      check(record);
      if (!objects.index.isEmpty) throw new HttpError(409, 'conflict', 'The bucket you tried to delete is not empty.');
      this.#buckets.delete(name);
      await rename(this.#fileOf(name), `${this.#fileOf(name)}.removed`);
      await rm(path.join(this.#folder, name), { recursive: true });
    });
  }

  #open(name: string): OpenBucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw notFound('The specified bucket');
    return bucket;
  }

  #fileOf(name: string): string {
    return path.join(this.#folder, name, 'bucket.json');
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn;
    return turn;
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
