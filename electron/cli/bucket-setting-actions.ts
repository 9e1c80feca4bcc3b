/** `permafrost bucket show | set | lock`. */
import { bucketChangeSchema, durationText, type BucketSettings } from '../../shared/model/bucket-settings';
import { lifecycleText } from '../../shared/model/lifecycle';
import { classText } from '../../shared/model/storage-class';
import { HeldObjects } from '../engine/restore/held';
import { lossOfBucket } from '../engine/restore/loss';
import { untilAskedToEnd, UsageError } from './arguments';
import type { BucketAction, BucketFlags } from './bucket-flags';
import type { Output } from './output';
import { textTable } from './text-table';
import { bytesText } from './texts';

const show: BucketAction = {
  needsName: true,
  run: async (storage, { bucket }, output) => {
    const settings = await storage.admin.settings(bucket);
    tellSettings(output, settings);
    const held = new HeldObjects(settings.retention, Date.now());
    const content = await lossOfBucket(storage.bucket(bucket), held, untilAskedToEnd());
    const { objects, archives, records, storedBytes, noncurrent } = content;
    const versions =
      noncurrent.objects === 0
        ? ''
        : `; and ${noncurrent.objects.toLocaleString('en')} noncurrent versions, ${bytesText(noncurrent.bytes)}`;
    output.event(
      'content',
      { bucket, ...content },
      `${bucket}: ${objects.toLocaleString('en')} objects, ${archives.toLocaleString('en')} of them archives, with ${records.toLocaleString('en')} records; ${bytesText(storedBytes)}${versions}`,
    );
    return 0;
  },
};

const set: BucketAction = {
  needsName: true,
  run: async ({ admin }, flags, output) => {
    const change = changeOf(flags);
    const { metageneration } = await admin.settings(flags.bucket);
    tellSettings(output, await admin.changeSettings(flags.bucket, change, metageneration));
    return 0;
  },
};

/** @throws UsageError when nothing is to be changed */
function changeOf(flags: BucketFlags) {
  const prevention = flags['public-access-prevention'];
  const fields = {
    uniformAccess: flags['uniform-access'],
    publicAccess: prevention === undefined ? undefined : prevention ? 'enforced' : 'inherited',
    versioning: flags.versioning,
    retentionSeconds: flags['retention-days'],
    storageClass: flags['storage-class'],
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw new UsageError('set takes what is to be changed, such as --versioning on');
  return bucketChangeSchema.parse(Object.fromEntries(given));
}

const lock: BucketAction = {
  needsName: true,
  run: async ({ admin }, { bucket, confirm }, output) => {
    if (confirm !== bucket) {
      throw new UsageError(
        `lock cannot be undone: --confirm takes the bucket's name, ${bucket}, once more. Nothing was locked`,
      );
    }
    const { metageneration } = await admin.settings(bucket);
    tellSettings(output, await admin.lockRetention(bucket, metageneration));
    return 0;
  },
};

function tellSettings(output: Output, settings: BucketSettings): void {
  output.event('settings', { ...settings }, textTable(['setting', 'value'], rowsOf(settings)));
}

function rowsOf(settings: BucketSettings): readonly (readonly string[])[] {
  const { uniformAccess, retention, softDeleteSeconds, lifecycle } = settings;
  const rules = [...lifecycle.rules.map(lifecycleText), ...lifecycle.others];
  return [
    ['name', settings.name],
    ['location', settings.location + (settings.locationType === null ? '' : `, ${settings.locationType}`)],
    ['storage class', `${classText(settings.storageClass)}, of new objects`],
    ['made', new Date(settings.createdAt).toISOString()],
    ['uniform access', uniformAccess === null ? NOT_TOLD : uniformText(uniformAccess)],
    ['public access', PUBLIC_ACCESS_TEXTS[settings.publicAccess ?? 'not told']],
    ['versioning', onOff(settings.versioning)],
    ['retention', retention === null ? 'none' : retentionText(retention)],
    [
      'soft delete',
      softDeleteSeconds === null ? NOT_TOLD : softDeleteSeconds === 0 ? 'off' : durationText(softDeleteSeconds),
    ],
    ['autoclass', onOff(settings.autoclass)],
    ...(rules.length === 0 ? [['rules', 'none']] : rules.map((rule, index) => [index === 0 ? 'rules' : '', rule])),
  ];
}

const NOT_TOLD = 'the server does not tell';

const PUBLIC_ACCESS_TEXTS = {
  inherited: 'as the organization allows',
  enforced: 'prevented',
  'not told': NOT_TOLD,
} as const;

function onOff(value: boolean | null): string {
  return value === null ? NOT_TOLD : value ? 'on' : 'off';
}

function uniformText({ enabled, lockedAt }: NonNullable<BucketSettings['uniformAccess']>): string {
  if (!enabled) return 'off';
  return lockedAt === null ? 'on' : `on; for good from ${new Date(lockedAt).toISOString()}`;
}

function retentionText({ periodSeconds, isLocked }: NonNullable<BucketSettings['retention']>): string {
  return `${durationText(periodSeconds)}, ${isLocked ? 'locked: nobody can shorten or remove it' : 'not locked'}`;
}

export const SETTING_ACTIONS: Readonly<Record<string, BucketAction>> = { show, set, lock };
