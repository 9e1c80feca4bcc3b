/**
 * The forward flow: a member of a consumer group that turns what it is given into segments, uploads them and only then
 * commits. See docs/ARCHITECTURE.md for the write order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import { KafkaAdmin } from '../kafka/admin';
import { connectCluster } from '../kafka/client';
import type { Cluster, Kafka } from '../kafka/kafkajs-types';
import { RawConsumer, type FetchedSet, type TopicPartition } from '../kafka/raw-consumer';
import { fetchTopicIdentity, lifeOf, type TopicIdentity } from '../kafka/topic-identity';
import type { ObjectStore } from '../store/port';
import { retrying, type RetryOptions } from '../store/retry';
import type { ChainPlace } from './chain';
import { readCommitNote, writeCommitNote } from './commit-note';
import type { ClosedSegment } from './open-segment';
import type { ArchiveOptions, Clock } from './options';
import { PartitionArchive, type PartitionSurroundings } from './partition-archive';
import { Progress, type ArchiverStatus } from './progress';
import { findStartPosition, type StartPosition } from './start-position';
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

export class Archiver {
  readonly #parts: ArchiverParts;
  readonly #admin: KafkaAdmin;
  readonly #cluster: Cluster;
  readonly #partitions = new Map<string, PartitionArchive>();
  readonly #progress = new Progress();
  readonly #abort = new AbortController();
  readonly #ageTimer: NodeJS.Timeout;
  #consumer: RawConsumer | null = null;
  /** counts joins of the group: what was begun under an older assignment is dropped */
  #generation = 0;
  #isClosing = false;
  #isDegraded = false;
  #owned = new Set<string>();

  private constructor(parts: ArchiverParts, admin: KafkaAdmin, cluster: Cluster) {
    this.#parts = parts;
    this.#admin = admin;
    this.#cluster = cluster;
    this.#ageTimer = setInterval(() => {
      for (const partition of this.#partitions.values()) partition.closeIfDue();
    }, AGE_CHECK_MS);
  }

  /** Joins the group; resolves when it is a member. @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED, STORE_* */
  static async start(parts: ArchiverParts): Promise<Archiver> {
    await parts.store.list({ prefix: parts.options.prefix, pageSize: 1 }); // a wrong bucket is told before anything is read
    const archiver = await Archiver.#connect(parts);
    try {
      archiver.#consumer = await RawConsumer.start(
        parts.kafka,
        {
          groupId: parts.options.groupId,
          topics: parts.options.topics,
          sessionTimeoutMs: parts.options.sessionTimeoutMs,
        },
        {
          onAssigned: (partitions) => archiver.#assigned(partitions),
          onFetched: (set, heartbeat) => archiver.#fetched(set, heartbeat),
          onCrash: (error, restarts) => archiver.#crashed(error, restarts),
        },
      );
    } catch (thrown) {
      await archiver.#close();
      throw thrown;
    }
    return archiver;
  }

  static async #connect(parts: ArchiverParts): Promise<Archiver> {
    const admin = await KafkaAdmin.connect(parts.kafka);
    try {
      for (const topic of parts.options.topics) await admin.partitionsOf(topic);
      return new Archiver(parts, admin, await connectCluster(parts.kafka));
    } catch (thrown) {
      await admin.close();
      throw thrown;
    }
  }

  /**
   * Closes the open segments, uploads them, commits, and leaves the group. While the bucket does not answer it goes on
   * trying: nothing that was read is given up.
   */
  async stop(): Promise<void> {
    this.#isClosing = true;
    for (const [key, partition] of this.#partitions) {
      this.#consumer?.pause(topicPartitionOf(key));
      partition.close();
    }
    await Promise.all([...this.#partitions.values()].map((partition) => partition.drained()));
    await this.#close();
  }

  status(): ArchiverStatus {
    return { ...this.#progress.status(this.#partitions.values()), assigned: this.#owned.size };
  }

  #assigned(partitions: readonly TopicPartition[]): void {
    this.#generation += 1;
    this.#degraded(null); // Kafka is back
    this.#owned = new Set(partitions.map(keyOf));
    for (const [key, partition] of this.#partitions) {
      if (this.#owned.has(key)) continue;
      partition.discard();
      this.#partitions.delete(key);
    }
    for (const each of partitions) this.#settle(each);
  }

  /** Finds out where a partition goes on, and lets it be fetched from there. */
  #settle(target: TopicPartition): void {
    const generation = this.#generation;
    const isStale = (): boolean => generation !== this.#generation || this.#isClosing || this.#abort.signal.aborted;
    const settling = async (): Promise<void> => {
      const before = this.#partitions.get(keyOf(target));
      await before?.drained();
      const { place, identity, start } = await retrying(() => this.#look(target), this.#retry());
      if (isStale()) return;
      const partition = before?.continues(place, start)
        ? before
        : this.#replace(target, before, place, identity, start);
      this.#consumer?.resumeAt(target, partition.position);
    };
    settling().catch((thrown: unknown) => {
      if (!isStale()) this.#partitionFailed(target, asPermafrostError(thrown));
    });
  }

  async #look(target: TopicPartition): Promise<{ place: ChainPlace; identity: TopicIdentity; start: StartPosition }> {
    const { topic, partition } = target;
    const { options, store } = this.#parts;
    const identity = await fetchTopicIdentity(this.#cluster, topic);
    if (identity === null) {
      throw new PermafrostError('KAFKA_REFUSED', `Topic ${topic} is gone. Make it anew, then start archiving again.`, {
        context: { topic },
      });
    }
    const place = { prefix: options.prefix, topic, life: lifeOf(identity), partition };
    const [ranges, committed] = await Promise.all([
      this.#admin.logRanges(topic),
      this.#admin.committed(options.groupId, topic),
    ]);
    const log = ranges.find((range) => range.partition === partition);
    if (log === undefined)
      throw new PermafrostError('KAFKA_UNAVAILABLE', `Kafka does not know partition ${partition} of ${topic} yet.`);
    const offset = committed.find((each) => each.partition === partition);
    const start = await findStartPosition(
      store,
      place,
      {
        log,
        committed: offset === undefined ? null : { offset: offset.offset, note: readCommitNote(offset.metadata) },
      },
      this.#abort.signal,
    );
    return { place, identity, start };
  }

  #replace(
    target: TopicPartition,
    before: PartitionArchive | undefined,
    place: ChainPlace,
    identity: TopicIdentity,
    start: StartPosition,
  ): PartitionArchive {
    before?.discard();
    const safeTally = before?.place.life === place.life ? before.safeTally : null;
    const tally = start.tally ?? (safeTally?.offset === start.position ? safeTally : null);
    const partition = new PartitionArchive(place, identity.clusterId, { ...start, tally }, this.#around(target));
    this.#partitions.set(keyOf(target), partition);
    return partition;
  }

  #around(target: TopicPartition): PartitionSurroundings {
    const { options, clock, store, events } = this.#parts;
    return {
      options,
      clock,
      currentLife: () =>
        retrying(async () => {
          const identity = await fetchTopicIdentity(this.#cluster, target.topic);
          return identity === null ? null : lifeOf(identity);
        }, this.#retry()),
      upload: (place, { segment, coverage }) =>
        uploadSegment(store, { place, segment, coverage, storageClass: options.storageClass }, this.#retry()),
      commit: async (offset, segment, tally) => {
        const metadata = writeCommitNote({ location: store.location, segment, tally });
        try {
          await this.#consumer?.commit([{ ...target, offset, metadata }]);
        } catch (thrown) {
          events.problem(asPermafrostError(thrown)); // the bucket has it: the next start finds the position there
        }
      },
      readAgainFrom: (offset) => this.#consumer?.resumeAt(target, offset),
      uploaded: (closed, outcome) => {
        this.#progress.uploaded(closed);
        events.uploaded(closed, outcome);
      },
      lost: (reason) => {
        if (reason !== null) events.problem(reason);
        this.#consumer?.pause(target);
        this.#settle(target);
      },
      failed: (error) => this.#partitionFailed(target, error),
    };
  }

  async #fetched(set: FetchedSet, heartbeat: () => Promise<void>): Promise<void> {
    const partition = this.#partitions.get(keyOf(set));
    if (partition === undefined || this.#isClosing) return;
    try {
      partition.take(set);
    } catch (thrown) {
      partition.discard();
      this.#partitionFailed(set, asPermafrostError(thrown));
    }
    await this.#keepWithinBudget(heartbeat);
  }

  /** Back-pressure: closes the largest open segment early, then waits for uploads. Kafka keeps us as a member meanwhile. */
  async #keepWithinBudget(heartbeat: () => Promise<void>): Promise<void> {
    const { maxHeldBytes } = this.#parts.options;
    while (this.#heldBytes() > maxHeldBytes && !this.#abort.signal.aborted && !this.#isClosing) {
      const largest = [...this.#partitions.values()].toSorted((a, b) => b.openBytes - a.openBytes)[0];
      if (largest !== undefined && largest.openBytes > 0) largest.close();
      await sleep(20);
      await heartbeat();
    }
  }

  #heldBytes(): number {
    return [...this.#partitions.values()].reduce((sum, partition) => sum + partition.heldBytes, 0);
  }

  /** What touches one partition stops that one, loudly; what touches all (rights, a missing bucket) stops the archiver. */
  #partitionFailed(target: TopicPartition, error: PermafrostError): void {
    if (error.code === 'CANCELLED') return;
    const concernsAll =
      error.code === 'STORE_DENIED' || error.code === 'STORE_NOT_FOUND' || error.code === 'KAFKA_REFUSED';
    this.#consumer?.pause(target);
    this.#owned.delete(keyOf(target));
    this.#partitions.get(keyOf(target))?.discard();
    this.#partitions.delete(keyOf(target));
    if (concernsAll || this.#owned.size === 0) this.#fail(error);
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
    } else this.#fail(error);
  }

  #fail(error: PermafrostError): void {
    if (this.#abort.signal.aborted) return;
    this.#generation += 1;
    for (const partition of this.#partitions.values()) partition.discard();
    this.#parts.events.failed(error);
    void this.#close().catch((thrown: unknown) => this.#parts.events.problem(asPermafrostError(thrown)));
  }

  /** Told once when it is over. */
  #degraded(reason: PermafrostError | null): void {
    if (reason === null && !this.#isDegraded) return;
    this.#isDegraded = reason !== null;
    this.#parts.events.degraded(reason);
  }

  #retry(): RetryOptions {
    return {
      signal: this.#abort.signal,
      onRetry: (error) => this.#degraded(error),
      onRecovered: () => this.#degraded(null),
    };
  }

  async #close(): Promise<void> {
    clearInterval(this.#ageTimer);
    this.#abort.abort();
    await this.#consumer?.stop();
    await Promise.all([this.#admin.close(), this.#cluster.disconnect()]);
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function topicPartitionOf(key: string): TopicPartition {
  const slash = key.lastIndexOf('/');
  return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
}
