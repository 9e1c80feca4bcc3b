/** The disaster drill: every topic of a snapshot, its settings, records and groups, on a cluster that lost them. */
import { asPermafrostError, PermafrostError } from '../../../../shared/errors';
import type { Snapshot } from '../../archive/snapshot';
import type { TargetCluster } from '../../kafka/target-cluster';
import type { ObjectStore } from '../../store/port';
import type { RestoreOptions } from './options';
import { planRestore, type RestorePlan } from './plan';
import { restoreTopic, type RestoreEvents, type RestoreResult } from './restore-topic';
import { everythingOf } from './selection';

export interface RestoreAllOptions extends Omit<RestoreOptions, 'selection' | 'toTopic' | 'snapshot'> {
  readonly prefix: string;
  readonly snapshot: Snapshot;
}

/** In the snapshot's order. */
export async function planAll(
  store: ObjectStore,
  cluster: TargetCluster,
  options: RestoreAllOptions,
  now: number,
  signal?: AbortSignal,
): Promise<readonly RestorePlan[]> {
  const plans: RestorePlan[] = [];
  for (const each of optionsOfTopics(options)) plans.push(await planRestore(store, cluster, each, now, signal));
  return plans;
}

/**
 * Topic by topic. Nothing is written unless all of them can be.
 * @throws PermafrostError as restoreTopic; context.restored names the topics that were done before
 */
export async function restoreAll(
  store: ObjectStore,
  cluster: TargetCluster,
  options: RestoreAllOptions,
  signal: AbortSignal,
  events: RestoreEvents & { readonly topic?: (topic: string) => void } = {},
): Promise<readonly RestoreResult[]> {
  assertAllPossible(await planAll(store, cluster, options, Date.now(), signal));
  const results: RestoreResult[] = [];
  let before = { records: 0, bytes: 0 };
  for (const each of optionsOfTopics(options)) {
    events.topic?.(each.toTopic);
    let last = before;
    const progress: RestoreEvents['progress'] = ({ records, bytes }) => {
      last = { records: before.records + records, bytes: before.bytes + bytes };
      events.progress?.(last);
    };
    try {
      results.push(await restoreTopic(store, cluster, each, signal, { ...events, progress }));
    } catch (thrown) {
      throw withDone(thrown, results);
    }
    before = last;
  }
  return results;
}

/** Offsets of topics that are not in the snapshot, which no archive holds. */
export function offsetsElsewhere({
  topics,
  groups,
}: Snapshot): readonly { readonly groupId: string; readonly topic: string }[] {
  const archived = new Set(topics.map(({ name }) => name));
  return groups.flatMap(({ groupId, offsets }) =>
    [...new Set(offsets.map(({ topic }) => topic))]
      .filter((topic) => !archived.has(topic))
      .map((topic) => ({ groupId, topic })),
  );
}

function optionsOfTopics({ prefix, snapshot, ...options }: RestoreAllOptions): readonly RestoreOptions[] {
  return snapshot.topics.map(({ name, topicId }) => ({
    ...options,
    snapshot,
    toTopic: name,
    selection: {
      ...everythingOf(prefix, name),
      life: topicId === '' ? `c-${snapshot.clusterId}` : topicId,
      mayBeEmpty: true,
    },
  }));
}

export function assertAllPossible(plans: readonly RestorePlan[]): void {
  const refusals = plans.flatMap((plan) => plan.refusals);
  if (refusals.length === 0) return;
  throw new PermafrostError('INPUT_INVALID', `Nothing was restored. ${refusals.join(' ')}`, { context: { refusals } });
}

function withDone(thrown: unknown, results: readonly RestoreResult[]): PermafrostError {
  const error = asPermafrostError(thrown);
  const restored = results.map(({ topic }) => topic);
  return new PermafrostError(error.code, error.message, { context: { ...error.context, restored }, cause: error });
}
