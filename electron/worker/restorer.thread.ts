/** The restorer's thread: plans restores, and carries them out. */
import { randomBytes } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { asPermafrostError, PermafrostError } from '../../shared/errors';
import type { RestorePlanView } from '../../shared/model/restore';
import { parseIdentity, type Identity } from '../engine/keys/identity';
import { connectKafka } from '../engine/kafka/client';
import { TargetCluster } from '../engine/kafka/target-cluster';
import { chooseSnapshot } from '../engine/restore/to-kafka/choose-snapshot';
import type { RestoreOptions } from '../engine/restore/to-kafka/options';
import { planRestore, type RestorePlan } from '../engine/restore/to-kafka/plan';
import type { Leftover } from '../engine/restore/to-kafka/restore-partition';
import { restoreTopic, type RestoreResult } from '../engine/restore/to-kafka/restore-topic';
import { Throughput } from '../engine/send/throughput';
import { connectStorage, type Storage } from '../engine/store/open-store';
import type { ObjectStore } from '../engine/store/port';
import { serve } from './channel';
import type { Connections } from './connections';
import { RunningJobs, type JobOutcome } from './job-protocol';
import type { RestorePlace, RestorerEvents, RestorerRequests } from './restorer-protocol';

type Params = Parameters<RestorerRequests['plan']>[0];

const jobs = new RunningJobs();
let kafka: Connections['kafka'] | null = null;
let storage: Storage | null = null;
let identities: readonly Identity[] = [];

const handlers: RestorerRequests = {
  configure: async (configuration) => {
    storage = await connectStorage(configuration.connections.storage);
    ({ kafka } = configuration.connections);
    identities = configuration.privateKeys.map(parseIdentity);
    return null;
  },

  plan: (params) =>
    connected(params, async (store, cluster, address) => {
      const options = await optionsOf(store, params);
      return viewOf(await planRestore(store, cluster, options, Date.now()), address);
    }),

  restore: (params) =>
    jobs.run(params.jobId, (signal) =>
      connected(params, async (store, cluster) => restore(params, store, cluster, signal)),
    ),

  cancel: ({ jobId }) => {
    jobs.cancel(jobId);
    return null;
  },
};

async function restore(
  params: Params & { readonly jobId: string },
  store: ObjectStore,
  cluster: TargetCluster,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { jobId } = params;
  const options = await optionsOf(store, params);
  const { partitions } = await planRestore(store, cluster, options, Date.now(), signal);
  const total = partitions.reduce((sum, { records, restored }) => sum + records - (restored?.records ?? 0), 0);
  const throughput = new Throughput(Date.now());
  const leftovers: Leftover[] = [];
  let done = 0;
  try {
    const result = await restoreTopic(store, cluster, options, signal, {
      progress: ({ records }) => {
        done = records;
        channel.emit('progress', { jobId, done, total, ratePerSecond: throughput.measure(Date.now(), done) });
      },
      leftover: (leftover) => leftovers.push(leftover),
    });
    return { state: 'done', done: result.records, result: sentences(result) };
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    const left = [`To go on where it stands, restore again as job ${options.job}.`, ...leftovers.map(leftoverText)];
    if (error.code === 'CANCELLED') return { state: 'cancelled', done, result: ['Cancelled.', ...left].join(' ') };
    throw new PermafrostError(error.code, [error.message, ...left].join(' '), { context: error.context, cause: error });
  }
}

function sentences({ records, topic, leftOut, groups, settings, leftovers, job }: RestoreResult): string {
  const names = new Set(groups.map(({ groupId }) => groupId));
  const waiting = Object.entries(settings.waiting).map(([name, { value }]) => `${name}=${value}`);
  return [
    `${records.toLocaleString('en')} records restored to ${topic}`,
    ...(names.size === 0 ? [] : [`offsets of ${[...names].join(', ')} set`]),
    ...(leftOut.length === 0 ? [] : [`${leftOut.length} corrupt batches left out`]),
    ...(waiting.length === 0 ? [] : [`${waiting.join(', ')} set aside: apply it by restoring again as job ${job}`]),
    ...leftovers.map(leftoverText),
  ].join('; ');
}

function leftoverText({ partition, firstOffset, lastOffset }: Leftover): string {
  return `Offsets ${firstOffset} to ${lastOffset} of partition ${partition} are of a transaction that was aborted: only read_uncommitted readers see them.`;
}

async function connected<Answer>(
  { bucket }: RestorePlace,
  work: (store: ObjectStore, cluster: TargetCluster, address: string) => Promise<Answer>,
): Promise<Answer> {
  if (kafka === null || storage === null) throw new PermafrostError('INTERNAL', 'The restorer is not connected.');
  const store = storage.bucket(bucket);
  const cluster = await TargetCluster.connect(connectKafka(kafka));
  try {
    return await work(store, cluster, kafka.brokers.join(', '));
  } finally {
    await cluster.close();
  }
}

async function optionsOf(store: ObjectStore, params: Params): Promise<RestoreOptions> {
  const chosen = await chooseSnapshot(store, params.prefix, {
    wanted: 'latest',
    topic: params.topic,
    identities,
  }).catch((thrown: unknown) => {
    // its settings are missed, its groups only where they are asked for
    if (params.withGroups || asPermafrostError(thrown).code !== 'KEY_MISSING') throw thrown;
    return null;
  });
  return {
    job: params.job ?? randomBytes(4).toString('hex'),
    toTopic: params.toTopic,
    selection: {
      prefix: params.prefix,
      topic: params.topic,
      life: null,
      partitions: null,
      archives: null,
      fromOffset: params.fromOffset === null ? null : BigInt(params.fromOffset),
      untilOffset: params.untilOffset === null ? null : BigInt(params.untilOffset),
      fromTime: params.fromTime === null ? null : BigInt(params.fromTime),
      untilTime: params.untilTime === null ? null : BigInt(params.untilTime),
      keys: params.keys,
      mayBeEmpty: false,
    },
    snapshot: chosen?.snapshot ?? null,
    groups: params.withGroups ? null : [],
    append: params.append,
    existingSettings: params.setAside ? 'set aside' : 'refuse',
    applySettings: !params.applySettings ? 'no' : params.acceptDeletion ? 'all' : 'harmless',
    recordsPerSecond: params.recordsPerSecond,
    compression: 'zstd',
    identities,
  };
}

function viewOf(
  { job, source, target, partitions, groups, refusals, notes }: RestorePlan,
  address: string,
): RestorePlanView {
  return {
    job,
    topic: source.topic,
    life: source.life,
    target: {
      clusterId: target.clusterId,
      address,
      topic: target.topic,
      exists: target.exists,
      partitions: target.partitions,
      replicationFactor: target.replicationFactor,
    },
    partitions: partitions.map(({ partition, archives, storedBytes, records, isExact, rawBytes, ...rest }) => ({
      partition,
      archives,
      storedBytes,
      records,
      isExact,
      rawBytes,
      firstOffset: rest.firstOffset?.toString() ?? null,
      nextOffset: rest.nextOffset?.toString() ?? null,
      firstTimestamp: rest.firstTimestamp?.toString() ?? null,
      lastTimestamp: rest.lastTimestamp?.toString() ?? null,
      existing: rest.existing.toString(),
      restored: rest.restored?.records ?? 0,
    })),
    records: partitions.reduce((sum, { records }) => sum + records, 0),
    isExact: partitions.every(({ isExact }) => isExact),
    groups: groups.map(({ groupId, partitions: count }) => ({ groupId, partitions: count })),
    refusals,
    notes,
  };
}

if (parentPort === null) throw new Error('The restorer runs in a worker thread');
const channel = serve<RestorerEvents>(parentPort, handlers);
