/** Archives again what is missing in chains and still in Kafka. What is in the bucket stays as it is. */
import { asPermafrostError, type PermafrostError } from '../../../../shared/errors';
import { connectCluster } from '../../kafka/client';
import type { Kafka } from '../../kafka/kafkajs-types';
import type { ObjectStore, StoredObject } from '../../store/port';
import type { ClosedSegment } from '../../archive/open-segment';
import { coverChains, type CoverageOptions } from '../verify/verify';
import { planRepair, type MissingStretch } from './plan';
import { reArchive, type RepairedArchives } from './re-archive';

export interface RepairOptions extends CoverageOptions {
  readonly kafka: Kafka;
  /** how the archives to be are written; its prefix is that of the others */
  readonly archives: RepairedArchives;
  /** archives everything, whatever the others of the chain leave out */
  readonly keepAll: boolean;
  /** tells what would be done, and does nothing */
  readonly isDryRun: boolean;
  readonly onPlan: (stretches: readonly MissingStretch[]) => void;
  /** in offsets of all stretches that can be archived again */
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
  readonly onStored: (object: StoredObject, closed: ClosedSegment) => void;
  /** an upload is tried again */
  readonly onRetry: (error: PermafrostError) => void;
}

export interface RepairResult {
  readonly stretches: readonly RepairedStretch[];
  readonly archives: number;
  readonly records: number;
}

export interface RepairedStretch extends MissingStretch {
  /** archived again, as far as Kafka had it */
  readonly isRepaired: boolean;
}

/** What touches one stretch alone. */
const OF_ONE_STRETCH: ReadonlySet<string> = new Set(['LOG_TRUNCATED', 'CHAIN_BROKEN']);

/**
 * @throws PermafrostError STORE_NOT_FOUND when there is nothing to repair; STORE_*; KAFKA_*; CANCELLED. What was stored before
 * stays, and holds; the next run goes on behind it.
 */
export async function repair(store: ObjectStore, options: RepairOptions): Promise<RepairResult> {
  const { kafka, archives, keepAll, signal } = options;
  const cluster = await connectCluster(kafka);
  try {
    const chains = await coverChains(store, options);
    const planned = await planRepair(cluster, chains, { reduction: archives.reduction, keepAll });
    options.onPlan(planned);
    const possible = planned.filter(({ refusal }) => refusal === null);
    if (options.isDryRun) return { stretches: planned.map(notRepaired), archives: 0, records: 0 };
    const total = possible.reduce((sum, stretch) => sum + offsetsOf(stretch), 0);
    let done = 0;
    let [stored, records] = [0, 0];
    const stretches: RepairedStretch[] = planned.filter(({ refusal }) => refusal !== null).map(notRepaired);
    for (const stretch of possible) {
      const before = done;
      const parts = {
        ...{ cluster, store, options: archives, signal },
        retry: { signal, onRetry: options.onRetry },
        onPosition: (position: bigint) => {
          done = before + Number(position - stretch.firstOffset);
          options.onProgress({ done, total });
        },
        onStored: (object: StoredObject, closed: ClosedSegment) => {
          stored += 1;
          records += closed.coverage.records;
          options.onStored(object, closed);
        },
      };
      stretches.push(await attempt(stretch, () => reArchive(stretch, parts)));
      done = before + offsetsOf(stretch);
      options.onProgress({ done, total });
    }
    return { stretches, archives: stored, records };
  } finally {
    await cluster.disconnect();
  }
}

async function attempt(stretch: MissingStretch, work: () => Promise<void>): Promise<RepairedStretch> {
  try {
    await work();
    return { ...stretch, isRepaired: true };
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (!OF_ONE_STRETCH.has(error.code)) throw error;
    return { ...stretch, refusal: error.message, isRepaired: false };
  }
}

function notRepaired(stretch: MissingStretch): RepairedStretch {
  return { ...stretch, isRepaired: false };
}

function offsetsOf({ firstOffset, nextOffset }: MissingStretch): number {
  return Number(nextOffset - firstOffset);
}
