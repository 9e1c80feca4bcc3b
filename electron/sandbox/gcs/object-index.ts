/** The objects of one bucket in memory, in the order that Cloud Storage lists: by name, then by generation. */
import type { ObjectRecord } from './object-record';

export class ObjectIndex {
  readonly #live = new Map<string, ObjectRecord>();
  /** noncurrent generations by name, oldest first; the live one is always younger */
  readonly #former = new Map<string, readonly ObjectRecord[]>();
  readonly #liveNames: SortedNames;
  readonly #formerNames: SortedNames;
  #lastGeneration = 0n;

  constructor(live: readonly ObjectRecord[], former: readonly ObjectRecord[]) {
    for (const object of live) this.#live.set(object.name, object);
    for (const object of former) this.#former.set(object.name, [...(this.#former.get(object.name) ?? []), object]);
    for (const [name, objects] of this.#former) this.#former.set(name, [...objects].sort(byGeneration));
    for (const object of [...live, ...former]) this.#see(object);
    this.#liveNames = new SortedNames([...this.#live.keys()]);
    this.#formerNames = new SortedNames([...this.#former.keys()]);
  }

  get isEmpty(): boolean {
    return this.#live.size === 0 && this.#former.size === 0;
  }

  /** the highest that was seen */
  get lastGeneration(): bigint {
    return this.#lastGeneration;
  }

  live(name: string): ObjectRecord | undefined {
    return this.#live.get(name);
  }

  /** Oldest first. */
  generationsOf(name: string): readonly ObjectRecord[] {
    const live = this.#live.get(name);
    const former = this.#former.get(name) ?? [];
    return live === undefined ? former : [...former, live];
  }

  putLive(object: ObjectRecord): void {
    if (!this.#live.has(object.name)) this.#liveNames.insert(object.name);
    this.#live.set(object.name, object);
    this.#see(object);
  }

  removeLive(name: string): void {
    if (this.#live.delete(name)) this.#liveNames.remove(name);
  }

  /** A new noncurrent generation, or another state of one. */
  putFormer(object: ObjectRecord): void {
    const others = this.#former.get(object.name)?.filter(({ generation }) => generation !== object.generation);
    if (others === undefined) this.#formerNames.insert(object.name);
    this.#former.set(object.name, [...(others ?? []), object].sort(byGeneration));
  }

  removeFormer(object: ObjectRecord): void {
    const left = (this.#former.get(object.name) ?? []).filter(({ generation }) => generation !== object.generation);
    if (left.length > 0) {
      this.#former.set(object.name, left);
    } else if (this.#former.delete(object.name)) {
      this.#formerNames.remove(object.name);
    }
  }

  /** Live objects from a name on (inclusive). */
  *liveFrom(start: string): Generator<ObjectRecord, undefined> {
    for (const name of this.#liveNames.from(start)) {
      const object = this.#live.get(name);
      if (object !== undefined) yield object;
    }
    return undefined;
  }

  /** All generations from one of them on (inclusive). */
  *generationsFrom(start: string, generation = 0n): Generator<ObjectRecord, undefined> {
    const live = this.#liveNames.from(start);
    const former = this.#formerNames.from(start);
    let nextLive = live.next().value;
    let nextFormer = former.next().value;
    for (;;) {
      const name = firstOf(nextLive, nextFormer);
      if (name === undefined) return undefined;
      for (const object of this.generationsOf(name)) {
        if (name !== start || BigInt(object.generation) >= generation) yield object;
      }
      if (nextLive === name) nextLive = live.next().value;
      if (nextFormer === name) nextFormer = former.next().value;
    }
  }

  #see(object: ObjectRecord): void {
    const generation = BigInt(object.generation);
    if (generation > this.#lastGeneration) this.#lastGeneration = generation;
  }
}

/** By UTF-8 bytes. */
class SortedNames {
  readonly #names: string[];

  constructor(names: string[]) {
    this.#names = names.sort(compareNames);
  }

  insert(name: string): void {
    this.#names.splice(this.#placeOf(name), 0, name);
  }

  remove(name: string): void {
    this.#names.splice(this.#placeOf(name), 1);
  }

  *from(start: string): Generator<string, undefined> {
    for (let index = this.#placeOf(start); ; index += 1) {
      const name = this.#names[index];
      if (name === undefined) return undefined;
      yield name;
    }
  }

  /** Index of the first name that is not before this one. */
  #placeOf(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareNames(this.#names[middle] ?? '', name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const SURROGATE = /[\ud800-\udfff]/;

/** By UTF-8 bytes, which is also the order of UTF-16 unless there are surrogates. */
export function compareNames(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function firstOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareNames(a, b) <= 0 ? a : b;
}

function byGeneration(a: ObjectRecord, b: ObjectRecord): number {
  return BigInt(a.generation) < BigInt(b.generation) ? -1 : 1;
}
