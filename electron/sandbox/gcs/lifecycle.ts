/** The lifecycle of a bucket's objects, carried out on request. Cloud Storage does it by itself, about once a day. */
import type { Bucket } from './buckets';
import { HttpError } from './http-error';
import { demandOn, type Demand } from './lifecycle-rules';
import type { ObjectRecord } from './object-record';

export interface LifecycleOutcome {
  /** generations that went, or became noncurrent */
  readonly deleted: number;
  /** generations that have another storage class now */
  readonly moved: number;
}

/** each is a file that is written and synced */
const AT_ONCE = 32;

/**
 * Does what the rules demand at a given time, which is also when it counts as done: a day later may be tried at once.
 * What the retention policy keeps at that time stays.
 */
export async function applyLifecycle(bucket: Bucket, atMs: number): Promise<LifecycleOutcome> {
  const due = [...demands(bucket, atMs)];
  let deleted = 0;
  let moved = 0;
  for (let from = 0; from < due.length; from += AT_ONCE) {
    const done = await Promise.all(due.slice(from, from + AT_ONCE).map((each) => carryOut(bucket, each, atMs)));
    deleted += done.filter((kind) => kind === 'delete').length;
    moved += done.filter((kind) => kind === 'move').length;
  }
  return { deleted, moved };
}

interface Due {
  readonly object: ObjectRecord;
  readonly demand: Demand;
}

function* demands(bucket: Bucket, atMs: number): Generator<Due> {
  const { rule } = bucket.record.lifecycle;
  const { index } = bucket.objects;
  if (rule.length === 0) return;
  for (const object of index.generationsFrom('')) {
    const generations = index.generationsOf(object.name);
    const newerVersions = generations.length - 1 - generations.indexOf(object);
    const demand = demandOn(object, newerVersions, rule, atMs);
    if (demand !== null) yield { object, demand };
  }
}

/** @returns what was done; null if the object changed meanwhile or is retained */
async function carryOut(bucket: Bucket, { object, demand }: Due, atMs: number): Promise<Demand['kind'] | null> {
  if (demand.kind === 'move') {
    return (await bucket.objects.setStorageClass(object, demand.to, atMs)) ? 'move' : null;
  }
  const { name, generation, metageneration, timeDeleted } = object;
  const which = timeDeleted === undefined ? { ifGenerationMatch: generation } : { generation };
  try {
    await bucket.objects.remove(name, { bucket, ...which, ifMetagenerationMatch: metageneration, atMs });
    return 'delete';
  } catch (thrown) {
    if (thrown instanceof HttpError) return null;
    throw thrown;
  }
}
