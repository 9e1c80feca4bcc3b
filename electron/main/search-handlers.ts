import type { searchRequests } from '../../shared/ipc/search-requests';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';

export function searchHandlers(app: App): Pick<RequestHandlers, keyof typeof searchRequests> {
  const { jobs } = app;
  const { searcher } = app.threads;
  return {
    'search.start': (params) => {
      const placed = { ...params, prefix: app.place.prefix };
      return {
        jobId: jobs.start({
          kind: 'search',
          title: `Search ${params.topic}`,
          unit: 'bytes',
          run: async (jobId) => (await searcher.channel()).request('search', { ...placed, jobId }),
          cancel: async (jobId) => (await searcher.channel()).request('cancel', { jobId }),
        }),
      };
    },
    'search.look': async (params) => (await searcher.channel()).request('look', params),
  };
}
