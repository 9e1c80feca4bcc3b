import type { TallyPoint, TallyState } from './tally';

/** What a group reports of one partition: where it stands, and the checkpoints since its last report. */
export interface TallyReport {
  readonly state: TallyState;
  readonly checkpoints: readonly TallyPoint[];
}

export interface Stretch {
  readonly messages: number;
  readonly digest: bigint;
}

export interface Comparison {
  readonly verdict: 'same' | 'different' | 'waiting';
  /** [from, to): the stretch that both have seen and that was compared; null while there is none */
  readonly compared: {
    readonly from: bigint;
    readonly to: bigint;
    readonly left: Stretch;
    readonly right: Stretch;
  } | null;
  readonly firstDifference: { readonly from: bigint; readonly to: bigint } | null;
}

/** More points than this wait for the other group only if it lags behind by millions: every other one is dropped. */
const MAX_WAITING = 100_000;

/**
 * Compares two groups' tallies of one partition as their reports come in. Two tallies can be compared between any two
 * offsets at which both have totals: the first such offset is the anchor, each later one proves the stretch since.
 */
export class TallyComparison {
  readonly #left = new Waiting();
  readonly #right = new Waiting();
  #anchor: { offset: bigint; left: TallyPoint; right: TallyPoint } | null = null;
  #last: { left: TallyPoint; right: TallyPoint } | null = null;
  #firstDifference: { from: bigint; to: bigint } | null = null;

  reportLeft(report: TallyReport): void {
    this.#left.add(report);
    this.#match();
  }

  reportRight(report: TallyReport): void {
    this.#right.add(report);
    this.#match();
  }

  get result(): Comparison {
    const anchor = this.#anchor;
    const last = this.#last;
    if (anchor === null || last === null || last.left.offset === anchor.offset) {
      return { verdict: 'waiting', compared: null, firstDifference: null };
    }
    return {
      verdict: this.#firstDifference === null ? 'same' : 'different',
      compared: {
        from: anchor.offset,
        to: last.left.offset,
        left: since(anchor.left, last.left),
        right: since(anchor.right, last.right),
      },
      firstDifference: this.#firstDifference,
    };
  }

  #match(): void {
    for (const left of this.#left.points()) {
      const right = this.#right.at(left.offset);
      if (right === undefined || (this.#last !== null && left.offset <= this.#last.left.offset)) continue;
      this.#prove(left, right);
    }
    if (this.#last === null) return;
    this.#left.forgetBefore(this.#last.left.offset);
    this.#right.forgetBefore(this.#last.left.offset);
  }

  #prove(left: TallyPoint, right: TallyPoint): void {
    if (this.#anchor === null || this.#last === null) {
      this.#anchor = { offset: left.offset, left, right };
    } else if (this.#firstDifference === null) {
      const a = since(this.#last.left, left);
      const b = since(this.#last.right, right);
      if (a.messages !== b.messages || a.digest !== b.digest) {
        this.#firstDifference = { from: this.#last.left.offset, to: left.offset };
      }
    }
    this.#last = { left, right };
  }
}

function since(earlier: TallyPoint, later: TallyPoint): Stretch {
  return {
    messages: later.messages - earlier.messages,
    digest: BigInt.asUintN(64, later.digest - earlier.digest),
  };
}

/** A group's points that the other has not reached yet, in offset order. */
class Waiting {
  #points = new Map<bigint, TallyPoint>();

  add(report: TallyReport): void {
    const { from, ...position } = report.state;
    if (this.#points.size === 0) this.#points.set(from, { offset: from, messages: 0, digest: 0n });
    for (const point of report.checkpoints) this.#points.set(point.offset, point);
    this.#points.set(position.offset, position);
    if (this.#points.size > MAX_WAITING) {
      this.#points = new Map(
        [...this.#points].filter(([offset], index) => index % 2 === 0 || offset === position.offset),
      );
    }
  }

  at(offset: bigint): TallyPoint | undefined {
    return this.#points.get(offset);
  }

  points(): TallyPoint[] {
    return [...this.#points.values()].sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));
  }

  forgetBefore(offset: bigint): void {
    for (const known of this.#points.keys()) if (known < offset) this.#points.delete(known);
  }
}
