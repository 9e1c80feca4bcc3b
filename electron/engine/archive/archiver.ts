/**
 * The forward flow: a member of a consumer group that turns what it is given into segments, uploads them and only then
 * commits. See docs/ARCHITECTURE.md for the write order.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import { KafkaAdmin } from '../kafka/admin';
import { connectCluster } from '../kafka/client';
import type { Cluster, Kafka } from '../kafka/kafkajs-types';
import type { FetchedSet, TopicPartition } from '../kafka/raw-consumer';
import type { TallyState } from '../kafka/tally';
import type { TopicDescription } from '../kafka/topic-metadata';
import type { ObjectStore } from '../store/port';
import { retrying, type RetryOptions } from '../store/retry';
import { writeCommitNote } from './commit-note';
import { markStart } from './first-start';
import { Membership } from './membership';
import { isOverBudget, makeRoom } from './memory-budget';
import { compressorCaughtUp, sharedHeldBytes } from '../segment/segment-writer';
import type { ClosedSegment } from './open-segment';
import type { ArchiveOptions, Clock } from './options';
import { PartitionArchive, type PartitionSurroundings } from './partition-archive';
import { askByTopic, lookAtPartition, type PartitionLook, type TopicQuestions } from './partition-look';
import { Progress, type ArchiverStatus } from './progress';
import { Snapshotter } from './snapshotter';
import type { StartPosition } from './start-position';
import { selectTopics, TopicWatch } from './topic-watch';
import { uploadSegment, type UploadOutcome } from './upload';

export interface ArchiverEvents {
  uploaded(closed: ClosedSegment, outcome: UploadOutcome & { readonly kind: 'stored' }): void;
  /** something went wrong and was dealt with, or is tried again */
  problem(error: PermafrostError): void;
  /** a retry is under way: the reason; null when it is over */
  degraded(reason: PermafrostError | null): void;
  /** it has stopped by itself; open segments are thrown away and read again at the next start */
  failed(error: PermafrostError): void;
}

export interface ArchiverParts {
  readonly kafka: Kafka;
  readonly store: ObjectStore;
  readonly options: ArchiveOptions;
  readonly clock: Clock;
  readonly events: ArchiverEvents;
}

const AGE_CHECK_MS = 250;
/** What touches all partitions alike: rights, a missing bucket, a full disk. */
const CONCERNS_ALL: ReadonlySet<string> = new Set([
  'STORE_DENIED',
  'STORE_NOT_FOUND',
  'STORE_REFUSED',
  'KAFKA_REFUSED',
]);

export class Archiver {
  readonly #parts: ArchiverParts;
  readonly #admin: KafkaAdmin;
  readonly #cluster: Cluster;
  readonly #ask: TopicQuestions;
  readonly #partitions = new Map<string, PartitionArchive>();
  readonly #progress = new Progress();
  readonly #abort = new AbortController();
  readonly #ageTimer: NodeJS.Timeout;
  readonly #membership: Membership;
  readonly #watch: TopicWatch;
  readonly #snapshots: Snapshotter;
  #topics: readonly TopicDescription[];
  /** counts joins of the group: what was begun under an older assignment is dropped */
  #generation = 0;
  /** of partitions that stand still until the group is joined anew */
  readonly #failures = new Map<string, PermafrostError>();
  /** the latest search for a partition's place: an earlier one that is still under way is dropped */
  readonly #settling = new Map<string, symbol>();
  #isClosing = false;
  #isPaused = false;
  #isDegraded = false;
  #owned = new Set<string>();

  private constructor(
    parts: ArchiverParts,
    { admin, cluster, topics }: { admin: KafkaAdmin; cluster: Cluster; topics: readonly TopicDescription[] },
  ) {
    this.#parts = parts;
    setMaxListeners(0, this.#abort.signal); // every partition waits with it
    this.#admin = admin;
    this.#cluster = cluster;
    this.#ask = askByTopic(cluster, admin, parts.options.groupId);
    this.#topics = topics;
    const { groupId, sessionTimeoutMs } = parts.options;
    this.#membership = new Membership(
      parts.kafka,
      { groupId, sessionTimeoutMs, reusesMemory: true },
      {
        onAssigned: (partitions) => this.#assigned(partitions),
        onFetched: (set) => this.#fetched(set),
        onOutOfRange: (target) => this.#outOfRange(target),
        onCrash: (error, restarts) => this.#crashed(error, restarts),
      },
    );
    this.#watch = new TopicWatch(topics, {
      ask: () => this.#askForTopics(),
      onChange: (changed) => this.#topicsChanged(changed),
      onProblem: (error) => this.#degraded(error),
    });
    this.#snapshots = new Snapshotter({
      ...{ admin, store: parts.store, options: parts.options, clock: parts.clock },
      topics: () => (this.#hasFirstPartition() ? this.#topics : []),
      onProblem: (error) => parts.events.problem(error),
    });
    this.#ageTimer = setInterval(() => {
      for (const partition of this.#partitions.values()) partition.closeIfDue();
    }, AGE_CHECK_MS);
  }

  /** Joins the group; resolves when it is a member. @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED, STORE_* */
  static async start(parts: ArchiverParts): Promise<Archiver> {
    await parts.store.list({ prefix: parts.options.prefix, pageSize: 1 }); // a wrong bucket is told before anything is read
    const archiver = await Archiver.#connect(parts);
    try {
      await archiver.#membership.join(archiver.#topics.map(({ name }) => name));
    } catch (thrown) {
      await archiver.#close();
      throw thrown;
    }
    archiver.#watch.start(parts.options.topicCheckMs);
    const { snapshotEveryMs } = parts.options;
    if (snapshotEveryMs !== null) archiver.#snapshots.start(snapshotEveryMs);
    return archiver;
  }

  static async #connect(parts: ArchiverParts): Promise<Archiver> {
    const admin = await KafkaAdmin.connect(parts.kafka);
    let cluster: Cluster | null = null;
    try {
      cluster = await connectCluster(parts.kafka);
      const topics = await selectTopics(cluster, parts.options.topics);
      assertAllThere(parts.options.topics.names, topics);
      await markStart({ admin, ...parts }, topics, { maxAttempts: 4 });
      return new Archiver(parts, { admin, cluster, topics });
    } catch (thrown) {
      await Promise.all([admin.close(), cluster?.disconnect()]);
      throw thrown;
    }
  }

  /**
   * Closes the open segments, uploads them, commits, and leaves the group. While the bucket does not answer it goes on
   * trying: nothing that was read is given up.
   */
  async stop(): Promise<void> {
    this.#isClosing = true;
    for (const key of this.#partitions.keys()) this.#membership.pause(topicPartitionOf(key));
    await this.flush();
    if (this.#parts.options.snapshotEveryMs !== null) await this.#snapshots.stop();
    await this.#close();
  }

  /** Of the first topic: its owner takes the snapshots. */
  #hasFirstPartition(): boolean {
    const [first] = this.#topics;
    return first !== undefined && this.#owned.has(keyOf({ topic: first.name, partition: 0 }));
  }

  /** Closes the open segments now; resolves when they are uploaded and committed. */
  async flush(): Promise<void> {
    for (const partition of this.#partitions.values()) partition.close();
    await Promise.all([...this.#partitions.values()].map((partition) => partition.drained()));
  }

  /** Reads nothing more until `resume`. It stays a member, and what was read is closed by its age, uploaded and committed. */
  pause(): void {
    this.#isPaused = true;
    for (const key of this.#partitions.keys()) this.#membership.pause(topicPartitionOf(key));
  }

  resume(): void {
    this.#isPaused = false;
    for (const [key, { position }] of this.#partitions) this.#membership.resumeAt(topicPartitionOf(key), position);
  }

  status(): ArchiverStatus {
    return { ...this.#progress.status(this.#partitions.values()), assigned: this.#owned.size };
  }

  /** of one of its partitions, which stands still; null when all go on */
  get failure(): PermafrostError | null {
    return [...this.#failures.values()][0] ?? null;
  }

  #assigned(partitions: readonly TopicPartition[]): void {
    this.#generation += 1;
    this.#failures.clear();
    this.#degraded(null); // Kafka is back
    this.#owned = new Set(partitions.map(keyOf));
    for (const [key, partition] of this.#partitions) {
      if (this.#owned.has(key)) continue;
      if (!this.#topics.some(({ name }) => name === partition.place.topic)) continue; // gone: its segments are uploaded all the same
      partition.discard();
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
      generation !== this.#generation ||
      turn !== this.#settling.get(keyOf(target)) ||
      this.#isClosing ||
      this.#abort.signal.aborted;
    this.#goOn(target, isStale).catch((thrown: unknown) => {
      if (!isStale()) this.#partitionFailed(target, asPermafrostError(thrown));
    });
  }

  async #goOn(target: TopicPartition, isStale: () => boolean): Promise<void> {
    const before = this.#partitions.get(keyOf(target));
    await before?.drained();
    const look = await this.#look(target);
    if (isStale()) return;
    if (look === null) {
      this.#owned.delete(keyOf(target));
      this.#watch.askNow();
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
    if (!this.#isPaused) this.#membership.resumeAt(target, offset);
  }

  #forget(key: string, partition: PartitionArchive): void {
    if (this.#partitions.get(key) === partition) this.#partitions.delete(key);
  }

  #look(target: TopicPartition): Promise<PartitionLook | null> {
    const { store, options } = this.#parts;
    const parts = { cluster: this.#cluster, ask: this.#ask, store, options };
    return retrying(() => lookAtPartition(parts, target, this.#abort.signal), this.#retry());
  }

  /** Whether what is held of a partition still fits: behind the chain's end, and in Kafka's log. */
  async #keeps(before: PartitionArchive, look: PartitionLook, isStale: () => boolean): Promise<boolean> {
    if (!before.continues(look.start)) return false;
    return retrying(() => (isStale() ? Promise.resolve(false) : look.holds(before.read)), this.#retry());
  }

  #replace(
    target: TopicPartition,
    before: PartitionArchive | undefined,
    { identity, start }: PartitionLook,
  ): PartitionArchive {
    before?.discard();
    if (start.truncated !== null) this.#parts.events.problem(start.truncated);
    const partition = new PartitionArchive(identity, { ...start, tally: tallyAt(start, before) }, this.#around(target));
    this.#partitions.set(keyOf(target), partition);
    return partition;
  }

  #around(target: TopicPartition): PartitionSurroundings {
    const { options, clock, store, events } = this.#parts;
    return {
      options,
      clock,
      currentTopic: () => retrying(() => this.#ask.identity(target.topic), this.#retry()),
      upload: (place, { segment, coverage }, over) =>
        uploadSegment(store, { place, segment, coverage, storageClass: options.storageClass }, this.#retry(over)),
      commit: async (offset, segment, tally) => {
        const metadata = writeCommitNote({ location: store.location, segment, tally });
        try {
          await this.#membership.commit({ ...target, offset, metadata });
        } catch (thrown) {
          events.problem(asPermafrostError(thrown)); // the bucket has it: the next start finds the position there
        }
      },
      readAgainFrom: (offset) => this.#resumeAt(target, offset),
      uploaded: (closed, outcome) => {
        this.#progress.uploaded(closed);
        events.uploaded(closed, outcome);
      },
      lost: (reason) => {
        if (reason !== null) events.problem(reason);
        this.#membership.pause(target);
        this.#settle(target);
      },
      problem: (error) => events.problem(error),
      failed: (error) => this.#partitionFailed(target, error),
    };
  }

  /** Also confirms what was fetched of each topic that is still the same. */
  async #askForTopics(): Promise<readonly TopicDescription[]> {
    const fetched = [...this.#partitions.values()].map((partition) => ({ partition, position: partition.position }));
    const topics = await selectTopics(this.#cluster, this.#parts.options.topics);
    for (const { partition, position } of fetched) {
      const topic = topics.find(({ name }) => name === partition.place.topic);
      if (topic !== undefined) partition.confirm(topic, position);
    }
    return topics;
  }

  /** Topics or partitions came or went: the group is joined anew with what there is now. */
  async #topicsChanged(topics: readonly TopicDescription[]): Promise<void> {
    const names = topics.map(({ name }) => name);
    const gone = this.#topics.map(({ name }) => name).filter((name) => !names.includes(name));
    this.#topics = topics;
    for (const [key, partition] of this.#partitions) {
      if (!gone.includes(partition.place.topic)) continue;
      this.#membership.pause(topicPartitionOf(key));
      partition.close(); // nothing more will come, and what was read is all that is left
      void partition.drained().then(() => this.#forget(key, partition));
    }
    for (const topic of gone) this.#parts.events.problem(topicGone(topic));
    if (gone.length > 0) await this.#admin.reconnect(); // kafkajs asks for every topic it ever saw, and stumbles over one that is gone
    await this.#membership.rejoin(names, this.#retry());
    if (names.length === 0) this.#owned.clear();
  }

  async #fetched(set: FetchedSet): Promise<void> {
    const partition = this.#partitions.get(keyOf(set));
    if (partition === undefined || this.#isClosing) return;
    try {
      partition.take(set);
    } catch (thrown) {
      partition.discard();
      this.#partitionFailed(set, asPermafrostError(thrown));
    }
    await compressorCaughtUp();
    await this.#keepWithinBudget();
  }

  /** The log moved away from under the position: it has expired, or was cut. */
  #outOfRange(target: TopicPartition): void {
    if (this.#isClosing) return;
    this.#partitions.get(keyOf(target))?.close();
    this.#settle(target);
  }

  /** Back-pressure: makes room, then waits for the uploads. Kafka keeps us as a member meanwhile. */
  async #keepWithinBudget(): Promise<void> {
    while (!this.#abort.signal.aborted && !this.#isClosing) {
      const partitions = [...this.#partitions.values()];
      const otherBytes = this.#membership.fetchedBytes + sharedHeldBytes();
      if (!isOverBudget(partitions, otherBytes, this.#parts.options.maxHeldBytes)) return;
      makeRoom(partitions, this.#parts.options.maxHeldBytes);
      await sleep(20);
    }
  }

  /** What touches one partition stops that one, loudly; what touches all (rights, a missing bucket) stops the archiver. */
  #partitionFailed(target: TopicPartition, error: PermafrostError): void {
    if (error.code === 'CANCELLED') return;
    this.#membership.pause(target);
    this.#owned.delete(keyOf(target));
    this.#failures.set(keyOf(target), error);
    this.#partitions.get(keyOf(target))?.discard();
    this.#partitions.delete(keyOf(target));
    if (CONCERNS_ALL.has(error.code) || this.#owned.size === 0) this.#fail(error);
    else {
      this.#parts.events.problem(error);
      this.#degraded(error);
    }
  }

  #crashed(error: PermafrostError, restarts: boolean): void {
    if (this.#isClosing) return;
    if (restarts) {
      this.#parts.events.problem(error);
      this.#degraded(error);
      this.#watch.askNow(); // kafkajs crashes over and over when one of its topics is gone
    } else this.#fail(error);
  }

  #fail(error: PermafrostError): void {
    if (this.#abort.signal.aborted) return;
    this.#generation += 1;
    this.#parts.events.failed(error);
    void this.#close().catch((thrown: unknown) => this.#parts.events.problem(asPermafrostError(thrown)));
  }

  /** Told once when it is over. */
  #degraded(reason: PermafrostError | null): void {
    if (reason === null && !this.#isDegraded) return;
    this.#isDegraded = reason !== null;
    this.#parts.events.degraded(reason);
  }

  /** @param over unless told, when the archiver is */
  #retry(over: AbortSignal = this.#abort.signal): RetryOptions {
    return {
      signal: over,
      onRetry: (error) => this.#degraded(error),
      onRecovered: () => this.#degraded(null),
    };
  }

  async #close(): Promise<void> {
    clearInterval(this.#ageTimer);
    this.#abort.abort();
    for (const partition of this.#partitions.values()) partition.discard();
    await Promise.all([this.#watch.stop(), this.#snapshots.end(), this.#membership.leave()]);
    await Promise.all([this.#admin.close(), this.#cluster.disconnect()]);
  }
}

function assertAllThere(names: readonly string[], topics: readonly TopicDescription[]): void {
  const missing = names.find((name) => topics.every((topic) => topic.name !== name));
  if (missing === undefined) return;
  throw new PermafrostError('KAFKA_REFUSED', `There is no topic ${missing}. Check its name, or make it first.`, {
    context: { topic: missing },
  });
}

function topicGone(topic: string): PermafrostError {
  return new PermafrostError(
    'KAFKA_REFUSED',
    `Topic ${topic} is gone from Kafka. What was read of it is uploaded; if it is made anew, its archive begins anew.`,
    { context: { topic } },
  );
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
