import { TokenBucket, type Clock } from '../../send/token-bucket';

/** a batch is one second's records at most */
const BATCH_SECONDS = 1;

/** Lets batches pass at a steady number of records a second, over all partitions of a job. */
export class RateLimit {
  readonly #bucket: TokenBucket;
  readonly #perSecond: number;
  readonly #clock: Clock;
  #turn: Promise<unknown> = Promise.resolve();
  #freeAt = 0;

  constructor(recordsPerSecond: number, clock: Clock) {
    this.#bucket = new TokenBucket(recordsPerSecond, clock);
    this.#perSecond = recordsPerSecond;
    this.#clock = clock;
  }

  /** so many records a batch: larger ones would come in bursts */
  get batchRecords(): number {
    return Math.max(1, Math.floor(this.#perSecond * BATCH_SECONDS));
  }

  /** Whether that many may pass about now. */
  isReady(records: number): boolean {
    return this.#freeAt + (records * 1_000) / this.#perSecond <= this.#clock.now() + 1_000 * BATCH_SECONDS;
  }

  /** Waits until that many may pass, one caller after the other. @returns false when the signal was aborted */
  async take(records: number, signal: AbortSignal): Promise<boolean> {
    const turn = this.#turn.then(async () => {
      for (let left = records; left > 0;) {
        const taken = await this.#bucket.take(left, signal);
        if (taken === 0) return false;
        left -= taken;
      }
      return true;
    });
    this.#turn = turn;
    this.#freeAt = Math.max(this.#freeAt, this.#clock.now()) + (records * 1_000) / this.#perSecond;
    return turn;
  }
}
