import { createStore } from 'zustand/vanilla';
import type { JobKind, JobView } from '../../shared/model/job';
import { request } from '../ipc/client';

export interface JobsState {
  /** newest first */
  readonly jobs: readonly JobView[];
}

export const jobsStore = createStore<JobsState>(() => ({ jobs: [] }));

export function receiveJob(job: JobView): void {
  jobsStore.setState(({ jobs }) => {
    const isKnown = jobs.some(({ id }) => id === job.id);
    return { jobs: isKnown ? jobs.map((each) => (each.id === job.id ? job : each)) : [job, ...jobs] };
  });
}

export function forgetJob(id: string): void {
  jobsStore.setState(({ jobs }) => ({ jobs: jobs.filter((job) => job.id !== id) }));
}

export async function loadJobs(): Promise<void> {
  const listed = await request('job.list');
  // what an event said meanwhile is newer
  jobsStore.setState(({ jobs }) => {
    const known = new Set(jobs.map(({ id }) => id));
    const missing = listed.filter(({ id }) => !known.has(id));
    return { jobs: [...jobs, ...missing].sort((a, b) => b.startedAt - a.startedAt) };
  });
}

/** Milliseconds until it is done at the present rate; null while that can't be told. */
export function timeLeft({ state, done, total, ratePerSecond }: JobView): number | null {
  if (state !== 'running' || total === null || ratePerSecond === null || ratePerSecond <= 0) return null;
  return (Math.max(0, total - done) / ratePerSecond) * 1000;
}

/** Done by total, 0 to 1; null while the total is not known. */
export function progress({ done, total }: JobView): number | null {
  if (total === null) return null;
  return total === 0 ? 1 : Math.min(1, done / total);
}

export function jobsOfKinds(jobs: readonly JobView[], kinds: readonly JobKind[]): readonly JobView[] {
  return jobs.filter(({ kind }) => kinds.includes(kind));
}
