/**
 * How much of a partition a consumer group has seen, and a digest of it, so that two groups can be compared.
 *
 * The digest works on record batches, which reach every group as the same bytes: it adds up one 64-bit number a batch,
 * made of its place, its count and the CRC over all its records (which the reader checks). No work per record.
 * Totals are kept at checkpoints that depend on the log alone, so that two groups have them at the same offsets.
 */
import type { RecordBatch } from './record-batch';

/** Totals at an offset, since the tally's `from`. */
export interface TallyPoint {
  /** exclusive */
  readonly offset: bigint;
  readonly messages: number;
  readonly digest: bigint;
}

/** What goes into a commit's metadata, so that counting goes on after a restart. */
export interface TallyState extends TallyPoint {
  readonly from: bigint;
}

/** A checkpoint is the end of the batch in which a multiple of this many offsets lies. */
const CHECKPOINT_EVERY = 1_000n;

export class Tally {
  readonly from: bigint;
  #offset: bigint;
  #messages: number;
  #digest: bigint;
  #fresh: TallyPoint[] = [];

  constructor(state: TallyState) {
    this.from = state.from;
    this.#offset = state.offset;
    this.#messages = state.messages;
    this.#digest = state.digest;
  }

  static startingAt(offset: bigint): Tally {
    return new Tally({ from: offset, offset, messages: 0, digest: 0n });
  }

  get state(): TallyState {
    return { from: this.from, offset: this.#offset, messages: this.#messages, digest: this.#digest };
  }

  /**
   * Counts a batch once: one that lies before the position was counted already (read again after a rebalance).
   * @param seen records of it that a reader gets: 0 for control and aborted batches
   */
  add(batch: RecordBatch, seen: number): void {
    if (batch.lastOffset < this.#offset) return;
    const before = this.#offset;
    this.#offset = batch.lastOffset + 1n;
    this.#messages += seen;
    this.#digest = BigInt.asUintN(64, this.#digest + batchDigest(batch, seen));
    if (before / CHECKPOINT_EVERY !== this.#offset / CHECKPOINT_EVERY) this.#fresh.push(this.#point());
  }

  /** Checkpoints since the last call. */
  takeCheckpoints(): TallyPoint[] {
    const taken = this.#fresh;
    this.#fresh = [];
    return taken;
  }

  #point(): TallyPoint {
    return { offset: this.#offset, messages: this.#messages, digest: this.#digest };
  }
}

/** Three 32-bit numbers mixed into 64 bits (the finalizer of MurmurHash3, twice), so that sums do not cancel out. */
function batchDigest(batch: RecordBatch, seen: number): bigint {
  const low = Number(BigInt.asUintN(32, batch.baseOffset));
  const high = mix(mix(batch.crc ^ low) ^ seen);
  return (BigInt(high) << 32n) | BigInt(mix(high ^ batch.crc ^ Number(BigInt.asUintN(32, batch.lastOffset))));
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
