/**
 * Keeps the bucket's snapshots up to date beside the archiver: a look at Kafka every few minutes, and a snapshot when
 * something has changed. It never holds up archiving.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import type { TopicDescription } from '../kafka/topic-metadata';
import { parseSnapshotFacts } from '../store/snapshot-metadata';
import { parseSnapshotName } from '../store/snapshot-names';
import type { ObjectStore, StoredObject } from '../store/port';
import type { ArchiveOptions, Clock } from './options';
import {
  buildSnapshot,
  digestOf,
  parseSnapshot,
  type GroupSnapshot,
  type Snapshot,
  type TopicSnapshot,
} from './snapshot';
import { mergeGroups, mergeTopics } from './snapshot-memory';
import { askForSnapshot, type SnapshotQuestions } from './snapshot-questions';
import { findLastSnapshot, writeSnapshot } from './snapshot-upload';

export interface SnapshotterParts {
  readonly admin: SnapshotQuestions;
  readonly store: ObjectStore;
  readonly options: Pick<ArchiveOptions, 'groupId' | 'prefix' | 'recipients' | 'storageClass'>;
  readonly clock: Clock;
  /** the archived topics as they are now, in name order; none while another member owns the first one's partition 0 */
  readonly topics: () => readonly TopicDescription[];
  /** told, and tried again the next time */
  readonly onProblem: (error: PermafrostError) => void;
  /** the bucket refuses: segments will fare no better */
  readonly onDenied: (error: PermafrostError) => void;
}

/** After the start, so that what the archiver needs first comes first; and until it is this member's turn. */
const FIRST_AFTER_MS = 2_000;
const LAST_WITHIN_MS = 5_000;
const UPLOAD_ATTEMPTS = 4;
/** Larger ones are not read again after a restart. */
const MAX_RECALLED_BYTES = 64 * 1024 * 1024;

/** How topics and groups were when they were last asked about. */
interface Memory {
  readonly topics: readonly TopicSnapshot[];
  readonly groups: readonly GroupSnapshot[];
  /** ms since 1970 */
  readonly takenAt: number;
}
const NOTHING: Memory = { topics: [], groups: [], takenAt: 0 };

export class Snapshotter {
  readonly #parts: SnapshotterParts;
  readonly #over = new AbortController();
  #memory = NOTHING;
  /** name of the last one in the bucket that the memory takes account of */
  #last: string | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: SnapshotterParts) {
    this.#parts = parts;
  }

  /** @param everyMs at least so long from one snapshot to the next, whoever writes them */
  start(everyMs: number): void {
    this.#running = this.#run(everyMs);
  }

  /** Takes a last one if something has changed, unless Kafka or the bucket is slow, and ends. */
  async stop(): Promise<void> {
    await this.end();
    await this.#take(AbortSignal.timeout(LAST_WITHIN_MS), 0);
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(everyMs: number): Promise<void> {
    const { signal } = this.#over;
    let wait = FIRST_AFTER_MS;
    while (await goesOnAfter(wait, signal)) wait = await this.#take(signal, everyMs);
  }

  /** @returns ms until the next one */
  async #take(signal: AbortSignal, everyMs: number): Promise<number> {
    const topics = this.#parts.topics();
    const [first] = topics;
    if (first === undefined) return Math.min(FIRST_AFTER_MS, everyMs);
    try {
      const last = await this.#findLast(first.clusterId, signal);
      const early = this.#tooEarlyBy(last, everyMs);
      if (early > 0) return early;
      const snapshot = await this.#look(first.clusterId, topics, last, signal);
      if (last === null || !this.#saysTheSame(last, snapshot)) await this.#write(snapshot, signal);
    } catch (thrown) {
      this.#failed(asPermafrostError(thrown), signal);
    }
    return everyMs;
  }

  /** Another member may have written it, or an earlier run: what can be read of it is remembered. */
  async #findLast(clusterId: string, signal: AbortSignal): Promise<StoredObject | null> {
    const { store, options, clock } = this.#parts;
    const last = await findLastSnapshot(store, options.prefix, clusterId, {
      from: this.#last,
      now: clock.now(),
      signal,
    });
    if (last !== null && last.name !== this.#last) await this.#recall(last, signal);
    this.#last = last?.name ?? null;
    return last;
  }

  async #recall(last: StoredObject, signal: AbortSignal): Promise<void> {
    const { store, onProblem } = this.#parts;
    const isReadable = parseSnapshotName(last.name)?.isEncrypted === false && last.size <= MAX_RECALLED_BYTES;
    if (!isReadable) return; // the archiver holds public keys only
    try {
      const plain = await store.read(last.name, { start: 0, end: last.size, generation: last.generation, signal });
      const { topics, groups, takenAt } = parseSnapshot(last.name, plain, parseSnapshotFacts(last).digest);
      if (Date.parse(takenAt) > this.#memory.takenAt) this.#memory = { topics, groups, takenAt: Date.parse(takenAt) };
    } catch (thrown) {
      const error = asPermafrostError(thrown);
      if (error.code === 'STORE_NOT_FOUND') return; // removed since it was listed
      if (error.code.startsWith('STORE_') || error.code === 'CANCELLED') throw error;
      onProblem(error);
    }
  }

  #tooEarlyBy(last: StoredObject | null, everyMs: number): number {
    const at = last === null ? null : (parseSnapshotName(last.name)?.takenAt ?? null);
    if (at === null) return 0;
    const age = this.#parts.clock.now() - at;
    return age < 0 ? 0 : everyMs - age; // a name from the future is of a clock that was wrong
  }

  async #look(
    clusterId: string,
    described: readonly TopicDescription[],
    last: StoredObject | null,
    signal: AbortSignal,
  ): Promise<Snapshot> {
    const { admin, options, clock, onProblem } = this.#parts;
    const names = described.map(({ name }) => name);
    const answers = await askForSnapshot(admin, names, options.groupId, signal);
    for (const problem of answers.problems) onProblem(problem);
    const now = clock.now();
    const topics = mergeTopics(described.map(placeOf), answers.settings, this.#memory.topics);
    const groups = mergeGroups(answers.groups, this.#memory, now);
    this.#memory = { topics, groups, takenAt: now };
    return buildSnapshot({ clusterId, topics, groups }, now, last?.name ?? null);
  }

  /** Also for the same keys: who adds a key wants it to open the latest. */
  #saysTheSame(last: StoredObject, snapshot: Snapshot): boolean {
    const { digest, recipients = '' } = last.metadata;
    const own = this.#parts.options.recipients.map(({ fingerprint }) => fingerprint);
    return digest === digestOf(snapshot) && inOrder(recipients.split(' ')) === inOrder(own);
  }

  async #write(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
    const { store, options } = this.#parts;
    const { name } = await writeSnapshot(store, snapshot, options, { signal, maxAttempts: UPLOAD_ATTEMPTS });
    this.#last = name;
  }

  #failed(error: PermafrostError, signal: AbortSignal): void {
    const { onProblem, onDenied } = this.#parts;
    if (error.code === 'CANCELLED' && signal === this.#over.signal) return; // `stop` takes the last one
    if (error.code === 'STORE_DENIED' || error.code === 'STORE_NOT_FOUND') onDenied(error);
    else onProblem(error.code === 'CANCELLED' ? tooSlow(error) : error);
  }
}

/** @returns whether it goes on */
async function goesOnAfter(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal, ref: false }).catch((): void => undefined); // it is over
  return !signal.aborted;
}

function inOrder(fingerprints: readonly string[]): string {
  return fingerprints.toSorted().join(' ');
}

function placeOf({ name, topicId, partitions, replicationFactor }: TopicDescription) {
  return { name, topicId: topicId ?? '', partitions: partitions.length, replicationFactor };
}

function tooSlow(cause: PermafrostError): PermafrostError {
  return new PermafrostError(
    'KAFKA_UNAVAILABLE',
    'Kafka or the bucket was too slow for a last snapshot of settings and group offsets. The next run takes one.',
    { cause },
  );
}
