import { PermafrostError } from '../../shared/errors';
import type { bucketRequests } from '../../shared/ipc/bucket-requests';
import { applyLifecycle } from './apply-lifecycle';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';

export function bucketHandlers(app: App): Pick<RequestHandlers, keyof typeof bucketRequests> {
  const { archiver, jobs } = app;
  const { catalog, reader } = app.threads;
  return {
    'bucket.list': async () =>
      (await reader.channel()).request('buckets', { always: app.place.isSandbox ? null : app.place.bucket }),
    'bucket.create': async (params) => (await reader.channel()).request('createBucket', params),
    'bucket.loss': async ({ name }) => (await reader.channel()).request('loss', { bucket: name }),
    'bucket.delete': ({ name, typedName }) => {
      assertTyped(typedName, name, 'delete it');
      if (archiver.isRunning && name === app.place.bucket) {
        throw new PermafrostError('BUSY', `Archives are being written to ${name}. Stop archiving, then delete it.`);
      }
      return {
        jobId: jobs.start({
          kind: 'delete-bucket',
          title: `Delete bucket ${name}`,
          unit: 'objects',
          run: async (jobId) => {
            try {
              return await (await reader.channel()).request('deleteBucket', { jobId, bucket: name });
            } finally {
              await app.objectsChanged(name, null);
            }
          },
          cancel: async (jobId) => (await reader.channel()).request('cancel', { jobId }),
        }),
      };
    },

    'bucket.settings': async (params) => (await reader.channel()).request('bucketSettings', params),
    'bucket.changeSettings': async (params) => (await reader.channel()).request('changeBucketSettings', params),
    'bucket.lockRetention': async ({ bucket, metageneration, typedName }) => {
      assertTyped(typedName, bucket, 'lock its retention policy');
      return (await reader.channel()).request('lockRetention', { bucket, metageneration });
    },

    'bucket.usage': async (params) => (await catalog.channel()).request('usage', params),
    'bucket.lifecycleEffect': async (params) => (await catalog.channel()).request('lifecycleEffect', params),
    'bucket.applyLifecycle': async ({ bucket }) => {
      const { storage } = await app.connections();
      const applied = await applyLifecycle(storage, bucket);
      await app.objectsChanged(bucket, null);
      return applied;
    },
  };
}

function assertTyped(typed: string, bucket: string, toDo: string): void {
  if (typed === bucket) return;
  throw new PermafrostError('INPUT_INVALID', `Type the bucket's name, ${bucket}, to ${toDo}.`, {
    context: { field: 'typedName' },
  });
}
