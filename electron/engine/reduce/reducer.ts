/**
 * Leaves out what a rule says, within one segment: its memory begins empty, so that what the segment holds depends on its
 * own records alone. Steps and their order are told in shared/model/reduction.ts.
 *
 *     const kept = reducer.take(view);
 *     if (kept !== null) writer.add(kept);
 */
import type { Reduction } from '../../../shared/model/reduction';
import { droppedOf, type ReductionCounts } from '../../../shared/model/reduction-counts';
import { rawBytesOf, type RecordView } from '../segment/record';
import { KeyFilter } from './key-filter';
import { KeyMemories, type KeyMemory } from './key-memory';
import { buildPathTree, type PathTree } from './path-tree';
import { RewrittenRecord } from './rewritten-record';
import { ValueWalk } from './value-walk';

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

export class Reducer {
  readonly #rule: Reduction;
  readonly #keys: KeyFilter | null;
  readonly #tree: PathTree | null;
  readonly #walk: ValueWalk | null;
  readonly #filters: boolean;
  readonly #looksBack: boolean;
  readonly #memories: KeyMemories;
  readonly #rewritten = new RewrittenRecord();
  readonly #counts: Mutable<Omit<ReductionCounts, 'restarts'>> = {
    ...{ seen: 0, filtered: 0, duplicate: 0, sampled: 0, tooOften: 0 },
    ...{ notJson: 0, droppedBytes: 0, cutBytes: 0 },
  };

  /** @param maxMemoryBytes what it may remember of keys */
  constructor(rule: Reduction, maxMemoryBytes?: number) {
    this.#rule = rule;
    this.#keys = rule.filterKeys.length === 0 ? null : new KeyFilter(rule.filterKeys);
    this.#tree = buildPathTree(rule);
    this.#walk = this.#tree === null ? null : new ValueWalk(this.#tree);
    this.#filters = rule.filter.length > 0;
    this.#looksBack = rule.dropDuplicates || rule.oneIn !== null || rule.atMostEveryMs !== null;
    this.#memories = new KeyMemories(maxMemoryBytes);
  }

  get counts(): ReductionCounts {
    return { ...this.#counts, restarts: this.#memories.restarts };
  }

  get dropped(): number {
    return droppedOf(this.counts);
  }

  /** memory */
  get heldBytes(): number {
    return this.#memories.heldBytes + this.#rewritten.heldBytes;
  }

  /** Gives its memory back; the counts stay. Nothing may be taken behind that. */
  forget(): void {
    this.#memories.forget();
    this.#rewritten.forget();
  }

  /** @returns null when the record is left out, else what is archived of it: valid until the next call */
  take(view: RecordView): RecordView | null {
    const counts = this.#counts;
    counts.seen += 1;
    if (this.#keys !== null && !this.#keys.passes(view)) return this.#drop(view, 'filtered');
    const walk = this.#filters ? this.#lookInto(view) : null;
    if (walk?.meetsConditions === false) return this.#drop(view, 'filtered');
    if (this.#looksBack) {
      const reason = this.#lookBack(view, this.#memories.of(view));
      if (reason !== null) return this.#drop(view, reason);
    }
    // a rule that only cuts has not looked into it yet: what is dropped need not be
    const cutting = this.#filters ? walk : this.#lookInto(view);
    if (this.#walk !== null && cutting === null) counts.notJson += 1;
    if (cutting === null || cutting.cutBytes === 0) return view;
    counts.cutBytes += cutting.cutBytes;
    return this.#rewritten.write(view, cutting.cuts);
  }

  /** @returns null for a value that is not JSON, and for a rule that does not look into values */
  #lookInto(view: RecordView): ValueWalk | null {
    const walk = this.#walk;
    return walk !== null && view.valueLength > 0 && walk.walk(view.bytes, view.valueStart, view.valueLength)
      ? walk
      : null;
  }

  #lookBack(view: RecordView, memory: KeyMemory): 'duplicate' | 'sampled' | 'tooOften' | null {
    const { dropDuplicates, oneIn, atMostEveryMs } = this.#rule;
    if (dropDuplicates && !this.#memories.differs(memory, view)) return 'duplicate';
    if (oneIn !== null) {
      const place = memory.count;
      memory.count = (place + 1) % oneIn;
      if (place !== 0) return 'sampled';
    }
    if (atMostEveryMs !== null && hasTime(view)) {
      if (memory.keptAt !== null && isNear(view.timestamp, memory.keptAt, atMostEveryMs)) return 'tooOften';
      memory.keptAt = view.timestamp;
    }
    return null;
  }

  #drop(view: RecordView, reason: 'filtered' | 'duplicate' | 'sampled' | 'tooOften'): null {
    this.#counts[reason] += 1;
    this.#counts.droppedBytes += rawBytesOf(view);
    return null;
  }
}

function hasTime({ timestamp }: RecordView): boolean {
  return timestamp !== -1 && timestamp !== -1n;
}

/** Less than the interval lies between the two, whichever is the earlier one: clocks go backwards, too. */
function isNear(a: number | bigint, b: number | bigint, intervalMs: number): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) < intervalMs;
  const difference = BigInt(a) - BigInt(b);
  return (difference < 0n ? -difference : difference) < intervalMs;
}
