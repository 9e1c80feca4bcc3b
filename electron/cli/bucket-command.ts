import { z } from 'zod';
import { STORAGE_CLASSES } from '../../shared/model/settings';
import { deleteAllObjects } from '../engine/restore/delete';
import { lossOfBucket } from '../engine/restore/loss';
import { connectCloudStorage, type CloudStorage } from '../engine/store/cloud-storage';
import { parseFlags, untilAskedToEnd, UsageError, type Flags } from './arguments';
import type { Command } from './command';
import { createOutput, type Output } from './output';
import { STORAGE_FLAGS, STORAGE_HELP, storageConnection, storageFlagsShape } from './place-flags';
import { showProgress } from './progress';
import { flagsOfSettings } from './settings-flags';
import { bytesText } from './texts';

const FLAGS = {
  ...STORAGE_FLAGS,
  bucket: { type: 'string' },
  location: { type: 'string' },
  'storage-class': { type: 'string' },
  'with-objects': { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  action: z.array(z.string()).default([]),
  ...storageFlagsShape,
  bucket: z.string().min(1).optional(),
  location: z.string().min(1).default('EU'),
  'storage-class': z.enum(STORAGE_CLASSES).default('STANDARD'),
  'with-objects': z.string().optional(),
});

type BucketFlags = z.infer<typeof schema> & { readonly bucket: string };

export const bucketCommand: Command = {
  name: 'bucket',
  summary: 'Lists, makes and removes buckets, and tells what is in one',
  help: `permafrost bucket list
permafrost bucket create --bucket NAME [--location L] [--storage-class CLASS]
permafrost bucket show   --bucket NAME
permafrost bucket delete --bucket NAME [--with-objects NAME]

show counts objects, archives, records and bytes, from metadata alone. delete removes an empty bucket; one with objects only if its
name is given a second time with --with-objects, since that cannot be undone. Interrupted, the same command goes on.

  --bucket NAME
${STORAGE_HELP}
  --location L          of a new bucket; EU
  --storage-class CLASS of what is put into a new bucket: STANDARD, NEARLINE, COLDLINE or ARCHIVE; STANDARD
  --with-objects NAME   the bucket's name once more
  --settings FILE       what no flag says
  --json                events as JSON lines

Exit codes: 0 done; 1 failed or cancelled; 2 called wrongly.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings, positionals: 'action' });
    const { action, bucket } = flags;
    const storage = connectCloudStorage(storageConnection(flags, environment));
    const output = createOutput(isJson);
    const act = action.length === 1 ? ACTIONS[action[0] ?? ''] : undefined;
    if (act === undefined) throw new UsageError('takes one of list, create, show and delete');
    if (act.needsName && bucket === undefined) throw new UsageError('--bucket is needed: which one');
    return act.run(storage, { ...flags, bucket: bucket ?? '' }, output, isJson);
  },
};

interface Action {
  readonly needsName: boolean;
  run(storage: CloudStorage, flags: BucketFlags, output: Output, isJson: boolean): Promise<number>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list: {
    needsName: false,
    run: async ({ admin }, _flags, output) => {
      for (const { name, location, storageClass, createdAt } of await admin.listBuckets()) {
        const text = `${name}  ${location}, ${storageClass}, made ${new Date(createdAt).toISOString()}`;
        output.event('bucket', { name, location, storageClass, createdAt }, text);
      }
      return 0;
    },
  },
  create: {
    needsName: true,
    run: async ({ admin }, { bucket, location, ...flags }, output) => {
      const made = await admin.createBucket({ name: bucket, location, storageClass: flags['storage-class'] });
      output.event('created', { ...made }, `Bucket ${made.name} made in ${made.location}, ${made.storageClass}`);
      return 0;
    },
  },
  show: {
    needsName: true,
    run: async (storage, { bucket }, output) => {
      const { objects, archives, records, storedBytes } = await lossOfBucket(storage.bucket(bucket), untilAskedToEnd());
      output.event(
        'content',
        { bucket, objects, archives, records, storedBytes },
        `${bucket}: ${objects.toLocaleString('en')} objects, ${archives.toLocaleString('en')} of them archives, with ${records.toLocaleString('en')} records; ${bytesText(storedBytes)}`,
      );
      return 0;
    },
  },
  delete: {
    needsName: true,
    run: async (storage, { bucket, ...flags }, output, isJson) => {
      const typed = flags['with-objects'];
      if (typed !== undefined && typed !== bucket) {
        throw new UsageError(`--with-objects takes the bucket's name, ${bucket}, and nothing was deleted`);
      }
      if (typed !== undefined) {
        const progress = showProgress({ output, isJson, unit: 'objects' });
        const onProgress = progress.update.bind(progress);
        const { state, deleted } = await deleteAllObjects(storage.bucket(bucket), {
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
  },
};
