/** The dry run: what a restore would write, to where, and what stands against it. Nothing is written for it. */
import type { GroupSnapshot, TopicSnapshot } from '../../archive/snapshot';
import type { TargetCluster, TopicSetting } from '../../kafka/target-cluster';
import type { GapReason } from '../../segment/identity';
import type { ObjectStore } from '../../store/port';
import { groupsOfTopic } from './group-targets';
import { groupOfJob, parseProgress, type PartitionProgress } from './job-progress';
import type { RestoreOptions } from './options';
import { selectionDigest, takesAllOf } from './selection';
import { findSource, type RestoreSource, type SourcePartition } from './source';
import { effectText, settingsAtWork, settingsToSetAside, valuesOf, type SettingAtWork } from './topic-settings';

export interface PlannedPartition {
  readonly partition: number;
  readonly archives: number;
  /** in the bucket: what is downloaded */
  readonly storedBytes: number;
  /** at most, where `isExact` is false: only the records themselves tell which are selected */
  readonly records: number;
  readonly rawBytes: number;
  readonly isExact: boolean;
  /** in the archives; null when nothing is selected */
  readonly firstOffset: bigint | null;
  /** exclusive */
  readonly nextOffset: bigint | null;
  readonly firstTimestamp: bigint | null;
  readonly lastTimestamp: bigint | null;
  readonly gaps: readonly { readonly reason: GapReason; readonly firstOffset: bigint; readonly nextOffset: bigint }[];
  /** offsets of batches that were archived as corrupt: they are left out */
  readonly corrupt: number;
  /** records that lie in the target's partition, at most: its offsets */
  readonly existing: bigint;
  /** of this job, in earlier runs */
  readonly restored: PartitionProgress | null;
}

export interface PlannedTarget {
  readonly clusterId: string;
  readonly topic: string;
  /** false: it will be made */
  readonly exists: boolean;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** what the snapshot tells of the topic; null without one */
  readonly like: TopicSnapshot | null;
  /** what holds now; null for a topic that will be made */
  readonly settings: ReadonlyMap<string, TopicSetting> | null;
}

export interface PlannedGroup {
  readonly groupId: string;
  readonly partitions: number;
  readonly members: number;
  /** Kafka did not answer for it when the snapshot was taken: these offsets are older */
  readonly isStale: boolean;
}

export interface RestorePlan {
  readonly job: string;
  /** of selection and target: what the job's name stands for */
  readonly digest: string;
  readonly source: RestoreSource;
  readonly target: PlannedTarget;
  readonly partitions: readonly PlannedPartition[];
  /** settings of an existing target that would delete, alter or refuse records */
  readonly settings: readonly SettingAtWork[];
  readonly groups: readonly PlannedGroup[];
  readonly groupOffsets: readonly GroupSnapshot[];
  /** why it is refused, a sentence each; empty: it can be done */
  readonly refusals: readonly string[];
  /** what one should know, a sentence each */
  readonly notes: readonly string[];
}

/**
 * @param now ms since 1970
 * @throws PermafrostError as findSource; INPUT_INVALID when the job's name was used for something else; KAFKA_*
 */
export async function planRestore(
  store: ObjectStore,
  cluster: TargetCluster,
  options: RestoreOptions,
  now: number,
  signal?: AbortSignal,
): Promise<RestorePlan> {
  const { job, selection, snapshot } = options;
  const source = await findSource(store, selection, signal);
  const target = await planTarget(cluster, source, options);
  const digest = selectionDigest(selection, source.life, `${target.clusterId}/${target.topic}`);
  const progress = await progressOf(cluster, target, job, digest);
  const ends = new Map(
    (target.exists ? await cluster.logRanges(target.topic) : []).map(({ partition, earliest, end }) => [
      partition,
      end - earliest,
    ]),
  );
  const partitions = source.partitions.map((each) =>
    planPartition(each, options, ends.get(each.partition) ?? 0n, progress.get(each.partition) ?? null),
  );
  const groupOffsets = snapshot === null ? [] : groupsOfTopic(snapshot, selection.topic, options.groups);
  const groups = await planGroups(cluster, groupOffsets);
  const archives = source.partitions.map((each) => each.archives);
  const settings = target.settings === null ? [] : settingsAtWork(valuesOf(target.settings), archives, now);
  const plan = { job, digest, source, target, partitions, settings, groups, groupOffsets };
  return {
    ...plan,
    refusals: refusalsOf(plan, options, progress.size > 0, [...ends.values()]),
    notes: notesOf(plan, options),
  };
}

async function planTarget(
  cluster: TargetCluster,
  source: RestoreSource,
  { toTopic, snapshot }: RestoreOptions,
): Promise<PlannedTarget> {
  const { clusterId, brokers } = await cluster.describe();
  const like = snapshot?.topics.find(({ name }) => name === source.topic) ?? null;
  const found = await cluster.topic(toTopic);
  if (found !== null) {
    const { partitions, replicationFactor } = found;
    const settings = await cluster.settings(toTopic);
    return {
      clusterId,
      topic: toTopic,
      exists: true,
      partitions: partitions.length,
      replicationFactor,
      like,
      settings,
    };
  }
  const partitions = Math.max(like?.partitions ?? 1, source.partitionCount);
  const replicationFactor = Math.min(like?.replicationFactor ?? 1, brokers);
  return { clusterId, topic: toTopic, exists: false, partitions, replicationFactor, like, settings: null };
}

async function progressOf(
  cluster: TargetCluster,
  { exists, topic }: PlannedTarget,
  job: string,
  digest: string,
): Promise<ReadonlyMap<number, PartitionProgress>> {
  if (!exists) return new Map();
  const committed = await cluster.committed(groupOfJob(job), topic);
  return new Map(committed.map((each) => [each.partition, parseProgress(job, each, digest)]));
}

function planPartition(
  { partition, archives }: SourcePartition,
  { selection }: RestoreOptions,
  existing: bigint,
  restored: PartitionProgress | null,
): PlannedPartition {
  const coverages = archives.map(({ coverage }) => coverage);
  const sum = (of: (each: (typeof coverages)[number]) => number): number =>
    coverages.reduce((total, each) => total + of(each), 0);
  return {
    partition,
    archives: archives.length,
    storedBytes: archives.reduce((bytes, { object }) => bytes + object.size, 0),
    records: sum(({ records }) => records),
    rawBytes: sum(({ rawBytes }) => rawBytes),
    isExact: coverages.every((coverage) => coverage.records === 0 || takesAllOf(selection, coverage)),
    firstOffset: coverages[0]?.firstOffset ?? null,
    nextOffset: coverages.at(-1)?.nextOffset ?? null,
    firstTimestamp: extreme(
      coverages.map(({ firstTimestamp }) => firstTimestamp),
      (a, b) => a < b,
    ),
    lastTimestamp: extreme(
      coverages.map(({ lastTimestamp }) => lastTimestamp),
      (a, b) => a > b,
    ),
    gaps: coverages.flatMap(({ gap, firstOffset, nextOffset }) =>
      gap === null ? [] : [{ reason: gap, firstOffset, nextOffset }],
    ),
    corrupt: sum(({ corrupt }) => corrupt),
    existing,
    restored,
  };
}

function extreme(values: readonly (bigint | null)[], isBetter: (a: bigint, b: bigint) => boolean): bigint | null {
  return values.reduce((best, each) => (best === null || (each !== null && isBetter(each, best)) ? each : best), null);
}

async function planGroups(cluster: TargetCluster, groups: readonly GroupSnapshot[]): Promise<readonly PlannedGroup[]> {
  const states = new Map(
    (await cluster.groupStates(groups.map(({ groupId }) => groupId))).map(({ groupId, members }) => [groupId, members]),
  );
  return groups.map(({ groupId, offsets, stale }) => ({
    groupId,
    partitions: offsets.length,
    members: states.get(groupId) ?? 0,
    isStale: stale,
  }));
}

type PlanFacts = Omit<RestorePlan, 'refusals' | 'notes'>;

function refusalsOf(
  { target, source, settings, groups, groupOffsets, job }: PlanFacts,
  { append, existingSettings, identities }: RestoreOptions,
  isBegun: boolean,
  existing: readonly bigint[],
): readonly string[] {
  const refusals: string[] = [];
  const highest = Math.max(
    ...source.partitions.map(({ partition }) => partition),
    ...groupOffsets.flatMap(({ offsets }) => offsets.map(({ partition }) => partition)),
  );
  if (highest >= target.partitions) {
    refusals.push(
      `Topic ${target.topic} has ${target.partitions} partitions, the archives have records of partition ${highest}: ${highest + 1} are needed, since records keep their partition. Add partitions to it, or choose another topic.`,
    );
  }
  const records = existing.reduce((total, each) => total + each, 0n);
  if (records > 0n && !isBegun && !append) {
    refusals.push(
      `Topic ${target.topic} holds ${records} records already, and none of them is of job ${job}. Choose another topic, or allow that records are added behind them.`,
    );
  }
  if (existingSettings === 'refuse') {
    for (const setting of settings)
      refusals.push(`${effectText(target.topic, setting)} Let it be set aside while restoring, or accept that.`);
  }
  for (const { groupId, members } of groups) {
    if (members === 0) continue;
    refusals.push(
      `Consumer group ${groupId} has ${members} members: its offsets would be moved under them. Stop them first, or leave the group out.`,
    );
  }
  const own = new Set(identities.map(({ fingerprint }) => fingerprint));
  const locked = source.partitions.flatMap(({ archives }) =>
    archives.filter(
      ({ coverage: { recipients } }) => recipients.length > 0 && !recipients.some((each) => own.has(each)),
    ),
  );
  const wanted = locked[0]?.coverage.recipients ?? [];
  if (locked.length > 0) {
    refusals.push(
      `${locked.length} archives are encrypted for keys that are not here. Give one of these: ${wanted.join(', ')}.`,
    );
  }
  return refusals;
}

function notesOf(
  { source, target, partitions, groups }: PlanFacts,
  { snapshot, existingSettings }: RestoreOptions,
): readonly string[] {
  const notes: string[] = [];
  if (source.otherLives.length > 0) {
    notes.push(
      `Topic ${source.topic} has other lives in the bucket, which are not restored: ${source.otherLives.join(', ')}.`,
    );
  }
  for (const { partition, firstOffset, nextOffset } of source.missing) {
    notes.push(
      `Partition ${partition}: no archive covers offsets ${firstOffset} to ${nextOffset - 1n}; they stay missing.`,
    );
  }
  for (const { partition, gaps, corrupt } of partitions) {
    for (const { reason, firstOffset, nextOffset } of gaps) {
      if (nextOffset > firstOffset) {
        notes.push(
          `Partition ${partition}: offsets ${firstOffset} to ${nextOffset - 1n} were never archived (${reason}).`,
        );
      }
    }
    if (corrupt > 0) notes.push(`Partition ${partition}: ${corrupt} offsets of corrupt batches are left out.`);
  }
  const { like, exists, replicationFactor } = target;
  const isFresh = exists && partitions.every(({ existing, restored }) => existing === 0n && restored === null);
  if (isFresh && like !== null) {
    notes.push(`Topic ${target.topic} is there, without records: its own settings hold, not those of the snapshot.`);
  }
  if (!exists && like === null) {
    const why = snapshot === null ? 'there is no snapshot of its settings' : 'the snapshot does not know it';
    notes.push(
      `Topic ${target.topic} is made with the broker's defaults and as many partitions as there are archives of: ${why}.`,
    );
  }
  if (!exists && like?.settings === null)
    notes.push(`The snapshot does not tell the settings of topic ${source.topic}: the broker's defaults hold.`);
  if (!exists && like !== null && like.replicationFactor > replicationFactor) {
    notes.push(
      `Topic ${target.topic} gets ${replicationFactor} replicas in place of ${like.replicationFactor}: there are no more brokers.`,
    );
  }
  const aside = target.settings === null ? [] : Object.keys(settingsToSetAside(target.settings));
  if (aside.length > 0 && existingSettings === 'set aside')
    notes.push(`Settings of topic ${target.topic} are set aside meanwhile: ${aside.join(', ')}.`);
  for (const { groupId, isStale } of groups) {
    if (isStale)
      notes.push(
        `The offsets of group ${groupId} are older than the snapshot: Kafka did not tell them when it was taken.`,
      );
  }
  return notes;
}
