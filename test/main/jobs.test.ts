import { expect, test } from 'vitest';
import { Jobs, type JobStart } from '../../electron/main/jobs';
import { PermafrostError } from '../../shared/errors';
import type { JobView } from '../../shared/model/job';
import type { JobOutcome } from '../../electron/worker/job-protocol';

function start(run: JobStart['run']) {
  const seen: JobView[] = [];
  const cancelled: string[] = [];
  const jobs = new Jobs(
    (job) => seen.push(job),
    () => 7,
  );
  const id = jobs.start({
    kind: 'download',
    title: 'Download 2 objects',
    unit: 'bytes',
    run,
    cancel: (job) => Promise.resolve(cancelled.push(job)),
  });
  return { jobs, id, seen, cancelled };
}

test('a job is shown from its start to its result, which stays until it is dismissed', async () => {
  const outcome: JobOutcome = { state: 'done', done: 10, result: '2 files saved' };
  const { jobs, id, seen } = start(() => Promise.resolve(outcome));
  jobs.progress({ jobId: id, done: 4, total: 10, ratePerSecond: 2 });

  await expect.poll(() => jobs.list()[0]?.state).toBe('done');

  expect(seen.map(({ state, done, total }) => [state, done, total])).toEqual([
    ['running', 0, null],
    ['running', 4, 10],
    ['done', 10, 10],
  ]);
  expect(jobs.list()[0]).toMatchObject({ result: '2 files saved', endedAt: 7 });
  jobs.dismiss(id);
  expect(jobs.list()).toEqual([]);
});

test('a failure is kept with its error, a cancellation is no failure', async () => {
  const failed = start(() => Promise.reject(new PermafrostError('FILE_UNWRITABLE', 'The disk is full.')));
  const cancelled = start(() => Promise.reject(new PermafrostError('CANCELLED', 'Cancelled.')));

  await expect.poll(() => failed.jobs.list()[0]?.state).toBe('failed');
  await expect.poll(() => cancelled.jobs.list()[0]?.state).toBe('cancelled');

  expect(failed.jobs.list()[0]?.error).toMatchObject({ code: 'FILE_UNWRITABLE', message: 'The disk is full.' });
});

test('a running job can be cancelled but not dismissed; a late progress report changes nothing', async () => {
  let end: (outcome: JobOutcome) => void = () => undefined;
  const { jobs, id, cancelled } = start(() => new Promise((resolve) => (end = resolve)));

  expect(() => jobs.dismiss(id)).toThrow(expect.objectContaining({ code: 'BUSY' }));
  await jobs.cancel(id);
  end({ state: 'cancelled', done: 3, result: 'Cancelled' });
  await expect.poll(() => jobs.list()[0]?.state).toBe('cancelled');
  jobs.progress({ jobId: id, done: 9, total: 10, ratePerSecond: 1 });

  expect(cancelled).toEqual([id]);
  expect(jobs.list()[0]?.done).toBe(3);
});
