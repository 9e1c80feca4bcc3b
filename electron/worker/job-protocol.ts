/** How far a job is that runs in a thread. */
export interface JobProgress {
  readonly jobId: string;
  readonly done: number;
  /** null while not known */
  readonly total: number | null;
  readonly ratePerSecond: number | null;
}

/** How a job ended, when it did not fail. */
export interface JobOutcome {
  readonly state: 'done' | 'cancelled';
  readonly done: number;
  /** one sentence for the user */
  readonly result: string;
}

/** The jobs of one thread: each can be cancelled by its id. */
export class RunningJobs {
  readonly #controllers = new Map<string, AbortController>();

  async run<Out>(jobId: string, work: (signal: AbortSignal) => Promise<Out>): Promise<Out> {
    const controller = new AbortController();
    this.#controllers.set(jobId, controller);
    try {
      return await work(controller.signal);
    } finally {
      this.#controllers.delete(jobId);
    }
  }

  cancel(jobId: string): void {
    this.#controllers.get(jobId)?.abort();
  }
}
