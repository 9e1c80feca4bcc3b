/** A shorter stretch than this says little: one fetch more or less would double it. */
const MIN_WINDOW_MS = 700;
const WINDOW_MS = 1_000;

/** How fast a running total grows: measured over the last second of readings, nothing smoothed beyond that. */
export class Rate {
  #readings: { readonly at: number; readonly total: number }[] = [];

  /**
   * @param at ms
   * @returns units a second; null until there are readings for long enough, and when the total fell (counting began anew)
   */
  read(at: number, total: number | null): number | null {
    if (total === null || total < (this.#readings.at(-1)?.total ?? 0)) this.#readings = [];
    if (total === null) return null;
    this.#readings.push({ at, total });
    while (this.#readings.length > 2 && at - (this.#readings[1]?.at ?? at) >= WINDOW_MS) this.#readings.shift();
    const oldest = this.#readings[0];
    if (oldest === undefined || at - oldest.at < MIN_WINDOW_MS) return null;
    return ((total - oldest.total) * 1_000) / (at - oldest.at);
  }
}
