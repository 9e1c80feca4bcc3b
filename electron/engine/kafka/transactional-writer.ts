/**
 * One producer with a transactional id for one partition: its records and its progress, as an offset that a group commits,
 * become visible together or not at all. Whoever opens it anew fences who had it, and aborts what that one left open.
 *
 * Any error ends its use: open it again, and ask for the progress. What was acknowledged and not committed is then aborted;
 * read_committed readers never see it, others may.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorContext } from '../../../shared/errors';
import type { RecordRun } from '../segment/record-runs';
import { fromKafkajs, protocolErrorOf } from './errors';
import { COORDINATOR_OF_GROUPS, COORDINATOR_OF_TRANSACTIONS, type Broker, type Cluster } from './kafkajs-types';
import { sealBatch, type BatchCompression } from './outgoing-batch';
import { produceBatch } from './produce';
import { fetchTopics } from './topic-metadata';

/** Kafka aborts what is open for longer: it must last over the download of an archive */
const TRANSACTION_TIMEOUT_MS = 300_000;
/** sequence numbers have 31 bits, and begin anew */
const MAX_SEQUENCE = 0x7fff_ffff;
/** how many batches of a producer Kafka can tell from ones that were sent twice */
export const MAX_IN_FLIGHT = 5;

const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;
/** The last transaction is still being ended, or a coordinator starts: it passes. */
const PASSING: ReadonlySet<string> = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

export interface WriterPlace {
  readonly transactionalId: string;
  readonly topic: string;
  readonly partition: number;
}

/** An offset that the transaction commits for a group, in the writer's partition. */
export interface GroupOffset {
  readonly groupId: string;
  readonly offset: bigint;
  readonly metadata: string;
}

interface Producer {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

export class TransactionalWriter {
  readonly #cluster: Cluster;
  readonly #place: WriterPlace;
  readonly #leader: Broker;
  readonly #coordinator: Broker;
  readonly #coordinatorOf = new Map<string, Promise<Broker>>();
  readonly #producer: Producer;
  #sequence = 0;
  #hasPartition = false;
  #isOpen = false;

  private constructor(cluster: Cluster, place: WriterPlace, leader: Broker, coordinator: Broker, producer: Producer) {
    this.#cluster = cluster;
    this.#place = place;
    this.#leader = leader;
    this.#coordinator = coordinator;
    this.#producer = producer;
  }

  /** @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED; CANCELLED */
  static async open(cluster: Cluster, place: WriterPlace, signal: AbortSignal): Promise<TransactionalWriter> {
    const { transactionalId, topic, partition } = place;
    try {
      const leader = await leaderOf(cluster, topic, partition);
      return await patiently(async () => {
        const query = { groupId: transactionalId, coordinatorType: COORDINATOR_OF_TRANSACTIONS } as const;
        const coordinator = await cluster.findGroupCoordinator(query);
        const asked = { transactionalId, transactionTimeout: TRANSACTION_TIMEOUT_MS };
        const { producerId, producerEpoch } = await coordinator.initProducerId(asked);
        const producer = { transactionalId, producerId, producerEpoch };
        return new TransactionalWriter(cluster, place, leader, coordinator, producer);
      }, signal);
    } catch (thrown) {
      throw fromKafkajs(thrown, `Beginning to write to ${topic}, partition ${partition}`, contextOf(place));
    }
  }

  /** records or offsets wait for a commit */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Begins a transaction unless one is open. Must be done before records are sent. */
  async begin(signal: AbortSignal): Promise<void> {
    if (this.#hasPartition) return;
    const { topic, partition } = this.#place;
    this.#isOpen = true;
    await this.#asked('Beginning a transaction', async () => {
      const topics = [{ topic, partitions: [partition] }];
      await patiently(() => this.#coordinator.addPartitionsToTxn({ ...this.#producer, topics }), signal);
    });
    this.#hasPartition = true;
  }

  /**
   * Sends a batch behind those sent before, without waiting for them: at most MAX_IN_FLIGHT may be under way.
   * @returns the offset of its first record, when Kafka has it
   */
  produce(run: RecordRun & { readonly compression: BatchCompression }): Promise<bigint> {
    const { transactionalId, topic, partition } = this.#place;
    const sequence = this.#sequence;
    this.#sequence = (sequence + run.records) & MAX_SEQUENCE;
    const producerId = BigInt(this.#producer.producerId);
    const batch = sealBatch(run, { producerId, producerEpoch: this.#producer.producerEpoch, sequence });
    return this.#asked(`Writing ${run.records} records (${batch.length} bytes)`, () =>
      produceBatch(this.#leader, { transactionalId, topic, partition, batch }),
    );
  }

  /** Commits what was produced together with offsets of groups. All batches must have been acknowledged. */
  async commit(offsets: readonly GroupOffset[], signal: AbortSignal): Promise<void> {
    this.#isOpen = true;
    await this.#asked('Committing a transaction', async () => {
      for (const offset of offsets) await this.#addOffset(offset, signal);
      await this.#end(true, signal);
    });
  }

  /** Gives up what was produced since the last commit. */
  async abort(signal: AbortSignal): Promise<void> {
    if (!this.#isOpen) return;
    await this.#asked('Giving up a transaction', () => this.#end(false, signal));
  }

  async #addOffset({ groupId, offset, metadata }: GroupOffset, signal: AbortSignal): Promise<void> {
    const { topic, partition } = this.#place;
    await patiently(() => this.#coordinator.addOffsetsToTxn({ ...this.#producer, groupId }), signal);
    const coordinator = await this.#groupCoordinator(groupId);
    const topics = [{ topic, partitions: [{ partition, offset: offset.toString(), metadata }] }];
    await patiently(() => coordinator.txnOffsetCommit({ ...this.#producer, groupId, topics }), signal);
  }

  #groupCoordinator(groupId: string): Promise<Broker> {
    const known = this.#coordinatorOf.get(groupId);
    if (known !== undefined) return known;
    const found = this.#cluster.findGroupCoordinator({ groupId, coordinatorType: COORDINATOR_OF_GROUPS });
    this.#coordinatorOf.set(groupId, found);
    return found;
  }

  async #end(isCommit: boolean, signal: AbortSignal): Promise<void> {
    await patiently(() => this.#coordinator.endTxn({ ...this.#producer, transactionResult: isCommit }), signal);
    this.#hasPartition = false;
    this.#isOpen = false;
  }

  async #asked<Answer>(doing: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (thrown) {
      const { topic, partition } = this.#place;
      throw fromKafkajs(thrown, `${doing} in ${topic}, partition ${partition}`, contextOf(this.#place));
    }
  }
}

async function leaderOf(cluster: Cluster, topic: string, partition: number): Promise<Broker> {
  const [description] = await fetchTopics(cluster, [topic]);
  const found = description?.partitions.find((each) => each.partition === partition);
  if (found === undefined) throw new Error(`there is no partition ${partition} of topic ${topic}`);
  return cluster.findBroker({ nodeId: String(found.leader) });
}

/** Asks again while Kafka says that it passes. */
async function patiently<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    try {
      return await ask();
    } catch (thrown) {
      if (!PASSING.has(protocolErrorOf(thrown) ?? '') || Date.now() > deadline || signal.aborted) throw thrown;
    }
    await sleep(pause);
  }
}

function contextOf({ topic, partition }: WriterPlace): ErrorContext {
  return { topic, partition };
}
