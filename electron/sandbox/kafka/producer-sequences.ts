/**
 * What idempotent producers (KIP-98) sent last to one partition, so that a batch that is sent again is not kept twice
 * and one that went missing is noticed. Rebuilt from the batch headers when a log is opened.
 */
import { ErrorCode } from './error-codes';
import { Attributes, type BatchHeader } from './record-batch';

/** A producer has at most five batches in flight, so no older one can be sent again. */
const BATCHES_REMEMBERED = 5;
const PRODUCERS_REMEMBERED = 10_000;
const SEQUENCES = 2 ** 31;

interface SentBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
}

interface Producer {
  epoch: number;
  batches: SentBatch[];
}

export type SequenceVerdict =
  | { readonly kind: 'next' }
  | { readonly kind: 'duplicate'; readonly baseOffset: number }
  | { readonly kind: 'refused'; readonly errorCode: ErrorCode };

export class ProducerSequences {
  readonly #producers = new Map<number, Producer>();

  judge(header: BatchHeader): SequenceVerdict {
    if (header.producerId < 0) return { kind: 'next' };
    const producer = this.#producers.get(header.producerId);
    const last = producer?.batches.at(-1);
    // A producer nobody remembers may go on where it stands: its batches were removed, not lost.
    if (producer === undefined) return { kind: 'next' };
    if (header.producerEpoch < producer.epoch) return { kind: 'refused', errorCode: ErrorCode.INVALID_PRODUCER_EPOCH };
    if (header.producerEpoch > producer.epoch || last === undefined) return nextIf(header.baseSequence === 0);
    const lastSequence = lastSequenceOf(header);
    const sent = producer.batches.find(
      (batch) => batch.firstSequence === header.baseSequence && batch.lastSequence === lastSequence,
    );
    if (sent !== undefined) return { kind: 'duplicate', baseOffset: sent.baseOffset };
    return nextIf(header.baseSequence === (last.lastSequence + 1) % SEQUENCES);
  }

  /** Notes a batch that is part of the log now, or will be. */
  remember(header: BatchHeader): void {
    if (header.producerId < 0) return;
    const known = this.#producers.get(header.producerId);
    const batches = known?.epoch === header.producerEpoch ? known.batches : [];
    // The marker of a transaction has no sequence number; with a higher epoch it fences the producer that was.
    if ((header.attributes & Attributes.CONTROL) === 0) {
      batches.push({
        firstSequence: header.baseSequence,
        lastSequence: lastSequenceOf(header),
        baseOffset: header.baseOffset,
      });
    }
    if (batches.length > BATCHES_REMEMBERED) batches.shift();
    // Set anew, so that the map stays ordered by last use.
    this.#producers.delete(header.producerId);
    this.#producers.set(header.producerId, { epoch: header.producerEpoch, batches });
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    if (this.#producers.size <= PRODUCERS_REMEMBERED) return;
    for (const producerId of this.#producers.keys()) {
      this.#producers.delete(producerId);
      return;
    }
  }

  isLastBatch({ producerId, baseOffset }: BatchHeader): boolean {
    return this.#producers.get(producerId)?.batches.at(-1)?.baseOffset === baseOffset;
  }

  /** Takes back what was remembered of batches from `offset` on: they could not be written. */
  forgetFrom(offset: number): void {
    for (const [producerId, producer] of this.#producers) {
      const kept = producer.batches.filter((batch) => batch.baseOffset < offset);
      if (kept.length === 0 && producer.batches.length > 0) this.#producers.delete(producerId);
      producer.batches = kept;
    }
  }
}

function nextIf(isNext: boolean): SequenceVerdict {
  return isNext ? { kind: 'next' } : { kind: 'refused', errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER };
}

function lastSequenceOf(header: BatchHeader): number {
  // Not the count of records: of those compaction takes some away.
  return (header.baseSequence + header.lastOffsetDelta) % SEQUENCES;
}
