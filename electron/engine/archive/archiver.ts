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
import type { TopicDescription } from '../kafka/topic-metadata';
import type { ObjectStore } from '../store/port';
import type { RetryOptions } from '../store/retry';
import { AssignedPartitions } from './assigned-partitions';
import { markStart } from './first-start';
import { Membership } from './membership';
import { isOverBudget, makeRoom } from './memory-budget';
import { compressorCaughtUp, sharedHeldBytes } from '../segment/segment-writer';
import type { ClosedSegment } from './open-segment';
import type { ArchiveOptions, Clock } from './options';
import { askByTopic, lookAtPartition } from './partition-look';
import { Progress, type ArchiverStatus } from './progress';
import { Snapshotter } from './snapshotter';
import { selectTopics, TopicWatch } from './topic-watch';
import type { UploadOutcome } from './upload';

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
  /** how long the broker may wait for new messages; short where none are waited for */
  readonly fetchWaitMs?: number;
}

const AGE_CHECK_MS = 250;
/** What touches all partitions alike: rights, a missing bucket, a full disk. */
const CONCERNS_ALL: ReadonlySet<string> = new Set([
  'STORE_DENIED',
  'STORE_NOT_FOUND',
  'STORE_REFUSED',
  'KAFKA_REFUSED',
  'KAFKA_DENIED',
  'KAFKA_TLS',
]);

export class Archiver {
  readonly #parts: ArchiverParts;
  readonly #admin: KafkaAdmin;
  readonly #cluster: Cluster;
  readonly #partitions: AssignedPartitions;
  readonly #progress = new Progress();
  readonly #abort = new AbortController();
  readonly #ageTimer: NodeJS.Timeout;
  readonly #membership: Membership;
  readonly #watch: TopicWatch;
  readonly #snapshots: Snapshotter;
  #topics: readonly TopicDescription[];
  #isClosing = false;
  #isDegraded = false;

  private constructor(
    parts: ArchiverParts,
    { admin, cluster, topics }: { admin: KafkaAdmin; cluster: Cluster; topics: readonly TopicDescription[] },
  ) {
    this.#parts = parts;
    setMaxListeners(0, this.#abort.signal); // every partition waits with it
    this.#admin = admin;
    this.#cluster = cluster;
    this.#topics = topics;
    const { groupId, sessionTimeoutMs } = parts.options;
    const fetchWait = parts.fetchWaitMs === undefined ? {} : { fetchWaitMs: parts.fetchWaitMs };
    this.#membership = new Membership(
      parts.kafka,
      { groupId, sessionTimeoutMs, reusesMemory: true, ...fetchWait },
      {
        onAssigned: (partitions) => this.#assigned(partitions),
        onFetched: (set) => this.#fetched(set),
        onOutOfRange: (target) => this.#partitions.outOfRange(target),
        onCrash: (error, restarts) => this.#crashed(error, restarts),
      },
    );
    this.#partitions = this.#assignment();
    this.#watch = new TopicWatch(topics, {
      ask: () => this.#askForTopics(),
      onChange: (changed) => this.#topicsChanged(changed),
      onProblem: (error) => this.#degraded(error),
    });
    this.#snapshots = new Snapshotter({
      ...{ admin, store: parts.store, options: parts.options, clock: parts.clock },
      topics: () => (this.#hasFirstPartition() ? this.#topics : []),
      onProblem: (error) => parts.events.problem(error),
      onDenied: (error) => this.#fail(error),
    });
    this.#ageTimer = setInterval(() => {
      for (const partition of this.#partitions.all()) partition.closeIfDue();
    }, AGE_CHECK_MS);
  }

  /** Joins the group; resolves when it is a member. @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED, STORE_* */
  static async start(parts: ArchiverParts): Promise<Archiver> {
    await parts.store.list({ prefix: parts.options.prefix, pageSize: 1 }); // a wrong bucket is told before anything is read
    const archiver = await Archiver.#connect(parts);
    try {
      // a cluster that has just started may need a while for its first group
      await archiver.#membership.rejoin(
        archiver.#topics.map(({ name }) => name),
        { maxAttempts: 4 },
      );
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
    this.#partitions.close();
    await this.flush();
    if (this.#parts.options.snapshotEveryMs !== null) await this.#snapshots.stop();
    await this.#close();
  }

  /** Of the first topic: its owner takes the snapshots. */
  #hasFirstPartition(): boolean {
    const [first] = this.#topics;
    return first !== undefined && this.#partitions.owns({ topic: first.name, partition: 0 });
  }

  /** Closes the open segments now; resolves when they are uploaded and committed. */
  flush(): Promise<void> {
    return this.#partitions.flush();
  }

  /** Reads nothing more until `resume`. It stays a member, and what was read is closed by its age, uploaded and committed. */
  pause(): void {
    this.#partitions.pause();
  }

  resume(): void {
    this.#partitions.resume();
  }

  status(): ArchiverStatus {
    return { ...this.#progress.status(this.#partitions.all()), assigned: this.#partitions.owned };
  }

  /** of one of its partitions, which stands still; null when all go on */
  get failure(): PermafrostError | null {
    return this.#partitions.failure;
  }

  #assigned(partitions: readonly TopicPartition[]): void {
    this.#degraded(null); // Kafka is back
    this.#partitions.assign(partitions, (topic) => this.#topics.some(({ name }) => name === topic));
  }

  #assignment(): AssignedPartitions {
    const { store, options, clock, events } = this.#parts;
    const ask = askByTopic(this.#cluster, this.#admin, options.groupId);
    const parts = { cluster: this.#cluster, ask, store, options };
    return new AssignedPartitions({
      ...{ options, clock, store, fetching: this.#membership },
      look: (target) => lookAtPartition(parts, target, this.#abort.signal),
      currentTopic: (topic) => ask.identity(topic),
      retry: (over) => this.#retry(over),
      uploaded: (closed, outcome) => {
        this.#progress.uploaded(closed);
        events.uploaded(closed, outcome);
      },
      problem: (error) => events.problem(error),
      topicGone: () => this.#watch.askNow(),
      failed: (error, isLast) => this.#partitionFailed(error, isLast),
    });
  }

  /** Also confirms what was fetched of each topic that is still the same. */
  async #askForTopics(): Promise<readonly TopicDescription[]> {
    const fetched = this.#partitions.all().map((partition) => ({ partition, position: partition.position }));
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
    this.#partitions.finish((topic) => gone.includes(topic));
    for (const topic of gone) this.#parts.events.problem(topicGone(topic));
    if (gone.length > 0) await this.#admin.reconnect(); // kafkajs asks for every topic it ever saw, and stumbles over one that is gone
    await this.#membership.rejoin(names, this.#retry());
    if (names.length === 0) this.#partitions.giveUp();
  }

  async #fetched(set: FetchedSet): Promise<void> {
    this.#partitions.take(set);
    await compressorCaughtUp();
    await this.#keepWithinBudget();
  }

  /** Back-pressure: makes room, then waits for the uploads. Kafka keeps us as a member meanwhile. */
  async #keepWithinBudget(): Promise<void> {
    while (!this.#abort.signal.aborted && !this.#isClosing) {
      const partitions = this.#partitions.all();
      const otherBytes = this.#membership.fetchedBytes + sharedHeldBytes();
      if (!isOverBudget(partitions, otherBytes, this.#parts.options.maxHeldBytes)) return;
      makeRoom(partitions, this.#parts.options.maxHeldBytes);
      await sleep(20);
    }
  }

  /** What touches one partition stops that one, loudly; what touches all (rights, a missing bucket) stops the archiver. */
  #partitionFailed(error: PermafrostError, isLast: boolean): void {
    if (CONCERNS_ALL.has(error.code) || isLast) {
      this.#fail(error);
      return;
    }
    this.#parts.events.problem(error);
    this.#degraded(error);
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
    this.#partitions.close();
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
    this.#partitions.discard();
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
