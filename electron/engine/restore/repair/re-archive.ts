/**
 * Archives a missing stretch again, into its place: segments that begin where the chain broke off and end exactly where it
 * goes on. Each is created only, and only behind one that was seen, as the archiver does it.
 */
import { PermafrostError } from '../../../../shared/errors';
import type { ChainPlace } from '../../archive/chain';
import { gapSegment, OpenSegment, type ClosedSegment, type SegmentPlace } from '../../archive/open-segment';
import type { ArchiveOptions } from '../../archive/options';
import { uploadSegment } from '../../archive/upload';
import type { Cluster } from '../../kafka/kafkajs-types';
import { readPartition } from '../../kafka/partition-reader';
import { crcMatches, recordBatches, type RecordBatch } from '../../kafka/record-batch';
import { fetchTopicIdentity, lifeOf, type TopicIdentity } from '../../kafka/topic-identity';
import { TransactionFilter } from '../../kafka/transactions';
import { compressorCaughtUp } from '../../segment/segment-writer';
import { lifeBase } from '../../store/object-names';
import type { ObjectStore, StoredObject } from '../../store/port';
import type { RetryOptions } from '../../store/retry';
import type { MissingStretch } from './plan';

/** How the archives to be are written. */
export type RepairedArchives = Pick<
  ArchiveOptions,
  'prefix' | 'codec' | 'level' | 'recipients' | 'reduction' | 'storageClass' | 'limits'
>;

export interface ReArchiveParts {
  readonly cluster: Cluster;
  readonly store: ObjectStore;
  readonly options: RepairedArchives;
  readonly signal: AbortSignal;
  /** of uploads; its signal is the one above */
  readonly retry: RetryOptions;
  /** read so far of the stretch: the next offset */
  readonly onPosition: (position: bigint) => void;
  readonly onStored: (object: StoredObject, closed: ClosedSegment) => void;
}

/** A batch that is damaged three times in a row is kept as it is. */
const MAX_READS_OF_DAMAGED_BATCH = 3;

/**
 * @throws PermafrostError LOG_TRUNCATED when Kafka has another topic or another log by now; KAFKA_*; STORE_*; CHAIN_BROKEN;
 * CANCELLED. What was stored before stays, and holds; what is missing then is found again.
 */
export async function reArchive(stretch: MissingStretch, parts: ReArchiveParts): Promise<void> {
  const { firstOffset, nextOffset, readableFrom } = stretch;
  if (readableFrom === null) return;
  const filling = new Filling(stretch, await currentTopic(stretch, parts), parts);
  let position = firstOffset;
  if (readableFrom > position) position = await filling.tellLost(position, readableFrom);
  while (position < nextOffset) position = await filling.fillFrom(position);
}

class Filling {
  readonly #stretch: MissingStretch;
  readonly #parts: ReArchiveParts;
  readonly #place: ChainPlace;
  readonly #segmentPlace: SegmentPlace;

  constructor(stretch: MissingStretch, identity: TopicIdentity, parts: ReArchiveParts) {
    const { topic, partition, life } = stretch;
    this.#stretch = stretch;
    this.#parts = parts;
    this.#place = { prefix: parts.options.prefix, topic, life, partition };
    this.#segmentPlace = { clusterId: identity.clusterId, topic, topicId: identity.topicId ?? '', partition };
  }

  /** What Kafka no longer has is told as removed: so the chain holds, and what follows can be put behind it. */
  async tellLost(from: bigint, to: bigint): Promise<bigint> {
    return this.#upload(await gapSegment(this.#segmentPlace, { from, to, reason: 'removed' }, this.#parts.options));
  }

  /** @returns where to go on: where another writer was first, behind what that has written */
  async fillFrom(from: bigint): Promise<bigint> {
    let damagedReads = 0;
    for (;;) {
      const done = await this.#read(from, damagedReads >= MAX_READS_OF_DAMAGED_BATCH - 1);
      if (done !== 'damaged') return done;
      damagedReads += 1;
    }
  }

  /** Fills until the end of the stretch, or as far as nobody else is in the way. */
  async #read(from: bigint, keepsDamaged: boolean): Promise<bigint | 'damaged'> {
    const { cluster, options, signal, onPosition } = this.#parts;
    const end = this.#stretch.nextOffset;
    let open = this.#open(from);
    let logEnd = from;
    try {
      for await (const set of readPartition(cluster, this.#stretch, { from, to: end }, signal)) {
        const transactions = new TransactionFilter(set.abortedTransactions);
        logEnd = set.highWatermark;
        for (const batch of recordBatches(set.recordSet)) {
          if (batch.baseOffset >= end) break;
          this.#assertSameLog(batch);
          const batchEnd = batch.lastOffset < end ? batch.lastOffset + 1n : end;
          if (crcMatches(batch)) open.add(batch, transactions.classify(batch), batchEnd);
          else if (!keepsDamaged) return 'damaged';
          else if (batch.lastOffset >= open.position) {
            transactions.pass(batch);
            open.addCorrupt(batch, batchEnd);
          }
          if (open.position < end && open.isDue(options.limits, 0)) {
            const stored = open.position;
            const next = await this.#upload(await open.close());
            if (next !== stored) return next;
            open = this.#open(next);
          }
        }
        onPosition(open.position);
        await compressorCaughtUp();
      }
      // what is not there behind the last batch is a hole of compaction, provided that the log goes further
      if (open.position < end && logEnd < end) throw endsEarly(this.#stretch, open.position);
      open.skipTo(end);
      return await this.#upload(await open.close());
    } finally {
      open.discard();
    }
  }

  /** Opened at 0 by a clock that stands still: age closes nothing here. */
  #open(firstOffset: bigint): OpenSegment {
    return new OpenSegment(this.#segmentPlace, firstOffset, this.#parts.options, 0);
  }

  /** A batch that is younger than what was archived behind the stretch was not there when that was read. */
  #assertSameLog({ leaderEpoch, baseOffset }: RecordBatch): void {
    const { leaderEpochBehind } = this.#stretch;
    if (leaderEpochBehind < 0 || leaderEpoch <= leaderEpochBehind) return;
    throw otherLog(this.#stretch, `its batch at offset ${baseOffset} is younger than what is archived behind it`);
  }

  /** @returns where the chain goes on: behind the segment, or behind what another writer has put there first */
  async #upload(closed: ClosedSegment): Promise<bigint> {
    const { store, options, signal, retry, onStored } = this.#parts;
    await currentTopic(this.#stretch, this.#parts);
    const request = { place: this.#place, ...closed, storageClass: options.storageClass, signal };
    const outcome = await uploadSegment(store, request, retry);
    if (outcome.kind === 'stored') {
      onStored(outcome.object, closed);
      return closed.segment.identity.nextOffset;
    }
    if (outcome.nextOffset > closed.segment.identity.firstOffset) return outcome.nextOffset;
    throw new PermafrostError('CHAIN_BROKEN', `${outcome.object.name} covers nothing, and stands in the way.`, {
      context: { object: outcome.object.name },
    });
  }
}

/** @throws PermafrostError LOG_TRUNCATED when it is not the topic that the chain is of */
async function currentTopic(stretch: MissingStretch, { cluster }: ReArchiveParts): Promise<TopicIdentity> {
  const identity = await fetchTopicIdentity(cluster, stretch.topic);
  if (identity !== null && lifeOf(identity) === lifeBase(stretch.life)) return identity;
  throw otherLog(stretch, identity === null ? 'the topic is gone' : 'the topic was made anew');
}

function otherLog({ topic, partition, firstOffset, nextOffset }: MissingStretch, why: string): PermafrostError {
  return new PermafrostError(
    'LOG_TRUNCATED',
    `Offsets ${firstOffset} to ${nextOffset - 1n} of ${topic}, partition ${partition}, cannot be archived again: ${why}. Nothing wrong was written.`,
    { context: { topic, partition, offset: firstOffset.toString() } },
  );
}

function endsEarly({ topic, partition, nextOffset }: MissingStretch, position: bigint): PermafrostError {
  return new PermafrostError(
    'KAFKA_UNAVAILABLE',
    `Kafka gives nothing of ${topic}, partition ${partition}, from offset ${position} on, and the archive goes on at ${nextOffset}. Try again later.`,
    { context: { topic, partition, offset: position.toString() } },
  );
}
