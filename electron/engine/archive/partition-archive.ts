/**
 * One partition's way into the bucket: the open segment, the closed ones that wait for their upload, and where the
 * chain ends. Uploads go one after another; an offset is committed only when its segment is in the bucket.
 */
import { messageOf, PermafrostError } from '../../../shared/errors';
import { crcMatches, recordBatches, type RecordBatch } from '../kafka/record-batch';
import type { FetchedSet } from '../kafka/raw-consumer';
import { Tally, type TallyState } from '../kafka/tally';
import { lifeOf, type TopicIdentity } from '../kafka/topic-identity';
import { TransactionFilter } from '../kafka/transactions';
import type { ChainPlace } from './chain';
import { gapSegment, OpenSegment, type ClosedSegment, type SegmentProgress } from './open-segment';
import type { ArchiveOptions, Clock } from './options';
import type { StartPosition } from './start-position';
import type { UploadOutcome } from './upload';

/** What a partition needs of the archiver around it. */
export interface PartitionSurroundings {
  readonly options: ArchiveOptions;
  readonly clock: Clock;
  /** the topic of that name as Kafka has it now; null when it is gone */
  currentTopic(): Promise<TopicIdentity | null>;
  /** Tried until the partition is over here: whoever has it now reads those records again. */
  upload(place: ChainPlace, closed: ClosedSegment, end: UploadEnd): Promise<UploadOutcome>;
  /** commits for this partition; failures are the archiver's to show, since the bucket is the truth */
  commit(nextOffset: bigint, segment: string, tally: TallyState): Promise<void>;
  /** fetch from here: a jump or a damaged batch */
  readAgainFrom(offset: bigint): void;
  uploaded(closed: ClosedSegment, outcome: UploadOutcome & { readonly kind: 'stored' }): void;
  /** the place in the chain is no longer known: ask again where to go on */
  lost(reason: PermafrostError | null): void;
  /** something went wrong and was dealt with */
  problem(error: PermafrostError): void;
  failed(error: PermafrostError): void;
}

/** How an upload ends before it is done. */
export interface UploadEnd {
  /** aborted: the request under way is the last one */
  readonly retries: AbortSignal;
  /** aborted: that one is cut off as well */
  readonly request: AbortSignal;
}

interface Queued {
  readonly closing: Promise<ClosedSegment>;
  readonly bytes: number;
  /** null for a gap */
  readonly progress: SegmentProgress | null;
  readonly tally: TallyState;
}

/** A batch that is damaged three times in a row is kept as it is. */
const MAX_READS_OF_DAMAGED_BATCH = 3;

export class PartitionArchive {
  readonly place: ChainPlace;
  readonly #identity: TopicIdentity;
  readonly #around: PartitionSurroundings;
  #open: OpenSegment | null = null;
  #queue: Queued[] = [];
  #pump: Promise<void> | null = null;
  #chainEnd: bigint;
  #position: bigint;
  #tally: Tally;
  /** the tally at the chain's end: what is thrown away is counted again when it is read again */
  #safeTally: TallyState;
  /** up to here everything was fetched while the topic was known to be this one */
  #confirmed: bigint;
  /** of the last batch that was taken; -1 before the first */
  #leaderEpoch = -1;
  /** a later one that was looked into: the log holds what was read before it */
  #trustedEpoch = -1;
  #damagedReads = 0;
  #isOver = false;
  readonly #noRetry = new AbortController();
  readonly #noUpload = new AbortController();

  constructor(identity: TopicIdentity, start: StartPosition, around: PartitionSurroundings) {
    this.place = start.place;
    this.#identity = identity;
    this.#around = around;
    this.#chainEnd = start.chainEnd;
    this.#position = start.position;
    this.#confirmed = start.position;
    this.#tally = start.tally === null ? Tally.startingAt(start.position) : new Tally(start.tally);
    this.#safeTally = this.#tally.state;
    if (start.gap !== null) {
      this.#enqueue(gapSegment(this.#segmentPlace, start.gap, around.options), null);
    }
  }

  /** the next offset it reads */
  get position(): bigint {
    return this.#position;
  }

  /** exclusive: where the chain in the bucket ends */
  get archived(): bigint {
    return this.#chainEnd;
  }

  /** What was read, for asking whether the log still holds it. */
  get read(): { readonly position: bigint; readonly leaderEpoch: number } {
    return { position: this.#position, leaderEpoch: this.#leaderEpoch };
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** bytes in memory: the open segment and those that wait for their upload */
  get heldBytes(): number {
    return (this.#open?.heldBytes ?? 0) + this.waitingBytes;
  }

  /** Sizes of what is not in the bucket yet: the open segment and those that wait for their upload. */
  unfinished(): readonly SegmentProgress[] {
    const waiting = this.#queue.flatMap(({ progress }) => progress ?? []);
    return this.#open === null ? waiting : [...waiting, this.#open.progress];
  }

  /** bytes that wait for their upload */
  get waitingBytes(): number {
    return this.#queue.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get openBlockBytes(): number {
    return this.#open?.openBlockBytes ?? 0;
  }

  /** Compresses the open block before it is full. */
  endBlock(): void {
    this.#open?.endBlock();
  }

  get openBytes(): number {
    return this.#open?.heldBytes ?? 0;
  }

  /** Takes what was fetched. Encoding and compressing happen here; sealing and uploading go on beside it. */
  take(set: FetchedSet): void {
    if (this.#isOver) return;
    if (set.fetchedOffset !== this.#position) {
      this.close(); // kafkajs went elsewhere (offset out of range): see where the log and the chain stand
      this.#around.lost(null);
      return;
    }
    const transactions = new TransactionFilter(set.abortedTransactions);
    for (const batch of recordBatches(set.recordSet)) {
      if (this.#isOfUnknownEpoch(batch)) return;
      const isWhole = crcMatches(batch);
      if (!isWhole && (this.#damagedReads += 1) < MAX_READS_OF_DAMAGED_BATCH) {
        this.#around.readAgainFrom(this.#position);
        return;
      }
      this.#damagedReads = 0;
      this.#open ??= new OpenSegment(
        this.#segmentPlace,
        this.#position,
        this.#around.options,
        this.#around.clock.now(),
      );
      if (isWhole) this.#tally.add(batch, this.#open.add(batch, transactions.classify(batch)));
      else {
        transactions.pass(batch);
        this.#keepDamaged(this.#open, batch);
      }
      this.#leaderEpoch = batch.leaderEpoch;
      this.#position = this.#open.position;
      this.closeIfDue();
    }
  }

  /** Behind an election the log may have been cut before what was read: that is looked into before anything is taken. */
  #isOfUnknownEpoch({ leaderEpoch }: RecordBatch): boolean {
    if (this.#leaderEpoch < 0 || leaderEpoch <= Math.max(this.#leaderEpoch, this.#trustedEpoch)) return false;
    this.#trustedEpoch = leaderEpoch;
    this.#around.lost(null);
    return true;
  }

  #keepDamaged(open: OpenSegment, batch: RecordBatch): void {
    open.addCorrupt(batch);
    this.#tally.add(batch, 0);
    this.#around.problem(damagedKept(this.place, batch));
  }

  closeIfDue(): void {
    if (this.#open?.isDue(this.#around.options.limits, this.#around.clock.now())) this.close();
  }

  /** Closes the open segment and has it uploaded. */
  close(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    this.#enqueue(open.close(), open);
  }

  /** Resolves when everything that was closed is in the bucket and committed, or the partition is over. */
  async drained(): Promise<void> {
    while (this.#pump !== null) await this.#pump;
  }

  /**
   * After a rebalance that left the partition here: whether what is held still fits behind the chain's end.
   * The upload that is under way must be over.
   */
  continues(start: StartPosition): boolean {
    return (
      !this.#isOver &&
      start.place.life === this.place.life &&
      start.chainEnd === this.#chainEnd &&
      (start.gap === null || start.gap.to <= this.#position || this.#open !== null)
    );
  }

  /** @param position up to which was fetched before Kafka said that this is the topic */
  confirm(topic: TopicIdentity, position: bigint): void {
    if (lifeOf(topic) === lifeOf(this.#identity) && position > this.#confirmed) this.#confirmed = position;
  }

  /** Whether the topic is another one now, and all that is held was surely fetched from the former. */
  mayFinish(now: TopicIdentity): boolean {
    return lifeOf(now) !== lifeOf(this.#identity) && this.#open !== null && this.#position <= this.#confirmed;
  }

  /** Whether the log begins only behind what is held: that must be in the bucket before the gap between is told. */
  mustCloseBefore(start: StartPosition): boolean {
    return this.#open !== null && start.gap !== null && start.gap.to > this.#position;
  }

  /** Makes up for a commit that is missing. @param lastObject of the chain; null: it has none, but its start was chosen */
  commitPlace(lastObject: string | null): Promise<void> {
    return this.#around.commit(this.#chainEnd, lastObject ?? '', this.#safeTally);
  }

  /** Throws away what is not on its way into the bucket: the next owner reads it again. */
  leave(): void {
    this.#isOver = true;
    this.#noRetry.abort(); // an upload that is tried again and again must not outlive it, nor its memory
    this.#open?.discard();
    this.#open = null;
    this.#queue = [];
  }

  /** Throws away what is not in the bucket: it is read again. */
  discard(): void {
    this.leave();
    this.#noUpload.abort();
  }

  get #segmentPlace() {
    const { topic, partition } = this.place;
    const { clusterId, topicId } = this.#identity;
    return { clusterId, topic, topicId: topicId ?? '', partition };
  }

  #enqueue(closing: Promise<ClosedSegment>, open: OpenSegment | null): void {
    closing.catch(() => undefined); // handled where it is awaited, in the queue's turn
    this.#queue.push({
      closing,
      bytes: open?.heldBytes ?? 0,
      progress: open === null ? null : open.progress,
      tally: this.#tally.state,
    });
    this.#startPump();
  }

  #startPump(): void {
    this.#pump ??= this.#uploadAll().finally(() => {
      this.#pump = null;
      if (this.#queue.length > 0 && !this.#isOver) this.#startPump(); // it came when the last one was done, and this was not
    });
  }

  async #uploadAll(): Promise<void> {
    try {
      for (let next = this.#queue[0]; next !== undefined && !this.#isOver; next = this.#queue[0]) {
        const goesOn = await this.#uploadNext(await next.closing, next.tally);
        if (!goesOn) return;
        this.#queue.shift();
      }
    } catch (thrown) {
      if (this.#isOver) return;
      this.discard();
      this.#around.failed(thrown instanceof PermafrostError ? thrown : defect(this.place, thrown));
    }
  }

  /** @returns false when the partition is over here */
  async #uploadNext(closed: ClosedSegment, tally: TallyState): Promise<boolean> {
    if (!(await this.#isOfThisTopic(closed))) {
      this.discard(); // what was fetched may belong to either topic
      this.#around.lost(null);
      return false;
    }
    const end = { retries: this.#noRetry.signal, request: this.#noUpload.signal };
    const outcome = await this.#around.upload(this.place, closed, end);
    if (this.#isOver) {
      if (outcome.kind === 'stored') this.#around.uploaded(closed, outcome); // its commit is the next owner's
      return false;
    }
    if (outcome.kind === 'overtaken') {
      this.discard();
      this.#around.lost(overtaken(this.place, outcome));
      return false;
    }
    this.#chainEnd = closed.segment.identity.nextOffset;
    this.#safeTally = tally;
    this.#around.uploaded(closed, outcome);
    await this.#around.commit(this.#chainEnd, outcome.object.name, tally);
    return true;
  }

  /** Whether the segment was fetched while the topic had this id; a topic that is gone gave nothing since. */
  async #isOfThisTopic({ segment }: ClosedSegment): Promise<boolean> {
    const fetched = this.#position;
    const now = await this.#around.currentTopic();
    this.confirm(now ?? this.#identity, fetched);
    return segment.identity.nextOffset <= this.#confirmed;
  }

  /** The tally to go on with when another instance takes over from the chain's end. */
  get safeTally(): TallyState {
    return this.#safeTally;
  }
}

function overtaken(place: ChainPlace, { object }: UploadOutcome): PermafrostError {
  return new PermafrostError(
    'STORE_CONFLICT',
    `Another archiver has written ${object.name}. What was read here behind it is read again; nothing is lost or doubled.`,
    { context: { topic: place.topic, partition: place.partition, object: object.name } },
  );
}

function damagedKept(place: ChainPlace, { baseOffset, lastOffset }: RecordBatch): PermafrostError {
  const { topic, partition } = place;
  return new PermafrostError(
    'BATCH_DAMAGED',
    `The record batch at offsets ${baseOffset} to ${lastOffset} of ${topic}/${partition} is damaged in Kafka. Its bytes are kept in the archive as they are; look at the broker's disk.`,
    { context: { topic, partition, offset: baseOffset.toString(), lastOffset: lastOffset.toString() } },
  );
}

function defect(place: ChainPlace, thrown: unknown): PermafrostError {
  return new PermafrostError(
    'INTERNAL',
    `Archiving partition ${place.partition} of ${place.topic} failed: ${messageOf(thrown)}`,
    {
      context: { topic: place.topic, partition: place.partition },
      cause: thrown,
    },
  );
}
