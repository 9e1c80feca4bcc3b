/**
 * The port to where archives lie. Small on purpose: what the archiver and the readers need, with Cloud Storage's
 * semantics (generations, create-only, strong consistency after a write).
 */
import type { BucketChange, BucketSettings } from '../../../shared/model/bucket-settings';

export interface StoredObject {
  readonly name: string;
  /** changes with every write of the same name; pins a read */
  readonly generation: string;
  readonly size: number;
  /** base64, big-endian */
  readonly crc32c: string;
  /** base64; null for a composed object */
  readonly md5: string | null;
  readonly storageClass: string;
  /** ms since 1970 */
  readonly createdAt: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** ms since 1970, in lists of versions: another one has taken its place, or it was deleted */
  readonly noncurrentSince?: number;
}

export interface CreateOptions {
  readonly metadata: Readonly<Record<string, string>>;
  /** base64, big-endian; the store refuses a body that does not match */
  readonly crc32c: string;
  readonly contentType?: string;
  /** the bucket's default when absent */
  readonly storageClass?: string;
  readonly signal?: AbortSignal;
}

export interface ListQuery {
  readonly prefix?: string;
  /** names that have it behind the prefix are folded into `prefixes` */
  readonly delimiter?: string;
  /** inclusive: the first name listed */
  readonly startOffset?: string;
  /** also noncurrent ones, where the bucket keeps them */
  readonly versions?: boolean;
  /** at most 1,000 */
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly signal?: AbortSignal;
}

export interface ListPage {
  /** in name order */
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  readonly nextPageToken: string | null;
}

export interface ReadRange {
  readonly start: number;
  /** exclusive */
  readonly end: number;
  readonly generation?: string;
  readonly signal?: AbortSignal;
}

/**
 * One bucket. Every method throws PermafrostErrors: STORE_NOT_FOUND, STORE_DENIED, STORE_UNAVAILABLE (a retry may help),
 * STORE_REFUSED, and CANCELLED when its signal is aborted.
 */
export interface ObjectStore {
  /** e.g. gs://bucket */
  readonly location: string;
  /**
   * Writes a new object, body and metadata in one request; it is seen as a whole or not at all.
   * @throws PermafrostError STORE_CONFLICT when the name is taken: nothing is ever overwritten
   */
  create(name: string, body: readonly Buffer[], options: CreateOptions): Promise<StoredObject>;
  /** @returns null when there is no such object */
  head(name: string, signal?: AbortSignal): Promise<StoredObject | null>;
  list(query: ListQuery): Promise<ListPage>;
  read(name: string, range: ReadRange): Promise<Buffer>;
  /** The whole object, in pieces. */
  stream(
    name: string,
    options?: { readonly generation?: string; readonly signal?: AbortSignal },
  ): AsyncIterable<Buffer>;
  /**
   * With a generation: only if it is still that one (STORE_CONFLICT). A bucket that keeps versions keeps this one, too.
   * @throws PermafrostError STORE_DENIED also when a retention policy or a hold keeps it
   */
  remove(name: string, options?: RemoveOptions): Promise<void>;
}

export interface RemoveOptions {
  readonly generation?: string;
  /** that generation, current or not, and no version of it is kept; STORE_NOT_FOUND when it is not there */
  readonly isForGood?: boolean;
  readonly signal?: AbortSignal;
}

export interface BucketInfo {
  readonly name: string;
  readonly location: string;
  /** of new objects */
  readonly storageClass: string;
  /** ms since 1970 */
  readonly createdAt: number;
}

export interface BucketAdmin {
  listBuckets(): Promise<readonly BucketInfo[]>;
  /** @throws PermafrostError BUCKET_NAME_INVALID, STORE_CONFLICT when the name is taken */
  createBucket(bucket: {
    readonly name: string;
    readonly location: string;
    readonly storageClass: string;
  }): Promise<BucketInfo>;
  /**
   * Which of these the caller has on a bucket, such as storage.objects.create.
   * @throws PermafrostError STORE_REFUSED, STORE_NOT_FOUND where the server knows no such question
   */
  permissions(name: string, wanted: readonly string[]): Promise<ReadonlySet<string>>;
  /** How it is set up. */
  settings(name: string): Promise<BucketSettings>;
  /**
   * Changes what the change names, all of it or nothing, and reads it back.
   * @param metageneration of the settings that were seen
   * @returns what holds now
   * @throws PermafrostError STORE_CONFLICT when somebody else has changed them since; STORE_REFUSED also when the server
   * took the request and not all of the change
   */
  changeSettings(name: string, change: BucketChange, metageneration: string): Promise<BucketSettings>;
  /** Makes the retention policy one that can't be removed, for good. @throws PermafrostError as changeSettings */
  lockRetention(name: string, metageneration: string): Promise<BucketSettings>;
  /** An empty one. @throws PermafrostError STORE_CONFLICT when objects are in it */
  deleteBucket(name: string): Promise<void>;
}
