import type { ThroughputSample } from '../../shared/model/live';

/** What a chart draws: one column of times, in seconds since 1970, and one a series; null where nothing was measured. */
export interface ThroughputColumns {
  readonly at: number[];
  readonly producer: (number | null)[];
  readonly pipeline: (number | null)[];
  readonly archiver: (number | null)[];
}

const KEPT_MS = 5 * 60_000;

/** The last five minutes of samples. Changed in place: the chart reads it, React does not. */
export class ThroughputHistory {
  #samples: ThroughputSample[] = [];

  /** Samples older than the newest one here are known already, and left out. */
  add(samples: readonly ThroughputSample[]): void {
    const newest = this.#samples.at(-1)?.at ?? -Infinity;
    this.#samples.push(...samples.filter(({ at }) => at > newest));
    this.#forgetOld();
  }

  /** What main remembers from before the window was there; goes in front of what came since. */
  addEarlier(samples: readonly ThroughputSample[]): void {
    const oldest = this.#samples[0]?.at ?? Infinity;
    this.#samples = [...samples.filter(({ at }) => at < oldest), ...this.#samples];
    this.#forgetOld();
  }

  get latest(): ThroughputSample | null {
    return this.#samples.at(-1) ?? null;
  }

  /** The samples of the last `windowMs`. */
  columns(windowMs: number): ThroughputColumns {
    const from = (this.latest?.at ?? 0) - windowMs;
    const columns: ThroughputColumns = { at: [], producer: [], pipeline: [], archiver: [] };
    for (const { at, producer, pipeline, archiver } of this.#samples) {
      if (at < from) continue;
      columns.at.push(at / 1000);
      columns.producer.push(producer);
      columns.pipeline.push(pipeline);
      columns.archiver.push(archiver);
    }
    return columns;
  }

  #forgetOld(): void {
    const from = (this.latest?.at ?? 0) - KEPT_MS;
    const firstKept = this.#samples.findIndex(({ at }) => at >= from);
    if (firstKept > 0) this.#samples.splice(0, firstKept);
  }
}
