import path from 'node:path';
import type { previewRequests } from '../../shared/ipc/preview-requests';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';

const ARCHIVES = [{ name: 'Archives', extensions: ['permafrost', 'age', 'zst', 'gz', 'jsonl'] }];

export function previewHandlers(app: App): Pick<RequestHandlers, keyof typeof previewRequests> {
  const { dialogs, jobs } = app;
  const { reader } = app.threads;
  return {
    'preview.open': async (params) => (await reader.channel()).request('open', params),
    'preview.openFile': async (params) => (await reader.channel()).request('openFile', params),
    'preview.chooseFile': () => dialogs.chooseFile('Open an archive', ARCHIVES),
    'preview.records': async (params) => (await reader.channel()).request('records', params),
    'preview.row': async (params) => (await reader.channel()).request('row', params),
    'preview.filter': async (params) => (await reader.channel()).request('filter', params),
    'preview.matches': async (params) => (await reader.channel()).request('matches', params),
    'preview.export': async (params) => {
      const target = await dialogs.chooseTarget('Export messages', `messages.${params.form}`);
      if (target === null) return null;
      return {
        jobId: jobs.start({
          kind: 'export',
          title: `Export messages to ${path.basename(target)}`,
          unit: 'bytes',
          run: async (jobId) => (await reader.channel()).request('exportRecords', { ...params, jobId, target }),
          cancel: async (jobId) => (await reader.channel()).request('cancel', { jobId }),
        }),
      };
    },
    'preview.close': async (params) => (await reader.channel()).request('close', params),
  };
}
