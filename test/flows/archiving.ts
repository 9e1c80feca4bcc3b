/** Archivers in this process, what they are sent, and what lies in the bucket then. */
import { Archiver, type ArchiverEvents } from '../../electron/engine/archive/archiver';
import type { ArchiveOptions } from '../../electron/engine/archive/options';
import type { Identity } from '../../electron/engine/keys/identity';
import type { ArchivedRecord } from '../../electron/engine/segment/record';
import { openBytes, openSegment } from '../../electron/engine/segment/segment-reader';
import { parseCoverage, type Coverage } from '../../electron/engine/store/coverage-metadata';
import { isSnapshotName } from '../../electron/engine/store/snapshot-names';
import type { ObjectStore } from '../../electron/engine/store/port';
import { NO_REDUCTION } from '../../shared/model/reduction';
import { TOPIC, type Environment } from './environment';

export const OPTIONS: ArchiveOptions = {
  groupId: 'archiver',
  topics: { names: [TOPIC], patterns: [] },
  start: 'earliest',
  topicCheckMs: 10_000,
  snapshotEveryMs: null,
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
  environment: Pick<Environment, 'kafka' | 'store'>,
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
    kafka: environment.kafka,
    store: environment.store,
    options: { ...OPTIONS, ...options },
    clock: { now: () => Date.now() },
    events,
  });
  return { archiver, problems, degraded, failures, uploads };
}

/** Sends records with a running number as value. */
export async function send(environment: Pick<Environment, 'producer'>, from: number, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from(`bus ${(from + index) % 17}`),
    value: Buffer.from(`{"number":${from + index}}`),
    headers: [['source', Buffer.from('test')] as const],
    timestamp: 1_671_494_400_000 + from + index,
  }));
  for (let at = 0; at < count; at += 500) await environment.producer.send(TOPIC, records.slice(at, at + 500));
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
  const { objects: all } = await store.list({ prefix: 'archive/' });
  const objects = all.filter(({ name }) => !isSnapshotName(name));
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
