import { z } from 'zod';
import { STORAGE_CLASSES } from '../../shared/model/settings';
import { connectCloudStorage } from '../engine/store/cloud-storage';
import { parseFlags, UsageError, type Flags } from './arguments';
import { BUCKET_ACTIONS } from './bucket-actions';
import { SETTING_ACTIONS } from './bucket-setting-actions';
import { LIFECYCLE_ACTION } from './bucket-lifecycle-action';
import { BUCKET_FLAGS, bucketFlagsShape, type BucketAction } from './bucket-flags';
import type { Command } from './command';
import { createOutput } from './output';
import { STORAGE_HELP, storageConnection } from './place-flags';
import { flagsOfSettings } from './settings-flags';

const schema = z.object({ action: z.array(z.string()).default([]), ...bucketFlagsShape });

const ACTIONS: Readonly<Record<string, BucketAction>> = {
  ...BUCKET_ACTIONS,
  ...SETTING_ACTIONS,
  lifecycle: LIFECYCLE_ACTION,
};

export const bucketCommand: Command = {
  name: 'bucket',
  summary: 'Lists, makes, sets up and removes buckets, and tells what is in one',
  help: `permafrost bucket list
permafrost bucket create    --bucket NAME [--location L] [--storage-class CLASS]
permafrost bucket show      --bucket NAME
permafrost bucket set       --bucket NAME [--uniform-access on|off] [--public-access-prevention on|off] [--versioning on|off]
                            [--retention-days N|none] [--storage-class CLASS]
permafrost bucket lifecycle --bucket NAME [--colder CLASS:DAYS] [--delete-after DAYS] [--no-rules] [--dry-run]
permafrost bucket lock      --bucket NAME --confirm NAME
permafrost bucket delete    --bucket NAME [--with-objects NAME]

show tells how a bucket is set up, and counts its objects, archives, records and bytes, from metadata alone. set changes what
its flags say. lifecycle puts these rules in the place of those by age that the bucket has, tells what they do to what is there
now, and leaves rules of other kinds alone. lock makes the retention policy one that nobody can remove or shorten, for good.
delete removes an empty bucket; one with objects only if its name is given a second time with --with-objects, since that cannot
be undone: noncurrent versions go, too. Interrupted, the same command goes on. Where a retention policy keeps something,
nothing is deleted.

  --bucket NAME
${STORAGE_HELP}
  --location L          of a new bucket; EU
  --storage-class CLASS of what is put into the bucket: STANDARD, NEARLINE, COLDLINE or ARCHIVE; of a new one STANDARD
  --uniform-access on|off
                        rights by the bucket alone, none by object; on for 90 days, it stays on
  --public-access-prevention on|off
                        nobody can make objects public
  --versioning on|off   keeps what is deleted or replaced as noncurrent versions
  --retention-days N    nothing younger can be deleted, by anybody; none: no such policy
  --colder CLASS:DAYS   moves objects of that age to a colder class, such as NEARLINE:30; repeatable
  --delete-after DAYS   deletes objects of that age
  --rule-prefix TEXT    these rules are for objects whose names begin so; all
  --no-rules            removes the rules by age
  --dry-run             tells what the rules would do, and writes none
  --confirm NAME        the bucket's name once more
  --with-objects NAME   the bucket's name once more
  --settings FILE       what no flag says; set changes the class only when a flag says so
  --json                events as JSON lines

Exit codes: 0 done; 1 failed or cancelled; 2 called wrongly.`,
  run: async (args, { environment, isJson }) => {
    const flags = bucketFlags(args, environment);
    const { action, bucket } = flags;
    const act = action.length === 1 ? ownEntry(ACTIONS, action[0] ?? '') : undefined;
    if (act === undefined) throw new UsageError(`takes one of ${Object.keys(ACTIONS).join(', ')}`);
    if (act.needsName && bucket === undefined) throw new UsageError('--bucket is needed: which one');
    const storage = connectCloudStorage(storageConnection(flags, environment));
    return act.run(storage, { ...flags, bucket: bucket ?? '' }, createOutput(isJson), isJson);
  },
};

/** The class of archives that a file or a variable names for `archive` is for a new bucket, and changes no other one. */
function bucketFlags(args: readonly string[], environment: NodeJS.ProcessEnv): z.infer<typeof schema> {
  const isNew = args.includes('create');
  return parseFlags(
    args,
    BUCKET_FLAGS satisfies Flags,
    schema,
    isNew ? environment : { ...environment, PERMAFROST_STORAGE_CLASS: undefined },
    {
      readFile: (file) => {
        const { 'storage-class': storageClass, ...values } = flagsOfSettings(file);
        return isNew && STORAGE_CLASSES.some((each) => each === storageClass)
          ? { ...values, 'storage-class': storageClass }
          : values;
      },
      positionals: 'action',
    },
  );
}

function ownEntry<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
