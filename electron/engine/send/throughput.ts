/** Rates are taken over the last seconds: short enough to follow, long enough to read. */
const WINDOW_MS = 2_000;
const SAMPLE_MS = 100;

/** How fast a count grows. */
export class Throughput {
  readonly #samples: { readonly at: number; readonly count: number }[];

  /** @param at ms, on any clock, the same for all calls */
  constructor(at: number) {
    this.#samples = [{ at, count: 0 }];
  }

  /** @returns per second, over the last two seconds; null until there is something to measure */
  measure(at: number, count: number): number | null {
    const samples = this.#samples;
    while (samples.length > 1 && (samples[1]?.at ?? at) <= at - WINDOW_MS) samples.shift();
    const oldest = samples[0];
    const newest = samples.at(-1);
    if (newest !== undefined && at - newest.at >= SAMPLE_MS) samples.push({ at, count });
    if (oldest === undefined || at - oldest.at < SAMPLE_MS) return null;
    return ((count - oldest.count) * 1000) / (at - oldest.at);
  }
}
