/**
 * One topic's restore as it was planned: the topic made or its settings set aside, every partition written, groups brought
 * along, settings put back.
 */
import { asPermafrostError, PermafrostError } from '../../../../shared/errors';
import type { SettingChange } from '../../kafka/incremental-alter-configs';
import type { TargetCluster, TopicSetting } from '../../kafka/target-cluster';
import type { GroupOffset } from '../../kafka/transactional-writer';
import { systemClock } from '../../send/token-bucket';
import type { ObjectStore } from '../../store/port';
import { wantedOffsets } from './group-targets';
import type { RestoreOptions } from './options';
import { planRestore, type RestorePlan } from './plan';
import { RateLimit } from './rate-limit';
import {
  openPartition,
  restorePartition,
  type LeftOut,
  type Leftover,
  type OpenedPartition,
  type PartitionJob,
  type PartitionOutcome,
} from './restore-partition';
import {
  NEUTRAL,
  settingsAtWork,
  settingsToSetAside,
  valuesOf,
  type SettingAtWork,
  type SettingsAside,
} from './topic-settings';

/** partitions at once: each holds an archive in memory */
const PARALLEL = 2;
/** below what the topic takes: a batch of more saves nothing */
const BATCH_BYTES = 500_000;

export interface RestoreResult {
  readonly job: string;
  readonly topic: string;
  /** in this run */
  readonly records: number;
  /** over all runs of the job */
  readonly allRecords: number;
  readonly leftovers: readonly Leftover[];
  readonly leftOut: readonly LeftOut[];
  readonly groups: readonly (GroupOffset & { readonly partition: number })[];
  readonly settings: SettingsResult;
  /** what one should know, a sentence each */
  readonly notes: readonly string[];
}

export interface SettingsResult {
  /** put back */
  readonly applied: SettingsAside;
  /** still neutral; to be put back with the same job */
  readonly waiting: SettingsAside;
  /** what those that wait would do to the restored records */
  readonly atWork: readonly SettingAtWork[];
}

export interface RestoreEvents {
  /** in this run, as often as it changes */
  readonly progress?: (progress: { readonly records: number; readonly bytes: number }) => void;
  /** as soon as it is known */
  readonly leftover?: (leftover: Leftover) => void;
}

/**
 * @throws PermafrostError INPUT_INVALID when the plan is refused, nothing is changed then; as planRestore and
 * restorePartition. CANCELLED and every other error leave the job where it stood.
 */
export async function restoreTopic(
  store: ObjectStore,
  cluster: TargetCluster,
  options: RestoreOptions,
  signal: AbortSignal,
  events: RestoreEvents = {},
): Promise<RestoreResult> {
  const plan = await planRestore(store, cluster, options, Date.now(), signal);
  assertPossible(plan);
  return new TopicRestore(store, cluster, options, plan, signal, events).run();
}

export function assertPossible({ refusals, target: { topic } }: RestorePlan): void {
  if (refusals.length === 0) return;
  throw new PermafrostError('INPUT_INVALID', `Nothing was restored to ${topic}. ${refusals.join(' ')}`, {
    context: { topic, refusals },
  });
}

class TopicRestore {
  readonly #store: ObjectStore;
  readonly #cluster: TargetCluster;
  readonly #options: RestoreOptions;
  readonly #plan: RestorePlan;
  readonly #events: RestoreEvents;
  /** ends all partitions when one fails */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #notes: string[];
  #records = 0;
  #bytes = 0;

  constructor(
    store: ObjectStore,
    cluster: TargetCluster,
    options: RestoreOptions,
    plan: RestorePlan,
    signal: AbortSignal,
    events: RestoreEvents,
  ) {
    this.#store = store;
    this.#cluster = cluster;
    this.#options = options;
    this.#plan = plan;
    this.#events = events;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#notes = [...plan.notes];
  }

  async run(): Promise<RestoreResult> {
    const { topic } = this.#plan.target;
    const aside = this.#plan.target.exists ? this.#existingAside() : await this.#makeTopic();
    const settings = await this.#cluster.settings(topic);
    const parts = this.#parts(settings);
    // the settings are on record before they are changed
    const opened = await inParallel(parts, async (part) => ({ part, opened: await openPartition(part, aside) }));
    const remembered = opened[0]?.opened.progress.aside ?? aside;
    if (Object.keys(remembered).length > 0 && !opened.every((each) => each.opened.progress.isDone)) {
      await this.#setAside();
    }
    const outcomes = await this.#writeAll(opened);
    return this.#result(outcomes, await this.#putBack(remembered));
  }

  #existingAside(): SettingsAside {
    const { settings } = this.#plan.target;
    const isKept = settings === null || this.#options.existingSettings !== 'set aside';
    return isKept ? {} : settingsToSetAside(settings);
  }

  /** @returns what its settings will be in the end: those of the snapshot, else the broker's defaults */
  async #makeTopic(): Promise<SettingsAside> {
    const { topic, partitions, replicationFactor, like } = this.#plan.target;
    await this.#cluster.createTopic({ topic, partitions, replicationFactor, settings: {} });
    const known = await this.#cluster.settings(topic);
    const wanted = Object.entries(like?.settings ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [{ name, value }],
    );
    for (const change of wanted) {
      if (!(change.name in NEUTRAL) || !known.has(change.name)) await this.#trySetting(topic, known, change);
    }
    const final = new Map(known);
    for (const { name, value } of wanted) if (known.has(name)) final.set(name, { value, isOwn: true });
    return settingsToSetAside(final);
  }

  /** A cluster of another version may not know a setting, or take its value: that is told, and costs no record. */
  async #trySetting(topic: string, known: ReadonlyMap<string, TopicSetting>, change: SettingChange): Promise<void> {
    const { name, value } = change;
    if (!known.has(name)) {
      this.#notes.push(`${name}=${value} was left out: this cluster knows no such setting of a topic.`);
      return;
    }
    try {
      await this.#cluster.alterSettings(topic, [change]);
    } catch (thrown) {
      const error = asPermafrostError(thrown);
      if (error.code !== 'KAFKA_REFUSED' && error.code !== 'KAFKA_DENIED') throw error;
      this.#notes.push(`${name}=${value} was left out: ${error.message}`);
    }
  }

  async #setAside(): Promise<void> {
    const settings = await this.#cluster.settings(this.#plan.target.topic);
    const changes = Object.keys(settingsToSetAside(settings)).map((name) => ({ name, value: NEUTRAL[name] ?? null }));
    await this.#cluster.alterSettings(this.#plan.target.topic, changes);
  }

  #parts(settings: ReadonlyMap<string, TopicSetting>): readonly PartitionJob[] {
    const { job, digest, source, target, groupOffsets } = this.#plan;
    const { selection, identities, compression, recordsPerSecond } = this.#options;
    const groups = wantedOffsets(groupOffsets);
    const maxMessageBytes = Number(settings.get('max.message.bytes')?.value ?? BATCH_BYTES);
    const limit = recordsPerSecond === null ? null : new RateLimit(recordsPerSecond, systemClock);
    const archives = new Map(source.partitions.map((each) => [each.partition, each.archives]));
    const partitions = [...new Set([...archives.keys(), ...groups.keys()])].sort((a, b) => a - b);
    return partitions.map((partition) => ({
      job,
      digest,
      store: this.#store,
      cluster: this.#cluster,
      topic: target.topic,
      partition,
      archives: archives.get(partition) ?? [],
      selection,
      groups: groups.get(partition) ?? [],
      identities,
      compression,
      maxBatchBytes: Math.min(BATCH_BYTES, maxMessageBytes),
      limit,
      signal: this.#signal,
      onRecords: (records, bytes) => {
        this.#records += records;
        this.#bytes += bytes;
        this.#events.progress?.({ records: this.#records, bytes: this.#bytes });
      },
      onLeftover: (leftover) => this.#events.leftover?.(leftover),
    }));
  }

  async #writeAll(
    opened: readonly { readonly part: PartitionJob; readonly opened: OpenedPartition }[],
  ): Promise<readonly PartitionOutcome[]> {
    return inParallel(opened, async ({ part, opened: first }) => {
      try {
        return await restorePartition(part, first);
      } catch (thrown) {
        this.#stop.abort();
        throw thrown;
      }
    });
  }

  async #putBack(aside: SettingsAside): Promise<SettingsResult> {
    const { target, source } = this.#plan;
    const { applySettings } = this.#options;
    const now = await this.#cluster.settings(target.topic);
    const waiting = Object.entries(aside).filter(([name, { value, isOwn }]) => {
      const current = now.get(name);
      return current !== undefined && (isOwn ? current.value !== value || !current.isOwn : current.isOwn);
    });
    if (waiting.length === 0) return { applied: {}, waiting: {}, atWork: [] };
    const after = new Map([...valuesOf(now), ...waiting.map(([name, { value }]) => [name, value] as const)]);
    const archives = source.partitions.map((each) => each.archives);
    const atWork = settingsAtWork(after, archives, Date.now()).filter(({ name }) => name in aside && isDeleting(name));
    const isApplied = applySettings === 'all' || (applySettings === 'harmless' && atWork.length === 0);
    if (!isApplied) return { applied: {}, waiting: Object.fromEntries(waiting), atWork };
    await this.#cluster.alterSettings(
      target.topic,
      waiting.map(([name, { value, isOwn }]) => ({ name, value: isOwn ? value : null })),
    );
    return { applied: Object.fromEntries(waiting), waiting: {}, atWork };
  }

  #result(outcomes: readonly PartitionOutcome[], settings: SettingsResult): RestoreResult {
    return {
      job: this.#plan.job,
      topic: this.#plan.target.topic,
      records: outcomes.reduce((sum, { records }) => sum + records, 0),
      allRecords: outcomes.reduce((sum, { progress }) => sum + progress.records, 0),
      leftovers: outcomes.flatMap(({ leftovers }) => leftovers),
      leftOut: outcomes.flatMap(({ leftOut }) => leftOut),
      groups: outcomes.flatMap(({ groups }) => groups),
      settings,
      notes: this.#notes,
    };
  }
}

/** Timestamps that are written stay as they are: only these settings reach back. */
function isDeleting(name: string): boolean {
  return name === 'cleanup.policy' || name.startsWith('retention.');
}

/** A few at once, in order; the first error is thrown when all that began have ended. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length && failures.length === 0; index = next++) {
      try {
        results.set(index, await work(items[index] as Item));
      } catch (thrown) {
        failures.push(thrown);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker));
  if (failures.length > 0) throw failures[0] as Error;
  return items.map((_item, index) => results.get(index) as Result);
}
