/**
 * The transactions that touch one partition: which are open, and which were aborted. Rebuilt from the batches when a
 * log is opened.
 */
import { markerType } from './control-batch';
import { Attributes, type BatchHeader } from './record-batch';

/** As a read_committed fetch is told: batches of this producer from `firstOffset` to its next marker do not count. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Of the marker. */
  readonly lastOffset: number;
}

export class PartitionTransactions {
  /** By producer id: the first offset of the transaction that is open. */
  readonly #open = new Map<number, number>();
  /** In the order of their markers. */
  #aborted: AbortedTransaction[] = [];

  /** Notes a batch that is part of the log now. */
  remember(header: BatchHeader, bytes: Buffer): void {
    if ((header.attributes & Attributes.TRANSACTIONAL) === 0) return;
    const { producerId, baseOffset } = header;
    if ((header.attributes & Attributes.CONTROL) === 0) {
      if (!this.#open.has(producerId)) this.#open.set(producerId, baseOffset);
      return;
    }
    const firstOffset = this.#open.get(producerId);
    this.#open.delete(producerId);
    if (firstOffset === undefined || markerType(bytes) === 'commit') return;
    this.#aborted.push({ producerId, firstOffset, lastOffset: baseOffset });
  }

  /** First offset of the oldest transaction that is open, Infinity if none is: what is before it is decided. */
  get firstOpenOffset(): number {
    let first = Infinity;
    // A map keeps the order of its keys, and transactions are opened in the order of their offsets.
    for (const offset of this.#open.values()) {
      first = offset;
      break;
    }
    return first;
  }

  get hasAborted(): boolean {
    return this.#aborted.length > 0;
  }

  /** The aborted transactions that reach into the offsets from `from` to before `before`. */
  abortedBetween(from: number, before: number): AbortedTransaction[] {
    return this.#aborted.filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < before);
  }

  isAborted({ producerId, baseOffset, attributes }: BatchHeader): boolean {
    if ((attributes & Attributes.TRANSACTIONAL) === 0) return false;
    return this.abortedBetween(baseOffset, baseOffset + 1).some((aborted) => aborted.producerId === producerId);
  }

  forgetBefore(offset: number): void {
    this.#aborted = this.#aborted.filter(({ lastOffset }) => lastOffset >= offset);
  }
}
