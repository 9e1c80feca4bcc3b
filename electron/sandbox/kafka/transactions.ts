/**
 * The coordinator of all transactions (KIP-98): which producer a transactional id belongs to, what its transaction
 * touches, how it ends.
 *
 * Invariants
 * - A change is on record before it is answered. Changes of one transactional id go one after another.
 * - Every end writes a marker to each partition of the transaction; a producer that was replaced is fenced there by the
 *   marker's higher epoch, and here by its own.
 * not implemented: expiry of transactional ids; a new epoch for each transaction (KIP-890, part 2); InitProducerId asked
 * again by a producer that lost the answer to it (KIP-360's last epoch: such a producer finds itself fenced).
 */
import { join } from 'node:path';
import type { MarkerType } from './control-batch';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { LineJournal } from './line-journal';
import type { OffsetCommit, OffsetJournal } from './offset-journal';
import type { ProducerIds } from './producer-ids';
import type { Topics } from './topics';
import { NOTHING_OPEN, TransactionState, hasPartition, type TransactionPartition } from './transaction-state';

/** As Kafka's transaction.max.timeout.ms. */
const MAX_TIMEOUT_MS = 15 * 60_000;
const HIGHEST_EPOCH = 0x7ffe;

export interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What the coordinator works on. */
export interface TransactionParts {
  readonly topics: Topics;
  readonly offsets: OffsetJournal;
  readonly producerIds: ProducerIds;
  readonly clock: () => number;
  /** Told of errors in what nobody asked for: the end of a transaction whose time is up. */
  readonly onDefect: (error: unknown) => void;
}

export class Transactions {
  readonly #parts: TransactionParts;
  readonly #states: Map<string, TransactionState>;
  readonly #journal: LineJournal<TransactionState>;
  readonly #lastChange = new Map<string, Promise<unknown>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  private constructor(
    parts: TransactionParts,
    states: Map<string, TransactionState>,
    journal: LineJournal<TransactionState>,
  ) {
    this.#parts = parts;
    this.#states = states;
    this.#journal = journal;
  }

  /** Also ends what was about to end when the broker did. @throws PermafrostError SANDBOX_FAILED if it is damaged */
  static async load(dataDir: string, parts: TransactionParts): Promise<Transactions> {
    const states = new Map<string, TransactionState>();
    const journal = await LineJournal.load(join(dataDir, 'transactions.jsonl'), {
      schema: TransactionState,
      apply: (state) => states.set(state.transactionalId, state),
      live: () => [...states.values()],
    });
    const transactions = new Transactions(parts, states, journal);
    for (const state of [...states.values()]) {
      if (state.phase === 'ongoing') transactions.#expectEnd(state);
      else await transactions.#settle(state);
    }
    return transactions;
  }

  /**
   * Gives a transactional id to a producer. Another one that had it is fenced, and its open transaction aborted.
   * @param current what the producer was given before, if it asks again
   */
  begin(transactionalId: string, timeoutMs: number, current: Producer | undefined): Promise<Producer> {
    return this.#change(transactionalId, async () => {
      if (timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
        throw new KafkaRefusal(ErrorCode.INVALID_TRANSACTION_TIMEOUT, `a timeout of ${timeoutMs} ms`);
      }
      const known = this.#states.get(transactionalId);
      if (known !== undefined && current !== undefined) checkProducer(known, current);
      const ended = known === undefined ? undefined : await this.#settle(known);
      return this.#save({
        ...NOTHING_OPEN,
        ...(await this.#nextProducer(ended)),
        transactionalId,
        timeoutMs,
        phase: 'empty',
        startedAtMs: 0,
      });
    });
  }

  /** Ends what is open: as it was about to end, else by aborting it and fencing its producer. */
  async #settle(state: TransactionState): Promise<TransactionState> {
    switch (state.phase) {
      case 'ongoing':
        return this.#end({ ...state, producerEpoch: state.producerEpoch + 1 }, 'abort');
      case 'prepare-commit':
      case 'prepare-abort':
        return this.#complete(state);
      default:
        return state;
    }
  }

  async #nextProducer(known: TransactionState | undefined): Promise<Producer> {
    if (known === undefined || known.producerEpoch >= HIGHEST_EPOCH) {
      return { producerId: await this.#parts.producerIds.take(), producerEpoch: 0 };
    }
    return { producerId: known.producerId, producerEpoch: known.producerEpoch + 1 };
  }

  /** Makes partitions part of the producer's transaction, which begins with the first of them. */
  addPartitions(id: string, producer: Producer, partitions: readonly TransactionPartition[]): Promise<void> {
    return this.#change(id, async () => {
      const state = this.#existing(id, producer);
      const added = partitions.filter((partition) => !hasPartition(state, partition));
      if (state.phase === 'ongoing' && added.length === 0) return;
      await this.#save({ ...this.#opened(state), partitions: [...state.partitions, ...added] });
    });
  }

  /** Lets the producer's transaction commit offsets of a group. */
  addGroup(id: string, producer: Producer, group: string): Promise<void> {
    return this.#change(id, async () => {
      const state = this.#existing(id, producer);
      if (state.phase === 'ongoing' && state.groups.includes(group)) return;
      await this.#save({ ...this.#opened(state), groups: [...state.groups, group] });
    });
  }

  /** Keeps offsets until the transaction ends. @throws KafkaRefusal INVALID_TXN_STATE unless addGroup was called */
  addOffsets(id: string, producer: Producer, group: string, offsets: readonly OffsetCommit[]): Promise<void> {
    return this.#change(id, async () => {
      const state = this.#existing(id, producer);
      if (state.phase !== 'ongoing' || !state.groups.includes(group)) throw notOpen(id);
      await this.#save({ ...state, offsets: [...state.offsets, ...offsets] });
    });
  }

  end(id: string, producer: Producer, type: MarkerType): Promise<void> {
    return this.#change(id, async () => {
      const state = this.#existing(id, producer);
      // It asks again because an answer was lost, or the end could not be written.
      if (state.phase === `complete-${type}`) return;
      if (state.phase === `prepare-${type}`) await this.#complete(state);
      else if (state.phase === 'ongoing') await this.#end(state, type);
      else throw notOpen(id);
    });
  }

  /** @throws KafkaRefusal unless the producer's open transaction has that partition */
  checkAppend(id: string | null, producer: Producer, partition: TransactionPartition): void {
    const state = id === null ? undefined : this.#states.get(id);
    if (id === null || state === undefined) throw notOpen(String(id));
    if (state.producerId !== producer.producerId || state.producerEpoch !== producer.producerEpoch) {
      throw new KafkaRefusal(ErrorCode.INVALID_PRODUCER_EPOCH, `another producer has the transactional id ${id}`);
    }
    if (state.phase !== 'ongoing' || !hasPartition(state, partition)) throw notOpen(id);
  }

  /** Whether a transaction that is open commits an offset of that partition. */
  hasPendingOffset(group: string, topic: string, partition: number): boolean {
    for (const { offsets } of this.#states.values()) {
      if (offsets.some((one) => one.group === group && one.topic === topic && one.partition === partition)) return true;
    }
    return false;
  }

  #existing(id: string, producer: Producer): TransactionState {
    const state = this.#states.get(id);
    if (state === undefined) {
      throw new KafkaRefusal(ErrorCode.INVALID_PRODUCER_ID_MAPPING, `nobody has the transactional id ${id}`);
    }
    checkProducer(state, producer);
    return state;
  }

  #opened(state: TransactionState): TransactionState {
    return state.phase === 'ongoing' ? state : { ...state, phase: 'ongoing', startedAtMs: this.#parts.clock() };
  }

  async #end(state: TransactionState, type: MarkerType): Promise<TransactionState> {
    return this.#complete(await this.#save({ ...state, phase: `prepare-${type}` }));
  }

  async #complete(state: TransactionState): Promise<TransactionState> {
    const { partitions, producerId, producerEpoch, offsets } = state;
    const type = state.phase === 'prepare-commit' ? 'commit' : 'abort';
    const { topics, clock } = this.#parts;
    const marker = { type, producerId, producerEpoch, timestampMs: clock() } as const;
    await Promise.all(partitions.map(async (at) => topics.partition(at.topic, at.partition)?.appendMarker(marker)));
    if (type === 'commit') {
      const kept = offsets.filter((offset) => topics.partition(offset.topic, offset.partition) !== undefined);
      await this.#parts.offsets.commit(kept);
    }
    return this.#save({ ...state, ...NOTHING_OPEN, phase: `complete-${type}` });
  }

  /** It counts from now on, and is on record when this returns. */
  async #save(state: TransactionState): Promise<TransactionState> {
    const before = this.#states.get(state.transactionalId);
    this.#states.set(state.transactionalId, state);
    this.#expectEnd(state);
    try {
      await this.#journal.append([state]);
      return state;
    } catch (error) {
      this.#states.delete(state.transactionalId);
      if (before !== undefined) this.#states.set(state.transactionalId, before);
      if (before !== undefined) this.#expectEnd(before);
      throw error;
    }
  }

  #expectEnd({ transactionalId: id, phase, startedAtMs, timeoutMs }: TransactionState): void {
    if (phase === 'ongoing' && this.#timers.has(id)) return;
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (phase !== 'ongoing') return;
    const leftMs = Math.min(Math.max(startedAtMs + timeoutMs - this.#parts.clock(), 0), timeoutMs);
    this.#timers.set(
      id,
      setTimeout(() => void this.#expire(id, startedAtMs).catch(this.#parts.onDefect), leftMs),
    );
  }

  /** Aborts a transaction whose time is up; its producer is fenced. */
  #expire(id: string, startedAtMs: number): Promise<void> {
    return this.#change(id, async () => {
      const state = this.#states.get(id);
      if (state?.phase === 'ongoing' && state.startedAtMs === startedAtMs) await this.#settle(state);
    });
  }

  #change<T>(id: string, change: () => Promise<T>): Promise<T> {
    const result = (this.#lastChange.get(id) ?? Promise.resolve()).then(change);
    const settled = result.catch(() => undefined);
    this.#lastChange.set(id, settled);
    return result;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#lastChange.values());
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#journal.close();
  }
}

function checkProducer(state: TransactionState, { producerId, producerEpoch }: Producer): void {
  const id = state.transactionalId;
  if (state.producerId !== producerId) {
    throw new KafkaRefusal(ErrorCode.INVALID_PRODUCER_ID_MAPPING, `producer ${producerId} does not have ${id}`);
  }
  if (state.producerEpoch !== producerEpoch) {
    throw new KafkaRefusal(ErrorCode.PRODUCER_FENCED, `another producer has the transactional id ${id}`);
  }
}

function notOpen(id: string): KafkaRefusal {
  return new KafkaRefusal(ErrorCode.INVALID_TXN_STATE, `the transaction of ${id} is not open here`);
}
