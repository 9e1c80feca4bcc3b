import type { AbortedTransaction } from './kafkajs';
import { RecordCursor, type RecordBatch } from './record-batch';

/** What a batch is for a reader of committed records. */
export type BatchKind = 'records' | 'control' | 'aborted';

const ABORT_MARKER = 0;

/**
 * Tells aborted batches from committed ones, as a read_committed consumer must: the broker names the aborted
 * transactions of a fetch, their batches lie between firstOffset and the producer's abort marker.
 * Source: KIP-98, Fetch v4 aborted_transactions.
 */
export class TransactionFilter {
  readonly #pending: AbortedTransaction[];
  readonly #aborting = new Set<bigint>();
  readonly #cursor = new RecordCursor();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#pending = aborted.toSorted((a, b) => (BigInt(a.firstOffset) < BigInt(b.firstOffset) ? -1 : 1));
  }

  /** Batches must come in offset order. */
  classify(batch: RecordBatch): BatchKind {
    this.#begin(batch);
    if (batch.isControl) {
      if (this.#isAbortMarker(batch)) this.#aborting.delete(batch.producerId);
      return 'control';
    }
    return batch.isTransactional && this.#aborting.has(batch.producerId) ? 'aborted' : 'records';
  }

  /**
   * Goes past a batch that cannot be read. A marker ends its producer's transaction, whatever it says: else what that
   * producer has committed since would be taken for aborted.
   */
  pass(batch: RecordBatch): void {
    this.#begin(batch);
    if (batch.isControl) this.#aborting.delete(batch.producerId);
  }

  /** The aborted transactions that have begun by the end of a batch. */
  #begin({ lastOffset }: RecordBatch): void {
    for (let next = this.#pending[0]; next && BigInt(next.firstOffset) <= lastOffset; next = this.#pending[0]) {
      this.#aborting.add(BigInt(next.producerId));
      this.#pending.shift();
    }
  }

  /** A control record's key: version INT16, type INT16. */
  #isAbortMarker(batch: RecordBatch): boolean {
    this.#cursor.open(batch);
    if (!this.#cursor.next() || this.#cursor.keyLength < 4) return false;
    return this.#cursor.bytes.readInt16BE(this.#cursor.keyStart + 2) === ABORT_MARKER;
  }
}
