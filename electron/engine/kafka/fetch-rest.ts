/**
 * A fetcher of kafkajs that finds all its partitions paused sleeps for as long as a fetch may wait, also when one of them is
 * resumed meanwhile. This sleep ends then.
 */
const resting = new Set<() => void>();

/** Stands in for kafkajs's own sleep: resolves after that time in ms, or when partitions are resumed. */
export function restUntilResumed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      resting.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    resting.add(wake);
  });
}

/** How many fetchers of this thread have nothing to fetch now. */
export function fetchersAtRest(): number {
  return resting.size;
}

/** Every fetcher of this thread looks again what it has to fetch. */
export function wakeFetchers(): void {
  for (const wake of [...resting]) wake();
}
