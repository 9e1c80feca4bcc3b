import path from 'node:path';
import { PermafrostError } from '../../shared/errors';
import type { catalogRequests } from '../../shared/ipc/catalog-requests';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';

export function catalogHandlers(app: App): Pick<RequestHandlers, keyof typeof catalogRequests> {
  const { dialogs, jobs } = app;
  const { catalog, reader } = app.threads;
  const cancel = async (jobId: string) => (await reader.channel()).request('cancel', { jobId });
  return {
    'catalog.look': async (params) => (await catalog.channel()).request('look', params),
    'catalog.rows': async (params) => (await catalog.channel()).request('rows', params),
    'catalog.find': async (params) => (await catalog.channel()).request('find', params),
    'catalog.tick': async (params) => (await catalog.channel()).request('tick', params),
    'catalog.refresh': async (params) => (await catalog.channel()).request('refresh', { ...params, names: [] }),
    'catalog.choice': async (params) =>
      (await (await catalog.channel()).request('choose', { ...params, opensOnly: false })).totals,

    'archive.delete': async ({ bucket, choice, objects: expected }) => {
      const { objects } = await (await catalog.channel()).request('choose', { bucket, choice, opensOnly: false });
      if (objects.length !== expected) {
        throw new PermafrostError(
          'BUSY',
          `It would be ${counted(objects.length)} by now, not ${counted(expected)}: nothing was deleted. Look again, then delete.`,
        );
      }
      return {
        jobId: jobs.start({
          kind: 'delete-archives',
          title: `Delete ${counted(objects.length)} from ${bucket}`,
          unit: 'objects',
          run: async (jobId) => {
            try {
              return await (await reader.channel()).request('deleteObjects', { jobId, bucket, objects });
            } finally {
              const names = objects.map(({ name }) => name);
              await app.objectsChanged(bucket, names);
            }
          },
          cancel,
        }),
      };
    },

    'archive.download': async ({ bucket, choice, form }) => {
      const opensOnly = form === 'decoded';
      const { objects } = await (await catalog.channel()).request('choose', { bucket, choice, opensOnly });
      if (objects.length === 0) throw new PermafrostError('KEY_MISSING', 'No key here opens any of these objects.');
      const folder = await dialogs.chooseFolder('Download to');
      if (folder === null) return null;
      const how = form === 'stored' ? 'as stored' : 'decrypted';
      return {
        jobId: jobs.start({
          kind: 'download',
          title: `Download ${counted(objects.length)} ${how} to ${path.basename(folder)}`,
          unit: 'bytes',
          run: async (jobId) => (await reader.channel()).request('download', { jobId, bucket, objects, form, folder }),
          cancel,
        }),
      };
    },
  };
}

function counted(objects: number): string {
  return `${objects.toLocaleString('en')} ${objects === 1 ? 'object' : 'objects'}`;
}
