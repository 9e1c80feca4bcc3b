import { randomUUID } from 'node:crypto';
import { PermafrostError, toPlainError } from '../../shared/errors';
import type { JobKind, JobView } from '../../shared/model/job';
import type { JobOutcome, JobProgress } from '../worker/job-protocol';

export interface JobStart {
  readonly kind: JobKind;
  readonly title: string;
  readonly unit: JobView['unit'];
  /** Runs in a thread. */
  readonly run: (jobId: string) => Promise<JobOutcome>;
  readonly cancel: (jobId: string) => Promise<unknown>;
}

/** Work that goes on beside the screens. Results are kept until the user dismisses them. */
export class Jobs {
  readonly #jobs = new Map<string, { view: JobView; readonly cancel: JobStart['cancel'] }>();
  readonly #changed: (job: JobView) => void;
  readonly #now: () => number;

  constructor(changed: (job: JobView) => void, now: () => number) {
    this.#changed = changed;
    this.#now = now;
  }

  list(): readonly JobView[] {
    return [...this.#jobs.values()].map(({ view }) => view);
  }

  start({ kind, title, unit, run, cancel }: JobStart): string {
    const id = randomUUID();
    const view: JobView = {
      id,
      kind,
      title,
      unit,
      state: 'running',
      done: 0,
      total: null,
      ratePerSecond: null,
      startedAt: this.#now(),
      endedAt: null,
      result: null,
      error: null,
    };
    this.#jobs.set(id, { view, cancel });
    this.#changed(view);
    run(id).then(
      ({ state, done, result }) => this.#update(id, { state, done, result, endedAt: this.#now() }),
      (thrown: unknown) => {
        const error = toPlainError(thrown);
        const state = error.code === 'CANCELLED' ? 'cancelled' : 'failed';
        this.#update(id, { state, error, endedAt: this.#now() });
      },
    );
    return id;
  }

  progress({ jobId, done, total, ratePerSecond }: JobProgress): void {
    if (this.#jobs.get(jobId)?.view.state === 'running') this.#update(jobId, { done, total, ratePerSecond });
  }

  async cancel(id: string): Promise<void> {
    const job = this.#jobs.get(id);
    if (job?.view.state === 'running') await job.cancel(id);
  }

  /** @throws PermafrostError BUSY for a job that runs */
  dismiss(id: string): void {
    const job = this.#jobs.get(id);
    if (job?.view.state === 'running') {
      throw new PermafrostError('BUSY', `"${job.view.title}" still runs. Cancel it first.`);
    }
    this.#jobs.delete(id);
  }

  #update(id: string, change: Partial<JobView>): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    job.view = { ...job.view, ...change };
    this.#changed(job.view);
  }
}
