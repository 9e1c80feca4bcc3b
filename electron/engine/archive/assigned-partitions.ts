/**
 * The partitions that the group has given to this member: where each goes on, and what is held of each. After every join
 * all are looked at anew.
 */
import { asPermafrostError, type PermafrostError } from '../../../shared/errors';
import type { FetchedSet, TopicPartition } from '../kafka/raw-consumer';
import type { TallyState } from '../kafka/tally';
import type { TopicIdentity } from '../kafka/topic-identity';
import type { ObjectStore } from '../store/port';
import { retrying, type RetryOptions } from '../store/retry';
import { writeCommitNote } from './commit-note';
import type { Membership } from './membership';
import type { ArchiveOptions, Clock } from './options';
import { PartitionArchive, type PartitionSurroundings } from './partition-archive';
import type { PartitionLook } from './partition-look';
import type { StartPosition } from './start-position';
import { uploadSegment } from './upload';

/** What the partitions need of the archiver around them. */
export interface AssignmentSurroundings {
  readonly options: ArchiveOptions;
  readonly clock: Clock;
  readonly store: ObjectStore;
  readonly fetching: Pick<Membership, 'pause' | 'resumeAt' | 'commit'>;
  look(target: TopicPartition): Promise<PartitionLook | null>;
  currentTopic(topic: string): Promise<TopicIdentity | null>;
  /** @param over unless told, when the archiver is */
  readonly retry: (over?: AbortSignal) => RetryOptions;
  uploaded: PartitionSurroundings['uploaded'];
  problem(error: PermafrostError): void;
  /** a topic of this assignment does not exist any more */
  topicGone(): void;
  /** @param isLast no partition is left that goes on */
  failed(error: PermafrostError, isLast: boolean): void;
}

export class AssignedPartitions {
  readonly #around: AssignmentSurroundings;
  readonly #partitions = new Map<string, PartitionArchive>();
  #owned = new Set<string>();
  /** counts joins of the group: what was begun under an older assignment is dropped */
  #generation = 0;
  /** the latest search for a partition's place: an earlier one that is still under way is dropped */
  readonly #settling = new Map<string, symbol>();
  /** of partitions that stand still until the group is joined anew */
  readonly #failures = new Map<string, PermafrostError>();
  #isPaused = false;
  #isOver = false;

  constructor(around: AssignmentSurroundings) {
    this.#around = around;
  }

  /** how many the group has given to this member, and that have not failed */
  get owned(): number {
    return this.#owned.size;
  }

  /** of a partition that stands still; null when all go on */
  get failure(): PermafrostError | null {
    return [...this.#failures.values()][0] ?? null;
  }

  owns(target: TopicPartition): boolean {
    return this.#owned.has(keyOf(target));
  }

  /** those whose place in the chain is known */
  all(): readonly PartitionArchive[] {
    return [...this.#partitions.values()];
  }

  /** After every join of the group. @param isThere whether a topic exists: of one that is gone the rest is uploaded */
  assign(partitions: readonly TopicPartition[], isThere: (topic: string) => boolean): void {
    this.#generation += 1;
    this.#failures.clear();
    this.#owned = new Set(partitions.map(keyOf));
    for (const [key, partition] of this.#partitions) {
      if (this.#owned.has(key) || !isThere(partition.place.topic)) continue;
      partition.leave();
      this.#partitions.delete(key);
    }
    for (const each of partitions) this.#settle(each);
  }

  /** Finds out where a partition goes on, and lets it be fetched from there. */
  #settle(target: TopicPartition): void {
    const generation = this.#generation;
    const turn = Symbol(keyOf(target));
    this.#settling.set(keyOf(target), turn);
    const isStale = (): boolean =>
      generation !== this.#generation || turn !== this.#settling.get(keyOf(target)) || this.#isOver;
    this.#goOn(target, isStale).catch((thrown: unknown) => {
      if (!isStale()) this.#failed(target, asPermafrostError(thrown));
    });
  }

  async #goOn(target: TopicPartition, isStale: () => boolean): Promise<void> {
    const before = this.#partitions.get(keyOf(target));
    await before?.drained();
    const look = await retrying(() => this.#around.look(target), this.#around.retry());
    if (isStale()) return;
    if (look === null) {
      this.#owned.delete(keyOf(target));
      this.#around.topicGone();
      return;
    }
    if (before?.mayFinish(look.identity) === true) {
      before.close(); // of a topic that was made anew since
      await before.drained();
    }
    const keeps = before !== undefined && (await this.#keeps(before, look, isStale));
    if (isStale()) return;
    if (before?.mustCloseBefore(look.start) === true && keeps) {
      before.close();
      return this.#goOn(target, isStale);
    }
    const partition = keeps ? before : this.#replace(target, before, look);
    if (look.isCommitBehind && look.start.gap === null) await partition.commitPlace(look.start.lastObject);
    if (!isStale()) this.#resumeAt(target, partition.position);
  }

  /** Unless it is paused: `resume` takes it from its position. */
  #resumeAt(target: TopicPartition, offset: bigint): void {
    if (!this.#isPaused) this.#around.fetching.resumeAt(target, offset);
  }

  #forget(key: string, partition: PartitionArchive): void {
    if (this.#partitions.get(key) === partition) this.#partitions.delete(key);
  }

  /** Whether what is held of a partition still fits: behind the chain's end, and in Kafka's log. */
  async #keeps(before: PartitionArchive, look: PartitionLook, isStale: () => boolean): Promise<boolean> {
    if (!before.continues(look.start)) return false;
    return retrying(() => (isStale() ? Promise.resolve(false) : look.holds(before.read)), this.#around.retry());
  }

  #replace(
    target: TopicPartition,
    before: PartitionArchive | undefined,
    { identity, start }: PartitionLook,
  ): PartitionArchive {
    before?.discard();
    if (start.truncated !== null) this.#around.problem(start.truncated);
    const partition = new PartitionArchive(
      identity,
      { ...start, tally: tallyAt(start, before) },
      this.#surroundings(target),
    );
    this.#partitions.set(keyOf(target), partition);
    return partition;
  }

  #surroundings(target: TopicPartition): PartitionSurroundings {
    const { options, clock, store, retry } = this.#around;
    return {
      options,
      clock,
      currentTopic: () => retrying(() => this.#around.currentTopic(target.topic), retry()),
      upload: (place, { segment, coverage }, { retries, request }) => {
        const { storageClass } = options;
        return uploadSegment(store, { place, segment, coverage, storageClass, signal: request }, retry(retries));
      },
      commit: async (offset, segment, tally) => {
        const metadata = writeCommitNote({ location: store.location, segment, tally });
        try {
          await this.#around.fetching.commit({ ...target, offset, metadata });
        } catch (thrown) {
          this.#around.problem(asPermafrostError(thrown)); // the bucket has it: the next start finds the position there
        }
      },
      readAgainFrom: (offset) => this.#resumeAt(target, offset),
      uploaded: (closed, outcome) => this.#around.uploaded(closed, outcome),
      lost: (reason) => {
        if (reason !== null) this.#around.problem(reason);
        this.#around.fetching.pause(target);
        this.#settle(target);
      },
      problem: (error) => this.#around.problem(error),
      failed: (error) => this.#failed(target, error),
    };
  }

  /** Encodes what was fetched, unless its partition is no longer here. */
  take(set: FetchedSet): void {
    const partition = this.#partitions.get(keyOf(set));
    if (partition === undefined || this.#isOver) return;
    try {
      partition.take(set);
    } catch (thrown) {
      partition.discard();
      this.#failed(set, asPermafrostError(thrown));
    }
  }

  /** The log moved away from under the position: it has expired, or was cut. */
  outOfRange(target: TopicPartition): void {
    if (this.#isOver) return;
    this.#partitions.get(keyOf(target))?.close();
    this.#settle(target);
  }

  /** Of topics that are gone: nothing more will come, and what was read is all that is left. */
  finish(isGone: (topic: string) => boolean): void {
    for (const [key, partition] of this.#partitions) {
      if (!isGone(partition.place.topic)) continue;
      this.#around.fetching.pause(topicPartitionOf(key));
      partition.close();
      void partition.drained().then(() => this.#forget(key, partition));
    }
  }

  /** Closes the open segments now; resolves when they are uploaded and committed. */
  async flush(): Promise<void> {
    for (const partition of this.#partitions.values()) partition.close();
    await Promise.all([...this.#partitions.values()].map((partition) => partition.drained()));
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.#isPaused = true;
    for (const key of this.#partitions.keys()) this.#around.fetching.pause(topicPartitionOf(key));
  }

  resume(): void {
    this.#isPaused = false;
    for (const [key, { position }] of this.#partitions) this.#around.fetching.resumeAt(topicPartitionOf(key), position);
  }

  /** Nothing new is begun; what was read can still be flushed. */
  close(): void {
    this.#isOver = true;
    for (const key of this.#partitions.keys()) this.#around.fetching.pause(topicPartitionOf(key));
  }

  /** No member of the group any more. */
  giveUp(): void {
    this.#owned.clear();
  }

  /** Throws away what is held: it is read again. */
  discard(): void {
    this.#isOver = true;
    for (const partition of this.#partitions.values()) partition.discard();
  }

  #failed(target: TopicPartition, error: PermafrostError): void {
    if (error.code === 'CANCELLED') return;
    this.#around.fetching.pause(target);
    this.#owned.delete(keyOf(target));
    this.#failures.set(keyOf(target), error);
    this.#partitions.get(keyOf(target))?.discard();
    this.#partitions.delete(keyOf(target));
    this.#around.failed(error, this.#owned.size === 0);
  }
}

/** The tally at the start position, where one is known: from the commit's note, or from what was held before. */
function tallyAt(start: StartPosition, before: PartitionArchive | undefined): TallyState | null {
  if (start.tally !== null || before?.place.life !== start.place.life) return start.tally;
  return before.safeTally.offset === start.position ? before.safeTally : null;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function topicPartitionOf(key: string): TopicPartition {
  const slash = key.lastIndexOf('/');
  return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
}
