/** `permafrost bucket list | create | delete`. */
import { deleteAllObjects } from '../engine/restore/delete';
import { HeldObjects, retentionOf } from '../engine/restore/held';
import { untilAskedToEnd, UsageError } from './arguments';
import type { BucketAction } from './bucket-flags';
import { showProgress } from './progress';

const list: BucketAction = {
  needsName: false,
  run: async ({ admin }, _flags, output) => {
    for (const { name, location, storageClass, createdAt } of await admin.listBuckets()) {
      const text = `${name}  ${location}, ${storageClass}, made ${new Date(createdAt).toISOString()}`;
      output.event('bucket', { name, location, storageClass, createdAt }, text);
    }
    return 0;
  },
};

const create: BucketAction = {
  needsName: true,
  run: async ({ admin }, { bucket, location, 'storage-class': storageClass = 'STANDARD' }, output) => {
    const made = await admin.createBucket({ name: bucket, location, storageClass });
    output.event('created', { ...made }, `Bucket ${made.name} made in ${made.location}, ${made.storageClass}`);
    return 0;
  },
};

const remove: BucketAction = {
  needsName: true,
  run: async (storage, { bucket, ...flags }, output, isJson) => {
    const typed = flags['with-objects'];
    if (typed !== undefined && typed !== bucket) {
      throw new UsageError(`--with-objects takes the bucket's name, ${bucket}, and nothing was deleted`);
    }
    if (typed !== undefined) {
      const held = new HeldObjects(await retentionOf(storage.admin, bucket), Date.now());
      const progress = showProgress({ output, isJson, unit: 'objects' });
      const onProgress = progress.update.bind(progress);
      const { state, deleted } = await deleteAllObjects(storage.bucket(bucket), held, {
        signal: untilAskedToEnd(),
        onProgress,
      }).finally(() => progress.end());
      output.event('emptied', { bucket, deleted }, `${deleted.toLocaleString('en')} objects deleted from ${bucket}`);
      if (state === 'cancelled') return 1;
    }
    await storage.admin.deleteBucket(bucket);
    output.event('deleted', { bucket }, `Bucket ${bucket} deleted`);
    return 0;
  },
};

export const BUCKET_ACTIONS: Readonly<Record<string, BucketAction>> = { list, create, delete: remove };
