/** Connects the stores with the main process: subscribes first, then asks, so that nothing is missed in between. */
import { on } from '../ipc/client';
import { count } from '../format/format';
import { bucketChanged, catalogMoved } from './bucket';
import { loadConnections, receiveConnections, receiveTest } from './connections';
import { forgetJob, jobsStore, loadJobs, receiveJob } from './jobs';
import { loadKeys, receiveKeys } from './keys';
import { loadLive, receiveLive } from './live';
import { reportFailure, say } from './report';
import { loadSettings, receiveSettings } from './settings';
import type { JobView } from '../../shared/model/job';

/** @returns a function that ends it */
export function startFeed(): () => void {
  const ends = [
    on('live', receiveLive),
    on('job', (job) => {
      const before = jobsStore.getState().jobs.find(({ id }) => id === job.id);
      receiveJob(job);
      if (before?.state === 'running') sayHowItEnded(job);
    }),
    on('jobDismissed', ({ id }) => forgetJob(id)),
    on('settings', receiveSettings),
    on('keys', receiveKeys),
    on('connections', receiveConnections),
    on('connectionTest', receiveTest),
    on('bucketChanged', ({ bucket }) => bucketChanged(bucket)),
    on('catalog', ({ bucket }) => catalogMoved(bucket)),
  ];
  Promise.all([loadLive(), loadJobs(), loadSettings().then(loadConnections), loadKeys()]).catch(reportFailure);
  return () => ends.forEach((end) => end());
}

function sayHowItEnded({ state, title, result, done, unit, error }: JobView): void {
  if (state === 'done') say(result ?? `${title}: ${count(done)} ${unit}`);
  if (state === 'failed') reportFailure(error === null ? new Error(title) : new Error(`${title}: ${error.message}`));
}
