import { kafkajs, type AbortedTransaction, type RawRecordSet } from './kafkajs';
import type { Consumer, Kafka, PartitionAssigner } from './kafkajs-types';
import { CommitQueue } from './commit-queue';
import { fromKafkajs, protocolErrorOf } from './errors';
import { FetchQueue } from './fetch-queue';
import { wakeFetchers } from './fetch-rest';
import { framePool } from './frame-pool';
import { stickyAssigner } from './sticky-assigner';
import { PermafrostError } from '../../../shared/errors';

/** One partition's share of one fetch: whole record batches as the broker keeps them. */
export interface FetchedSet {
  readonly topic: string;
  readonly partition: number;
  /** what was asked for; the first batch may begin before it */
  readonly fetchedOffset: bigint;
  readonly highWatermark: bigint;
  readonly recordSet: Buffer;
  readonly abortedTransactions: readonly AbortedTransaction[];
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface OffsetCommit extends TopicPartition {
  /** exclusive: the next offset to read */
  readonly offset: bigint;
  /** at most 4 KiB by a broker's default */
  readonly metadata: string;
}

export interface RawConsumerHandlers {
  /**
   * After every join of the group, with all partitions this member has now. They stay paused until `resumeAt`:
   * where to go on is the caller's to find out, since what was fetched before and not committed comes again.
   */
  onAssigned(partitions: readonly TopicPartition[]): void;
  /**
   * One at a time; it may take long, the membership is kept meanwhile. What waits of a partition is forgotten when that
   * is paused or resumed elsewhere. Must not throw.
   */
  onFetched(set: FetchedSet): Promise<void>;
  /** The log begins behind what was asked for, or ends before it. It stays paused until `resumeAt`; unless heard, it goes on at the earliest. */
  onOutOfRange?(at: TopicPartition): void;
  /** The consumer lost Kafka; when it restarts, onAssigned follows, else it is over. */
  onCrash(error: PermafrostError, restarts: boolean): void;
}

export interface RawConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** how long Kafka waits for a member that is silent; heartbeats go at least ten times as often */
  readonly sessionTimeoutMs?: number;
  readonly maxBytesPerPartition?: number;
  /** how long the broker may wait for something to fetch; commits and heartbeats on its connection wait as long */
  readonly fetchWaitMs?: number;
  /** a fetched set is no longer read when `onFetched` resolves, nor any part of it: its memory takes the next one */
  readonly reusesMemory?: boolean;
  /** what this member had before it joined: it gets the same again as far as the shares stay equal */
  readonly owned?: readonly TopicPartition[];
}

/** What a session lasts unless told: long enough for a busy machine. */
const DEFAULT_SESSION_TIMEOUT_MS = 30_000;

/** An idle topic costs ten requests a second. */
const DEFAULT_FETCH_WAIT_MS = 100;

/** A member learns from its heartbeat that another one joins, which waits for it. */
const MAX_HEARTBEAT_MS = 500;

/** The group has moved on without this member; who has its partitions now finds their place in the bucket. */
const NO_LONGER_A_MEMBER: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
]);

const MIB = 1024 * 1024;

/** Of one answer: more of it costs memory, and no fetch is faster for it unless Kafka is far away. */
const MAX_FETCH_BYTES = 4 * MIB;

/** Of fetched record sets that wait for their turn; as much again is on its way meanwhile. */
const MAX_QUEUED_BYTES = 4 * MIB;

/** A member of a consumer group that receives record batches as bytes. Aborted transactions are named, not removed. */
export class RawConsumer {
  readonly #consumer: Consumer;
  readonly #handlers: RawConsumerHandlers;
  readonly #groupId: string;
  readonly #queue: FetchQueue;
  readonly #committing = new CommitQueue((offsets) => this.#commit(offsets));
  #commits = 0;
  #owned: readonly TopicPartition[];
  /** kafkajs has a group to speak of: not before it has joined, nor after a crash until it has joined anew */
  #isRunning = false;
  #isOver = false;
  /** a join that was sent while it does not run; ends with it, or with a crash */
  #joining: { readonly ended: Promise<void>; readonly end: () => void } | null = null;

  private constructor(kafka: Kafka, options: RawConsumerOptions, handlers: RawConsumerHandlers) {
    this.#groupId = options.groupId;
    this.#owned = options.owned ?? [];
    this.#handlers = handlers;
    this.#queue = new FetchQueue(
      MAX_QUEUED_BYTES,
      (set) => handlers.onFetched(set),
      ({ recordSet }) => {
        if (options.reusesMemory === true) framePool.letGo(recordSet);
      },
    );
    const sessionTimeout = options.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
    this.#consumer = kafka.consumer({
      groupId: options.groupId,
      partitionAssigners: [this.#assigner(), kafkajs.PartitionAssigners.roundRobin],
      sessionTimeout,
      heartbeatInterval: Math.max(100, Math.min(MAX_HEARTBEAT_MS, Math.floor(sessionTimeout / 10))),
      rebalanceTimeout: Math.max(sessionTimeout, 60_000),
      maxWaitTimeInMs: options.fetchWaitMs ?? DEFAULT_FETCH_WAIT_MS,
      minBytes: 1,
      maxBytesPerPartition: options.maxBytesPerPartition ?? MIB,
      maxBytes: MAX_FETCH_BYTES,
      allowAutoTopicCreation: false,
      readUncommitted: false,
      retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5, restartOnFailure: () => Promise.resolve(true) },
    });
  }

  /** Joins the group. @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  static async start(kafka: Kafka, options: RawConsumerOptions, handlers: RawConsumerHandlers): Promise<RawConsumer> {
    const consumer = new RawConsumer(kafka, options, handlers);
    try {
      await consumer.#run(options.topics);
    } catch (thrown) {
      await consumer.stop();
      throw fromKafkajs(thrown, `Joining consumer group ${options.groupId}`, { group: options.groupId });
    }
    return consumer;
  }

  async #run(topics: readonly string[]): Promise<void> {
    const { events } = this.#consumer;
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => this.#assigned(payload.memberAssignment));
    this.#consumer.on(events.STOP, () => void (this.#isRunning = false));
    this.#consumer.on(events.COMMIT_OFFSETS, () => void (this.#commits += 1));
    this.#consumer.on(events.CRASH, ({ payload }) => {
      this.#endJoining();
      if (this.#isOver) return;
      const error = fromKafkajs(payload.error, `Consumer group ${this.#groupId}`, { group: this.#groupId, topics });
      this.#handlers.onCrash(error, payload.restart);
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: async (payload) => {
        const { batch } = payload;
        await this.#queue.room(() => payload.heartbeat());
        // it was read before somebody paused the partition, or went elsewhere in it
        if (payload.isStale() || this.#isPaused(batch)) return;
        // the seam in kafkajs.ts puts one record set where messages would be
        const sets = batch.messages as unknown as readonly RawRecordSet[];
        for (const { recordSet, abortedTransactions } of sets) {
          this.#queue.push({
            topic: batch.topic,
            partition: batch.partition,
            fetchedOffset: BigInt((batch as unknown as { readonly fetchedOffset: string }).fetchedOffset),
            highWatermark: BigInt(batch.highWatermark),
            recordSet,
            abortedTransactions,
          });
        }
      },
    });
  }

  #assigner(): PartitionAssigner {
    const handlers = this.#handlers;
    const owned = (): readonly TopicPartition[] => this.#joins();
    if (handlers.onOutOfRange === undefined) return stickyAssigner(owned);
    return stickyAssigner(owned, {
      offsetOutOfRange: (at) => {
        this.pause(at);
        handlers.onOutOfRange?.(at);
      },
    });
  }

  /**
   * Runs before kafkajs sends a join. @returns what this member tells of itself
   * @throws PermafrostError CANCELLED when it is over: kafkajs would join anew although it was stopped between two runs
   */
  #joins(): readonly TopicPartition[] {
    if (this.#isOver && !this.#isRunning) throw new PermafrostError('CANCELLED', 'The consumer was stopped.');
    if (!this.#isRunning) this.#joining ??= pending();
    return this.#owned;
  }

  #endJoining(): void {
    this.#joining?.end();
    this.#joining = null;
  }

  /** Runs inside kafkajs's join, before its first fetch of the new generation. */
  #assigned(assignment: Readonly<Record<string, readonly number[]>>): void {
    const partitions = Object.entries(assignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    );
    this.#owned = partitions;
    this.#isRunning = true;
    this.#endJoining();
    for (const each of partitions) this.pause(each);
    this.#handlers.onAssigned(partitions);
  }

  #isPaused({ topic, partition }: TopicPartition): boolean {
    return this.#consumer.paused().some((each) => each.topic === topic && each.partitions.includes(partition));
  }

  /** bytes of record sets that were fetched and are not worked through */
  get heldBytes(): number {
    return this.#queue.heldBytes;
  }

  get owned(): readonly TopicPartition[] {
    return this.#owned;
  }

  pause({ topic, partition }: TopicPartition): void {
    if (this.#isRunning) this.#consumer.pause([{ topic, partitions: [partition] }]);
    this.#queue.drop({ topic, partition });
  }

  /** Without effect while it joins anew after a crash: onAssigned follows. */
  resumeAt({ topic, partition }: TopicPartition, offset: bigint): void {
    this.#queue.drop({ topic, partition });
    if (!this.#isRunning) return;
    this.#consumer.seek({ topic, partition, offset: offset.toString() });
    this.#consumer.resume([{ topic, partitions: [partition] }]);
    wakeFetchers();
  }

  /**
   * @returns whether Kafka took it; false when this member has the partition no longer, whose position the next owner
   * finds elsewhere
   * @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED
   */
  commit(offsets: readonly OffsetCommit[]): Promise<boolean> {
    return this.#committing.add(offsets);
  }

  async #commit(waiting: readonly OffsetCommit[]): Promise<boolean> {
    // another member may have them by now, and be further
    const offsets = waiting.filter((each) => this.#owned.some((owned) => isSame(owned, each)));
    if (offsets.length === 0) return false;
    const before = this.#commits;
    try {
      await this.#consumer.commitOffsets(offsets.map((each) => ({ ...each, offset: each.offset.toString() })));
    } catch (thrown) {
      if (NO_LONGER_A_MEMBER.has(protocolErrorOf(thrown) ?? '')) return false;
      throw fromKafkajs(thrown, `Committing offsets of group ${this.#groupId}`, { group: this.#groupId });
    }
    return this.#commits > before; // kafkajs returns in silence when it is not running
  }

  /** Leaves the group. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#queue.end();
    await this.#joining?.ended; // kafkajs forgets who is joining, and would leave a member behind that nobody knows
    const disconnected = this.#consumer.disconnect();
    wakeFetchers();
    await disconnected;
  }
}

function isSame(one: TopicPartition, other: TopicPartition): boolean {
  return one.partition === other.partition && one.topic === other.topic;
}

function pending(): { readonly ended: Promise<void>; readonly end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { ended, end: () => end() };
}
