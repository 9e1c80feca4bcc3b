/** Buckets of Cloud Storage: made, set up, removed. What changes settings says which settings it has seen. */
import type { Storage } from '@google-cloud/storage';
import { messageOf, PermafrostError } from '../../../shared/errors';
import { SETTING_NAMES, type BucketChange, type BucketSettings } from '../../../shared/model/bucket-settings';
import { notTaken, parseBucketInfo, parseBucketSettings, patchOf, rawRules } from './bucket-resource';
import { assertBucketName } from './object-names';
import type { BucketAdmin, BucketInfo } from './port';
import { fromStorage, statusOf } from './storage-errors';

export class CloudStorageAdmin implements BucketAdmin {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async listBuckets(): Promise<readonly BucketInfo[]> {
    try {
      const [buckets] = await this.#storage.getBuckets();
      return buckets.map(({ metadata }) => parseBucketInfo(metadata));
    } catch (thrown) {
      throw fromStorage(thrown, { doing: 'Listing buckets of', bucket: this.#storage.projectId });
    }
  }

  async createBucket({
    name,
    location,
    storageClass,
  }: Parameters<BucketAdmin['createBucket']>[0]): Promise<BucketInfo> {
    assertBucketName(name);
    try {
      const [bucket] = await this.#storage.createBucket(name, { location, storageClass });
      return parseBucketInfo(bucket.metadata);
    } catch (thrown) {
      if (statusOf(thrown) === 409) {
        throw new PermafrostError('STORE_CONFLICT', `There is a bucket called ${name} already. Choose another name.`, {
          context: { bucket: name, field: 'name' },
          cause: thrown,
        });
      }
      throw fromStorage(thrown, { doing: 'Creating', bucket: name });
    }
  }

  async permissions(name: string, wanted: readonly string[]): Promise<ReadonlySet<string>> {
    try {
      const [held] = await this.#storage.bucket(name).iam.testPermissions([...wanted]);
      return new Set(Object.keys(held).filter((permission) => held[permission] === true));
    } catch (thrown) {
      throw fromStorage(thrown, { doing: 'Asking for the rights to', bucket: name });
    }
  }

  async deleteBucket(name: string): Promise<void> {
    try {
      await this.#storage.bucket(name).delete();
    } catch (thrown) {
      if (statusOf(thrown) === 409) {
        throw new PermafrostError('STORE_CONFLICT', `Bucket ${name} is not empty. Delete its objects first.`, {
          context: { bucket: name },
          cause: thrown,
        });
      }
      throw fromStorage(thrown, { doing: 'Deleting', bucket: name });
    }
  }

  async settings(name: string): Promise<BucketSettings> {
    return parseBucketSettings(await this.#read(name));
  }

  async changeSettings(name: string, change: BucketChange, metageneration: string): Promise<BucketSettings> {
    const seen = await this.#read(name);
    if (parseBucketSettings(seen).metageneration !== metageneration) throw changedMeanwhile(name);
    const options = { ifMetagenerationMatch: metageneration };
    try {
      await this.#storage.bucket(name).setMetadata(patchOf(change, rawRules(seen)), options);
    } catch (thrown) {
      throw settingsRefused(thrown, name, 'Changing the settings of');
    }
    const now = await this.settings(name);
    const left = notTaken(change, now).map((field) => SETTING_NAMES[field]);
    if (left.length === 0) return now;
    throw new PermafrostError(
      'STORE_REFUSED',
      `Changing the settings of gs://${name}: this server did not take: ${left.join(', ')}. What else was changed holds.`,
      { context: { bucket: name, settings: left } },
    );
  }

  async lockRetention(name: string, metageneration: string): Promise<BucketSettings> {
    const seen = await this.settings(name);
    if (seen.retention === null) {
      throw new PermafrostError('STORE_REFUSED', `gs://${name} has no retention policy to lock. Set one first.`, {
        context: { bucket: name },
      });
    }
    if (seen.retention.isLocked) return seen;
    try {
      await this.#storage.bucket(name).lock(metageneration);
    } catch (thrown) {
      throw settingsRefused(thrown, name, 'Locking the retention policy of');
    }
    const now = await this.settings(name);
    if (now.retention?.isLocked === true) return now;
    throw new PermafrostError('STORE_REFUSED', `This server did not lock the retention policy of gs://${name}.`, {
      context: { bucket: name },
    });
  }

  async #read(name: string): Promise<unknown> {
    try {
      const [resource] = await this.#storage.bucket(name).getMetadata();
      return resource;
    } catch (thrown) {
      throw settingsRefused(thrown, name, 'Reading the settings of');
    }
  }
}

/** The rights that archiving needs are of no use here. */
function settingsRefused(thrown: unknown, bucket: string, doing: string): PermafrostError {
  const status = statusOf(thrown);
  if (status === 412) return changedMeanwhile(bucket, thrown);
  if (status !== 403) return fromStorage(thrown, { doing, bucket });
  return new PermafrostError(
    'STORE_DENIED',
    `${doing} gs://${bucket}: it was refused (HTTP 403, ${messageOf(thrown)}). It takes the rights storage.buckets.get and storage.buckets.update, such as the role Storage Admin; and what is locked cannot be loosened by anybody.`,
    { context: { bucket }, cause: thrown },
  );
}

function changedMeanwhile(bucket: string, cause?: unknown): PermafrostError {
  return new PermafrostError(
    'STORE_CONFLICT',
    `The settings of gs://${bucket} were changed by somebody else meanwhile. Nothing was changed; look at them again.`,
    { context: { bucket }, ...(cause === undefined ? {} : { cause }) },
  );
}
