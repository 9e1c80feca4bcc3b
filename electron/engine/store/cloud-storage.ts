/**
 * Cloud Storage behind the port. The library's own retries are off: what may be repeated, and how long, is decided by
 * who calls.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Storage, type Bucket, type File, type StorageOptions } from '@google-cloud/storage';
import { OAuth2Client, PassThroughClient } from 'google-auth-library';
import { z } from 'zod';
import { PermafrostError } from '../../../shared/errors';
import { CloudStorageAdmin } from './bucket-admin';
import type { BucketAdmin, ListPage, ObjectStore, StoredObject } from './port';
import { retrying, type RetryOptions } from './retry';
import type { StorageCredentials } from './storage-credentials';
import { fromStorage, statusOf, type StorageAction } from './storage-errors';

export interface CloudStorageConnection {
  /** another server than Google's own */
  readonly endpoint?: string;
  /** where buckets are made and listed; null: that of the credentials */
  readonly projectId: string | null;
  /** none: the machine's own for Google's server, no login for another one */
  readonly credentials?: StorageCredentials;
  /** who pays for requests, for buckets that leave it to the requester */
  readonly userProject?: string;
  /** how long a download may stand still before it counts as failed; a minute */
  readonly stallMs?: number;
}

export interface CloudStorage {
  readonly bucket: (name: string) => ObjectStore;
  readonly admin: BucketAdmin;
}

const STALL_MS = 60_000;

/** Reads and lists are without effect, so they are repeated here; the archiver decides on its own for uploads. */
const READ_ATTEMPTS = 4;

const objectSchema = z.object({
  name: z.string(),
  generation: z.union([z.string(), z.number()]).transform(String),
  size: z.union([z.string(), z.number()]).transform(Number),
  crc32c: z.string().default(''),
  md5Hash: z
    .string()
    .nullish()
    .transform((md5) => md5 ?? null),
  storageClass: z.string().default('STANDARD'),
  timeCreated: z.string(),
  metadata: z.record(z.string(), z.string()).default({}),
  /** of noncurrent versions */
  timeDeleted: z.string().optional(),
});

const pageSchema = z.object({
  items: z.array(objectSchema).default([]),
  prefixes: z.array(z.string()).default([]),
  nextPageToken: z.string().optional(),
});

export function connectCloudStorage({
  endpoint,
  projectId,
  credentials,
  userProject,
  stallMs = STALL_MS,
}: CloudStorageConnection): CloudStorage {
  const storage = new Storage({
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
    ...(credentials === undefined ? {} : { ...loginOptions(credentials), useAuthWithCustomEndpoint: true }),
    ...(projectId === null ? {} : { projectId }),
    retryOptions: { autoRetry: false, maxRetries: 0 },
    timeout: 60_000,
  });
  const paidBy = userProject === undefined ? {} : { userProject };
  return {
    bucket: (name) => new CloudStorageBucket(storage.bucket(name, paidBy), stallMs),
    admin: new CloudStorageAdmin(storage),
  };
}

function loginOptions(credentials: StorageCredentials): StorageOptions {
  switch (credentials.kind) {
    case 'default':
      return {};
    case 'anonymous':
      return { authClient: new PassThroughClient() };
    case 'token':
      return { authClient: bearer(credentials.accessToken) };
    case 'service-account':
      return {
        credentials: { client_email: credentials.email, private_key: credentials.privateKey },
        ...(credentials.projectId === null ? {} : { projectId: credentials.projectId }),
      };
  }
}

function bearer(accessToken: string): OAuth2Client {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: accessToken });
  return client;
}

class CloudStorageBucket implements ObjectStore {
  readonly location: string;
  readonly #bucket: Bucket;
  readonly #stallMs: number;

  constructor(bucket: Bucket, stallMs: number) {
    this.#bucket = bucket;
    this.#stallMs = stallMs;
    this.location = `gs://${bucket.name}`;
  }

  async create(...[name, body, options]: Parameters<ObjectStore['create']>): Promise<StoredObject> {
    const { metadata, crc32c, contentType = 'application/octet-stream', storageClass, signal } = options;
    const file = this.#bucket.file(name);
    const upload = file.createWriteStream({
      resumable: false,
      validation: false, // the crc32c travels in the request: the server checks it before the object is seen
      preconditionOpts: { ifGenerationMatch: 0 },
      metadata: { crc32c, contentType, metadata, ...(storageClass === undefined ? {} : { storageClass }) },
    });
    try {
      await pipeline(Readable.from(body), upload, signal === undefined ? {} : { signal });
      return parseObject(file.metadata);
    } catch (thrown) {
      throw fromStorage(thrown, this.#action('Uploading', name), signal);
    }
  }

  async head(name: string, signal?: AbortSignal): Promise<StoredObject | null> {
    return this.#reading('Looking up', name, signal, async () => {
      try {
        const [metadata] = await this.#bucket.file(name).getMetadata();
        return parseObject(metadata);
      } catch (thrown) {
        if (statusOf(thrown) === 404) return null;
        throw thrown;
      }
    });
  }

  list(query: Parameters<ObjectStore['list']>[0]): Promise<ListPage> {
    const { pageSize = 1_000, signal, ...rest } = query;
    return this.#reading('Listing', undefined, signal, async () => {
      const [, , answer] = await this.#bucket.getFiles({ ...rest, maxResults: pageSize, autoPaginate: false });
      const { items, prefixes, nextPageToken } = pageSchema.parse(answer);
      return { objects: items.map(toStoredObject), prefixes, nextPageToken: nextPageToken ?? null };
    });
  }

  read(...[name, { start, end, generation, signal }]: Parameters<ObjectStore['read']>): Promise<Buffer> {
    if (end <= start) return Promise.resolve(Buffer.alloc(0));
    return this.#reading('Reading', name, signal, async () => {
      const pieces: Buffer[] = [];
      const file = this.#file(name, generation);
      for await (const piece of this.#pieces(file, signal, { start, end: end - 1 })) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      if (bytes.length === end - start) return bytes;
      throw new PermafrostError(
        'STORE_UNAVAILABLE',
        `Reading ${this.location}/${name}: ${bytes.length} bytes came instead of ${end - start}.`,
        { context: { bucket: this.#bucket.name, object: name } },
      );
    });
  }

  async *stream(...[name, options = {}]: Parameters<ObjectStore['stream']>): AsyncIterable<Buffer> {
    const { generation, signal } = options;
    try {
      yield* this.#pieces(this.#file(name, generation), signal, {});
    } catch (thrown) {
      throw fromStorage(thrown, this.#action('Reading', name), signal);
    }
  }

  async remove(...[name, options = {}]: Parameters<ObjectStore['remove']>): Promise<void> {
    const { generation, isForGood = false, signal } = options;
    try {
      // a version that is named is deleted; a name alone, where the bucket keeps versions, becomes a noncurrent one
      if (isForGood) await this.#file(name, generation).delete();
      else await this.#bucket.file(name).delete(generation === undefined ? {} : { ifGenerationMatch: generation });
    } catch (thrown) {
      throw fromStorage(thrown, this.#action('Deleting', name), signal);
    }
  }

  /** The library limits how long an answer takes to begin, not how long its body may stand still. */
  async *#pieces(
    file: File,
    signal: AbortSignal | undefined,
    range: { readonly start?: number; readonly end?: number },
  ): AsyncGenerator<Buffer, void, undefined> {
    const stream = file.createReadStream({ ...range, validation: false, decompress: false });
    const abort = (): void => void stream.destroy(new Error('aborted'));
    signal?.addEventListener('abort', abort, { once: true });
    const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    try {
      for (;;) {
        const stalled = setTimeout(() => stream.destroy(standsStill(this.#stallMs)), this.#stallMs);
        const next = await pieces.next().finally(() => clearTimeout(stalled));
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      stream.destroy();
    }
  }

  #file(name: string, generation: string | undefined): File {
    return this.#bucket.file(name, generation === undefined ? {} : { generation });
  }

  #action(doing: string, object: string | undefined): StorageAction {
    return { doing, bucket: this.#bucket.name, ...(object === undefined ? {} : { object }) };
  }

  /** Repeats a read a few times. */
  #reading<Value>(
    doing: string,
    object: string | undefined,
    signal: AbortSignal | undefined,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const options: RetryOptions = { maxAttempts: READ_ATTEMPTS, ...(signal === undefined ? {} : { signal }) };
    return retrying(async () => {
      try {
        return await work();
      } catch (thrown) {
        throw fromStorage(thrown, this.#action(doing, object), signal);
      }
    }, options);
  }
}

function standsStill(ms: number): Error {
  return Object.assign(new Error(`nothing came for ${ms / 1_000} s`), { code: 'ETIMEDOUT' });
}

function parseObject(metadata: unknown): StoredObject {
  return toStoredObject(objectSchema.parse(metadata));
}

function toStoredObject({ md5Hash, timeCreated, timeDeleted, ...object }: z.infer<typeof objectSchema>): StoredObject {
  return {
    ...object,
    md5: md5Hash,
    createdAt: Date.parse(timeCreated),
    ...(timeDeleted === undefined ? {} : { noncurrentSince: Date.parse(timeDeleted) }),
  };
}
