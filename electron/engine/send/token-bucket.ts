/** Time, as far as sending needs it. */
export interface Clock {
  /** ms; only differences count */
  now(): number;
  /** resolves after that time, or at once when the signal is aborted */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Enough steps a second to look steady, few enough to send in batches. */
const STEP_MS = 50;
/** What may be caught up after a pause: more would turn a slow broker's recovery into a flood. */
const BURST_MS = 250;

/** Lets records pass at a steady rate: each takes a token, tokens come back with time. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  #tokens = 1;
  #filledAt: number;

  constructor(ratePerSecond: number, clock: Clock) {
    this.#perMs = ratePerSecond / 1000;
    this.#capacity = Math.max(1, this.#perMs * BURST_MS);
    this.#clock = clock;
    this.#filledAt = clock.now();
  }

  /**
   * Waits until at least one record may pass.
   * @returns how many may, 1 to max; 0 when the signal was aborted
   */
  async take(max: number, signal: AbortSignal): Promise<number> {
    const worthwhile = Math.min(max, Math.max(1, this.#perMs * STEP_MS));
    this.#fill();
    while (this.#tokens < worthwhile) {
      if (signal.aborted) return 0;
      await this.#clock.sleep(Math.ceil((worthwhile - this.#tokens) / this.#perMs), signal);
      this.#fill();
    }
    if (signal.aborted) return 0;
    const taken = Math.min(max, Math.floor(this.#tokens));
    this.#tokens -= taken;
    return taken;
  }

  /** Takes back tokens that were not used. */
  giveBack(count: number): void {
    this.#tokens += count;
  }

  #fill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + Math.max(0, now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
    }),
};
