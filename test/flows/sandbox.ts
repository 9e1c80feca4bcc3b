/** The sandbox's two servers with a topic and a bucket, for flows from end to end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Archiver, type ArchiverEvents } from '../../electron/engine/archive/archiver';
import type { ArchiveOptions } from '../../electron/engine/archive/options';
import { framePool } from '../../electron/engine/kafka/frame-pool';
import { KafkaAdmin } from '../../electron/engine/kafka/admin';
import { connectKafka } from '../../electron/engine/kafka/client';
import type { Kafka } from '../../electron/engine/kafka/kafkajs-types';
import { KafkaProducer } from '../../electron/engine/kafka/producer';
import { openBytes, openSegment } from '../../electron/engine/segment/segment-reader';
import type { ArchivedRecord } from '../../electron/engine/segment/record';
import type { Identity } from '../../electron/engine/keys/identity';
import { parseCoverage, type Coverage } from '../../electron/engine/store/coverage-metadata';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import type { ObjectStore } from '../../electron/engine/store/port';
import { NO_REDUCTION } from '../../shared/model/reduction';
import { startSandboxBucketServer, type SandboxBucketServer } from '../../electron/sandbox/gcs/server';
import { startSandboxBroker, type SandboxBroker } from '../../electron/sandbox/kafka/broker';

export const TOPIC = 'archivetest';
export const BUCKET = 'permafrost-test';

export interface Sandbox {
  readonly broker: SandboxBroker;
  readonly bucketServer: SandboxBucketServer;
  readonly kafka: Kafka;
  readonly admin: KafkaAdmin;
  readonly producer: KafkaProducer;
  readonly store: ObjectStore;
  /** Ends the broker, and starts it again on its data and port. */
  restartBroker(whileItIsDown: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function startSandbox(partitions = 3): Promise<Sandbox> {
  framePool.scrubs = true; // whoever reads a fetch after letting go of it reads nonsense
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-flow-'));
  const brokerData = path.join(dataDir, 'kafka');
  let broker = await startSandboxBroker({ dataDir: brokerData, port: 0 });
  const bucketServer = await startSandboxBucketServer({ dataDir: path.join(dataDir, 'bucket'), port: 0 });
  const kafka = connectKafka({ brokers: [`${broker.host}:${broker.port}`], clientId: 'test' });
  const admin = await KafkaAdmin.connect(kafka);
  await admin.ensureTopic(TOPIC, partitions);
  const producer = await KafkaProducer.connect(kafka);
  const storage = connectCloudStorage({ endpoint: bucketServer.endpoint, projectId: 'test' });
  await storage.admin.createBucket({ name: BUCKET, location: 'EU', storageClass: 'NEARLINE' });
  return {
    broker,
    bucketServer,
    kafka,
    admin,
    producer,
    // the archiver's account may create and read, not overwrite or delete
    store: connectCloudStorage({
      endpoint: bucketServer.endpoint,
      projectId: 'test',
      accessToken: 'sandbox-archiver',
    }).bucket(BUCKET),
    restartBroker: async (whileItIsDown) => {
      const { port } = broker;
      await broker.close();
      await whileItIsDown();
      broker = await startSandboxBroker({ dataDir: brokerData, port });
    },
    close: async () => {
      await Promise.all([admin.close(), producer.close()]);
      await Promise.all([broker.close(), bucketServer.close()]);
      await rm(dataDir, { recursive: true });
    },
  };
}

export const OPTIONS: ArchiveOptions = {
  groupId: 'archiver',
  topics: { names: [TOPIC], patterns: [] },
  start: 'earliest',
  topicCheckMs: 10_000,
  prefix: 'archive',
  codec: 'zstd',
  level: 3,
  recipients: [],
  reduction: NO_REDUCTION,
  storageClass: null,
  limits: { maxBytes: 16_000_000, maxRecords: 1_000_000, maxAgeMs: 60_000 },
  maxHeldBytes: 96 * 1024 * 1024,
  sessionTimeoutMs: 30_000,
};

export interface Watched {
  readonly archiver: Archiver;
  /** code of each problem, in order */
  readonly problems: string[];
  readonly degraded: (string | null)[];
  readonly failures: string[];
  readonly uploads: { readonly name: string; readonly adopted: boolean }[];
}

export async function startArchiver(
  sandbox: Pick<Sandbox, 'kafka' | 'store'>,
  options: Partial<ArchiveOptions> = {},
): Promise<Watched> {
  const problems: string[] = [];
  const degraded: (string | null)[] = [];
  const failures: string[] = [];
  const uploads: { readonly name: string; readonly adopted: boolean }[] = [];
  const events: ArchiverEvents = {
    problem: ({ code }) => void problems.push(code),
    degraded: (reason) => void degraded.push(reason?.code ?? null),
    failed: ({ code }) => void failures.push(code),
    uploaded: (_closed, { object, adopted }) => void uploads.push({ name: object.name, adopted }),
  };
  const archiver = await Archiver.start({
    kafka: sandbox.kafka,
    store: sandbox.store,
    options: { ...OPTIONS, ...options },
    clock: { now: () => Date.now() },
    events,
  });
  return { archiver, problems, degraded, failures, uploads };
}

/** Sends records with a running number as value. */
export async function send(sandbox: Sandbox, from: number, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from(`bus ${(from + index) % 17}`),
    value: Buffer.from(`{"number":${from + index}}`),
    headers: [['source', Buffer.from('test')] as const],
    timestamp: 1_671_494_400_000 + from + index,
  }));
  for (let at = 0; at < count; at += 500) await sandbox.producer.send(TOPIC, records.slice(at, at + 500));
}

/** How many records the archiver has read. */
export function readBy({ archiver }: Watched): number {
  return archiver.status().partitions.reduce((sum, { tally }) => sum + tally.state.messages, 0);
}

export interface Chain {
  readonly life: string;
  readonly partition: number;
  readonly segments: readonly Coverage[];
  readonly records: readonly ArchivedRecord[];
}

/** All chains in the bucket, every segment opened and checked to begin where the one before ends. */
export async function readChains(store: ObjectStore, identities: readonly Identity[] = []): Promise<readonly Chain[]> {
  const chains = new Map<
    string,
    { life: string; partition: number; segments: Coverage[]; records: ArchivedRecord[] }
  >();
  const { objects } = await store.list({ prefix: 'archive/' });
  for (const object of objects) {
    const coverage = parseCoverage(object);
    const place = object.name.slice(0, object.name.lastIndexOf('/'));
    const [, , life = ''] = object.name.split('/');
    const chain = chains.get(place) ?? { life, partition: coverage.partition, segments: [], records: [] };
    chains.set(place, chain);
    const expected = chain.segments.at(-1)?.nextOffset ?? 0n;
    if (coverage.firstOffset !== expected)
      throw new Error(`${object.name} begins at ${coverage.firstOffset}, not ${expected}`);
    chain.segments.push(coverage);
    const body = await store.read(object.name, { start: 0, end: object.size });
    const segment = await openSegment(openBytes(body), { identities });
    for await (const lines of segment.lines()) {
      for (const line of lines) if (line.kind === 'record') chain.records.push(line);
    }
  }
  return [...chains.values()];
}

/** The running numbers that lie in the bucket, sorted. */
export async function archivedNumbers(store: ObjectStore, identities: readonly Identity[] = []): Promise<number[]> {
  const chains = await readChains(store, identities);
  return chains
    .flatMap(({ records }) =>
      records.map(({ value }) => (JSON.parse(value?.toString() ?? '') as { number: number }).number),
    )
    .sort((a, b) => a - b);
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
