/** Restores in this process, and what a client that shares nothing with Permafrost finds then. */
import path from 'node:path';
import { expect } from 'vitest';
import type { Snapshot } from '../../electron/engine/archive/snapshot';
import { TargetCluster } from '../../electron/engine/kafka/target-cluster';
import type { RestoreOptions } from '../../electron/engine/restore/to-kafka/options';
import {
  restoreTopic,
  type RestoreEvents,
  type RestoreResult,
} from '../../electron/engine/restore/to-kafka/restore-topic';
import { everythingOf, type RestoreSelection } from '../../electron/engine/restore/to-kafka/selection';
import { run } from '../interop/foreign-clients';
import { startArchiver, type Watched } from './archiving';
import { TOPIC, type Environment } from './environment';

/** other people's client */
const MIXED_RECORDS = path.join(import.meta.dirname, 'mixed-records.py');
/** Debian's own Python: another one that comes first in the PATH does not see Debian's modules. */
const DEBIAN_PYTHON = '/usr/bin/python3';

export async function sendMixedRecords(environment: Environment, partitions: number, count: number): Promise<void> {
  await setSettings(environment, TOPIC, { 'retention.ms': '-1' });
  await python('produce', environment.kafkaAddress, TOPIC, String(partitions), String(count));
}

/**
 * @param otherAddress where the other topic is; absent: there too
 * @returns how many committed records both topics have, all equal, in order @throws with the first difference
 */
export async function equalRecords(
  address: string,
  topic: string,
  other: string,
  otherAddress = address,
): Promise<number> {
  return Number(await python('compare', address, topic, other, otherAddress));
}

/** Commits offsets of a group for partitions 0, 1, and so on. */
export async function commitOffsets(
  address: string,
  group: string,
  topic: string,
  offsets: readonly number[],
): Promise<void> {
  await python('commit', address, group, topic, ...offsets.map(String));
}

/** What a group reads next in each partition: timestamp, key and value, or "end". */
export async function nextRecords(address: string, group: string, topic: string): Promise<readonly string[]> {
  return JSON.parse(await python('position', address, group, topic)) as string[];
}

function python(...args: readonly string[]): Promise<string> {
  return run(DEBIAN_PYTHON, [MIXED_RECORDS, ...args]);
}

/** A topic whose settings are changed; records of 2022 are gone within minutes where Kafka's defaults hold. */
export async function setSettings(
  { kafka }: Pick<Environment, 'kafka'>,
  topic: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const cluster = await TargetCluster.connect(kafka);
  await cluster.alterSettings(
    topic,
    Object.entries(settings).map(([name, value]) => ({ name, value })),
  );
  await cluster.close();
}

/** Archives the topic to its end, and stops. */
export async function archiveAll(
  environment: Environment,
  options: Parameters<typeof startArchiver>[1] = {},
): Promise<Watched> {
  const watched = await startArchiver(environment, options);
  const hasReachedEnds = async (): Promise<boolean> => {
    const ranges = await environment.admin.logRanges(TOPIC);
    const { partitions } = watched.archiver.status();
    return ranges.every(({ partition, end }) =>
      partitions.some((each) => each.topic === TOPIC && each.partition === partition && each.position >= end),
    );
  };
  await expect.poll(hasReachedEnds, { timeout: 120_000, interval: 200 }).toBe(true);
  await watched.archiver.stop();
  return watched;
}

export function restoreOptions(
  options: Partial<Omit<RestoreOptions, 'selection'>> & {
    readonly selection?: Partial<RestoreSelection>;
    readonly snapshot?: Snapshot | null;
  } = {},
): RestoreOptions {
  return {
    job: 'test',
    toTopic: 'restored',
    snapshot: null,
    groups: [],
    append: false,
    existingSettings: 'refuse',
    applySettings: 'no',
    recordsPerSecond: null,
    compression: 'zstd',
    identities: [],
    ...options,
    selection: { ...everythingOf('archive', TOPIC), ...options.selection },
  };
}

export async function restore(
  environment: Pick<Environment, 'kafka' | 'store'>,
  options: RestoreOptions,
  signal: AbortSignal = new AbortController().signal,
  events: RestoreEvents = {},
): Promise<RestoreResult> {
  const cluster = await TargetCluster.connect(environment.kafka);
  try {
    return await restoreTopic(environment.store, cluster, options, signal, events);
  } finally {
    await cluster.close();
  }
}
