/** What the tests of restoring share: a bucket on a fresh folder behind the real client, and archives in it. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { onTestFinished } from 'vitest';
import { buildSnapshot } from '../../../electron/engine/archive/snapshot';
import { writeSnapshot } from '../../../electron/engine/archive/snapshot-upload';
import { parseIdentity, type Identity } from '../../../electron/engine/keys/identity';
import { parseRecipient, type Recipient } from '../../../electron/engine/keys/recipient';
import type { Codec } from '../../../electron/engine/segment/identity';
import type { RecordView } from '../../../electron/engine/segment/record';
import { SegmentWriter, type SealedSegment } from '../../../electron/engine/segment/segment-writer';
import { breadcrumbs } from '../../../electron/engine/send/breadcrumbs';
import { connectCloudStorage } from '../../../electron/engine/store/cloud-storage';
import { metadataOf, type Coverage } from '../../../electron/engine/store/coverage-metadata';
import { buildObjectName } from '../../../electron/engine/store/object-names';
import type { ObjectStore, StoredObject } from '../../../electron/engine/store/port';
import { startSandboxBucketServer, type SandboxBucketServer } from '../../../electron/sandbox/gcs/server';

export const BUCKET = 'permafrost-test';

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'permafrost-restore-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestBucket {
  readonly server: SandboxBucketServer;
  readonly store: ObjectStore;
}

/** A bucket that ends with the test. */
export async function startBucket(): Promise<TestBucket> {
  const server = await startSandboxBucketServer({ port: 0, dataDir: await makeFolder() });
  onTestFinished(() => server.close());
  const storage = connectCloudStorage({ endpoint: server.endpoint, projectId: 'test' });
  await storage.admin.createBucket({ name: BUCKET, location: 'US', storageClass: 'STANDARD' });
  return { server, store: storage.bucket(BUCKET) };
}

/** The same store, with some of its methods replaced. */
export function overridden(store: ObjectStore, methods: Partial<ObjectStore>): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value = (Reflect.get(methods, name) ?? Reflect.get(target, name)) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

export interface TestKey {
  readonly identity: Identity;
  readonly recipient: Recipient;
}

export function makeKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { identity: parseIdentity(privateKey), recipient: parseRecipient(publicKey) };
}

export interface TestArchive {
  readonly codec?: Codec;
  readonly recipients?: readonly Recipient[];
  readonly values?: readonly (Buffer | null)[];
  /** batches kept as corrupt, each in front of the record with that index */
  readonly corruptBefore?: readonly number[];
  readonly blockBytes?: number;
  readonly topic?: string;
  readonly partition?: number;
  /** FIRST_OFFSET */
  readonly firstOffset?: bigint;
  /** where the metadata should say something else than the truth */
  readonly coverage?: Partial<Coverage>;
}

export const FIRST_OFFSET = 100n;
export const TIMESTAMP = 1_671_494_400_000;

export function breadcrumbValues(count: number): Buffer[] {
  return breadcrumbs({ vehicles: 5, seed: 1 })
    .next(count)
    .map(({ value }) => value!);
}

/** Writes an archive as the archiver does, with offsets 100, 101, ... and one header a record. */
export async function storeArchive(store: ObjectStore, archive: TestArchive = {}): Promise<StoredObject> {
  const { topic = 'archivetest', partition = 0, firstOffset = FIRST_OFFSET } = archive;
  const sealed = await writeSegment(archive);
  const name = buildObjectName({ prefix: 'archive', topic, life: 'c-test', partition, firstOffset });
  const metadata = metadataOf({ ...coverageOf(sealed), ...archive.coverage });
  return store.create(name, sealed.body, { metadata, crc32c: sealed.crc32c });
}

/** A snapshot of settings and group offsets, as the archiver writes it. */
export function storeSnapshot(
  store: ObjectStore,
  recipients: readonly Recipient[] = [],
  snapshot = SNAPSHOT,
): Promise<StoredObject> {
  return writeSnapshot(store, snapshot, { prefix: 'archive', recipients, storageClass: null }, {});
}

export const SNAPSHOT = buildSnapshot(
  {
    clusterId: 'cluster',
    topics: [
      {
        name: 'archivetest',
        topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
        partitions: 3,
        replicationFactor: 1,
        stale: false,
        settings: { 'cleanup.policy': 'delete', 'retention.ms': '604800000' },
      },
    ],
    groups: ['pipeline', 'Überwachung'].map((groupId) => ({
      groupId,
      stale: false,
      seenAt: null,
      offsets: [{ topic: 'archivetest', partition: 0, offset: '9007199254740993', metadata: 'so weit: "hier"' }],
    })),
  },
  Date.parse('2026-11-23T14:05:06.789Z'),
  null,
);

export async function storeOther(store: ObjectStore, name: string, content: Buffer): Promise<StoredObject> {
  return store.create(name, [content], { metadata: {}, crc32c: checksum(content) });
}

/** The same object, its content changed by someone; metadata stay. */
export async function replaceContent(
  store: ObjectStore,
  object: StoredObject,
  change: (content: Buffer) => Buffer,
): Promise<StoredObject> {
  const content = change(Buffer.from(await store.read(object.name, { start: 0, end: object.size })));
  await store.remove(object.name);
  return store.create(object.name, [content], { metadata: object.metadata, crc32c: checksum(content) });
}

export async function writeSegment(archive: TestArchive): Promise<SealedSegment> {
  const {
    codec = 'zstd',
    recipients = [],
    values = breadcrumbValues(100),
    corruptBefore = [],
    firstOffset = FIRST_OFFSET,
  } = archive;
  const writer = new SegmentWriter(
    {
      clusterId: 'test',
      topic: archive.topic ?? 'archivetest',
      topicId: '',
      partition: archive.partition ?? 0,
      firstOffset,
    },
    {
      codec,
      level: codec === 'none' ? 0 : 1,
      recipients,
      ...(archive.blockBytes === undefined ? {} : { blockBytes: archive.blockBytes }),
    },
  );
  let offset = Number(firstOffset);
  for (const [index, value] of values.entries()) {
    if (corruptBefore.includes(index)) writer.addCorrupt(BigInt(offset), BigInt(offset++), Buffer.from('corrupt'));
    writer.add(recordView(offset++, value));
  }
  return writer.close(BigInt(offset));
}

function recordView(offset: number, value: Buffer | null): RecordView {
  const [key, header, from] = [Buffer.from('3005'), Buffer.from('source'), Buffer.from('test')];
  const bytes = Buffer.concat([key, header, from, value ?? Buffer.alloc(0)]);
  return {
    bytes,
    offset,
    timestamp: TIMESTAMP,
    keyStart: 0,
    keyLength: 4,
    valueStart: 14,
    valueLength: value === null ? -1 : value.length,
    headerCount: 1,
    headerSpans: Int32Array.of(4, 6, 10, 4),
  };
}

function coverageOf(sealed: SealedSegment): Coverage {
  return {
    ...sealed.identity,
    dropped: 0,
    control: 0,
    aborted: 0,
    corrupt: sealed.corrupt,
    reduction: null,
    firstTimestamp: sealed.firstTimestamp,
    lastTimestamp: sealed.lastTimestamp,
    leaderEpoch: 0,
    rawBytes: sealed.rawBytes,
    encodedBytes: sealed.encodedBytes,
    compressedBytes: sealed.compressedBytes,
    codec: sealed.codec,
    recipients: sealed.recipients,
  };
}

function checksum(content: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32c(content));
  return bytes.toString('base64');
}
