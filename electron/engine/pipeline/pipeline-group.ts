/**
 * The consumer group that stands for the primary pipeline: it reads what the archiver reads, and counts it, so that the
 * two can be compared. It works per batch and keeps nothing but the latest messages.
 */
import { asPermafrostError, type PermafrostError } from '../../../shared/errors';
import { readCommitNote, writeTallyNote } from '../archive/commit-note';
import type { KafkaAdmin } from '../kafka/admin';
import type { Kafka } from '../kafka/kafkajs-types';
import type { TallyReport } from '../kafka/comparison';
import { RawConsumer, type FetchedSet, type TopicPartition } from '../kafka/raw-consumer';
import { crcMatches, recordBatches } from '../kafka/record-batch';
import { Tally } from '../kafka/tally';
import { TransactionFilter } from '../kafka/transactions';
import { LatestMessages, type LatestMessage } from './latest-messages';

export interface PipelineParts {
  readonly kafka: Kafka;
  readonly admin: KafkaAdmin;
  readonly groupId: string;
  readonly topic: string;
  readonly events: { problem(error: PermafrostError): void };
}

export interface PipelineStatus {
  readonly partitions: readonly {
    readonly partition: number;
    readonly position: bigint;
    readonly tally: TallyReport;
  }[];
  readonly latest: readonly LatestMessage[];
}

const COMMIT_EVERY_MS = 1_000;

export class PipelineGroup {
  readonly #parts: PipelineParts;
  readonly #tallies = new Map<number, Tally>();
  readonly #committed = new Map<number, bigint>();
  readonly #latest = new LatestMessages();
  readonly #timer: NodeJS.Timeout;
  #consumer: RawConsumer | null = null;
  #generation = 0;

  private constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.#commit(), COMMIT_EVERY_MS);
  }

  /** @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  static async start(parts: PipelineParts): Promise<PipelineGroup> {
    const group = new PipelineGroup(parts);
    try {
      group.#consumer = await RawConsumer.start(
        parts.kafka,
        { groupId: parts.groupId, topics: [parts.topic] },
        {
          onAssigned: (partitions) => void group.#assigned(partitions),
          onFetched: (set) => {
            group.#fetched(set);
            return Promise.resolve();
          },
          onCrash: (error) => parts.events.problem(error),
        },
      );
    } catch (thrown) {
      clearInterval(group.#timer);
      throw thrown;
    }
    return group;
  }

  status(): PipelineStatus {
    return {
      partitions: [...this.#tallies]
        .sort(([a], [b]) => a - b)
        .map(([partition, tally]) => ({
          partition,
          position: tally.state.offset,
          tally: { state: tally.state, checkpoints: tally.takeCheckpoints() },
        })),
      latest: this.#latest.latest(20),
    };
  }

  /** Commits where it stands, and leaves the group. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#commit();
    await this.#consumer?.stop();
  }

  async #assigned(partitions: readonly TopicPartition[]): Promise<void> {
    const generation = ++this.#generation;
    const { admin, groupId, topic, events } = this.#parts;
    try {
      const [committed, log] = await Promise.all([admin.committed(groupId, topic), admin.logRanges(topic)]);
      if (generation !== this.#generation) return;
      this.#tallies.clear();
      for (const each of partitions) {
        const range = log.find(({ partition }) => partition === each.partition);
        const found = committed.find(({ partition }) => partition === each.partition);
        const isWithin =
          range !== undefined && found !== undefined && found.offset >= range.earliest && found.offset <= range.end;
        const offset = isWithin ? found.offset : (range?.earliest ?? 0n);
        const note = isWithin ? readCommitNote(found.metadata) : null;
        this.#tallies.set(
          each.partition,
          note?.tally.offset === offset ? new Tally(note.tally) : Tally.startingAt(offset),
        );
        this.#consumer?.resumeAt(each, offset);
      }
    } catch (thrown) {
      events.problem(asPermafrostError(thrown));
      if (generation === this.#generation) setTimeout(() => void this.#assigned(partitions), COMMIT_EVERY_MS);
    }
  }

  #fetched(set: FetchedSet): void {
    let tally = this.#tallies.get(set.partition);
    if (tally === undefined) return;
    if (set.fetchedOffset > tally.state.offset) {
      tally = Tally.startingAt(set.fetchedOffset); // what lay between has expired: counting begins anew
      this.#tallies.set(set.partition, tally);
    }
    const transactions = new TransactionFilter(set.abortedTransactions);
    for (const batch of recordBatches(set.recordSet)) {
      const isSeen = crcMatches(batch) && transactions.classify(batch) === 'records';
      tally.add(batch, isSeen ? batch.count : 0);
    }
    this.#latest.saw(set);
  }

  async #commit(): Promise<void> {
    const { topic, events } = this.#parts;
    const fresh = [...this.#tallies]
      .map(([partition, { state }]) => ({ partition, state }))
      .filter(({ partition, state }) => this.#committed.get(partition) !== state.offset);
    if (fresh.length === 0 || this.#consumer === null) return;
    try {
      const isTaken = await this.#consumer.commit(
        fresh.map(({ partition, state }) => ({
          topic,
          partition,
          offset: state.offset,
          metadata: writeTallyNote(state),
        })),
      );
      if (isTaken) for (const { partition, state } of fresh) this.#committed.set(partition, state.offset);
    } catch (thrown) {
      events.problem(asPermafrostError(thrown));
    }
  }
}
