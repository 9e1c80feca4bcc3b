import type { restoreRequests, RestoreParams } from '../../shared/ipc/restore-requests';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';

export function restoreHandlers(app: App): Pick<RequestHandlers, keyof typeof restoreRequests> {
  const { jobs } = app;
  const { restorer } = app.threads;
  const inPlace = (params: RestoreParams) => {
    const { bucket, prefix } = app.place;
    return { ...params, bucket, prefix };
  };
  return {
    'restore.plan': async (params) => (await restorer.channel()).request('plan', inPlace(params)),
    'restore.start': (params) => {
      const placed = inPlace(params);
      return {
        jobId: jobs.start({
          kind: 'restore',
          title: `Restore ${params.topic} to ${params.toTopic}`,
          unit: 'messages',
          run: async (jobId) => (await restorer.channel()).request('restore', { ...placed, jobId }),
          cancel: async (jobId) => (await restorer.channel()).request('cancel', { jobId }),
        }),
      };
    },
  };
}
