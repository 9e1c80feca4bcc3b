/**
 * A bucket as Cloud Storage's JSON API shows it, in and out. Fields that are not known here stay as they are.
 * Source: cloud.google.com/storage/docs/json_api/v1/buckets
 */
import { z } from 'zod';
import { PUBLIC_ACCESS, type BucketChange, type BucketSettings } from '../../../shared/model/bucket-settings';
import { readLifecycle, writeLifecycle } from './lifecycle-resource';
import type { BucketInfo } from './port';

/** int64 as text, or a number where a server is careless */
const int64 = z.union([z.string(), z.number()]);
const time = z.string().transform((text) => Date.parse(text));

const infoSchema = z.object({
  name: z.string(),
  location: z.string().default('US'),
  storageClass: z.string().default('STANDARD'),
  timeCreated: time,
});

const settingsSchema = infoSchema.extend({
  locationType: z.string().optional(),
  metageneration: int64.transform(String).default('0'),
  iamConfiguration: z
    .object({
      uniformBucketLevelAccess: z.object({ enabled: z.boolean(), lockedTime: time.optional() }).optional(),
      publicAccessPrevention: z.string().optional(),
    })
    .optional(),
  versioning: z.object({ enabled: z.boolean().default(false) }).nullish(),
  retentionPolicy: z
    .object({
      retentionPeriod: int64.transform(Number),
      effectiveTime: time.optional(),
      isLocked: z.boolean().default(false),
    })
    .nullish(),
  softDeletePolicy: z.object({ retentionDurationSeconds: int64.transform(Number).default(0) }).nullish(),
  autoclass: z.object({ enabled: z.boolean().default(false) }).nullish(),
  lifecycle: z.object({ rule: z.array(z.unknown()).default([]) }).nullish(),
});

export function parseBucketInfo(resource: unknown): BucketInfo {
  const { timeCreated, ...info } = infoSchema.parse(resource);
  return { ...info, createdAt: timeCreated };
}

/**
 * Cloud Storage leaves away what is off, and always tells of access; who does not tell of that is an emulator, and what it
 * leaves away is not known.
 */
export function parseBucketSettings(resource: unknown): BucketSettings {
  const bucket = settingsSchema.parse(resource);
  const whenAbsent = bucket.iamConfiguration === undefined ? null : false;
  const uniform = bucket.iamConfiguration?.uniformBucketLevelAccess;
  const { retentionPolicy: retention } = bucket;
  return {
    name: bucket.name,
    location: bucket.location,
    locationType: bucket.locationType ?? null,
    storageClass: bucket.storageClass,
    createdAt: bucket.timeCreated,
    metageneration: bucket.metageneration,
    uniformAccess: uniform === undefined ? null : { enabled: uniform.enabled, lockedAt: uniform.lockedTime ?? null },
    publicAccess: publicAccessOf(bucket.iamConfiguration?.publicAccessPrevention),
    versioning: bucket.versioning?.enabled ?? whenAbsent,
    retention:
      retention == null
        ? null
        : {
            periodSeconds: retention.retentionPeriod,
            effectiveAt: retention.effectiveTime ?? bucket.timeCreated,
            isLocked: retention.isLocked,
          },
    softDeleteSeconds: bucket.softDeletePolicy?.retentionDurationSeconds ?? null,
    autoclass: bucket.autoclass?.enabled ?? whenAbsent,
    lifecycle: readLifecycle(bucket.lifecycle?.rule ?? []),
  };
}

/** "unspecified" is what "inherited" was called before 2022. */
function publicAccessOf(text: string | undefined): BucketSettings['publicAccess'] {
  if (text === 'unspecified') return 'inherited';
  return PUBLIC_ACCESS.find((each) => each === text) ?? null;
}

/** The rules of a bucket, as the server wrote them. */
export function rawRules(resource: unknown): readonly unknown[] {
  return settingsSchema.parse(resource).lifecycle?.rule ?? [];
}

/** @param rules the bucket's, as the server wrote them: those that our form does not know are sent back untouched */
export function patchOf(change: BucketChange, rules: readonly unknown[]): Record<string, unknown> {
  const { uniformAccess, publicAccess, versioning, retentionSeconds, storageClass, lifecycle } = change;
  const access = {
    ...(uniformAccess === undefined ? {} : { uniformBucketLevelAccess: { enabled: uniformAccess } }),
    ...(publicAccess === undefined ? {} : { publicAccessPrevention: publicAccess }),
  };
  return {
    ...(Object.keys(access).length === 0 ? {} : { iamConfiguration: access }),
    ...(versioning === undefined ? {} : { versioning: { enabled: versioning } }),
    ...(retentionSeconds === undefined
      ? {}
      : { retentionPolicy: retentionSeconds === null ? null : { retentionPeriod: String(retentionSeconds) } }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(lifecycle === undefined ? {} : { lifecycle: { rule: writeLifecycle(lifecycle, rules) } }),
  };
}

/** What of a change does not hold in what the server says afterwards. */
export function notTaken(change: BucketChange, now: BucketSettings): readonly (keyof BucketChange)[] {
  const holds: Readonly<Record<keyof BucketChange, unknown>> = {
    uniformAccess: now.uniformAccess?.enabled,
    publicAccess: now.publicAccess,
    versioning: now.versioning,
    retentionSeconds: now.retention?.periodSeconds ?? null,
    storageClass: now.storageClass,
    lifecycle: sorted(now.lifecycle.rules),
  };
  return (Object.keys(change) as (keyof BucketChange)[]).filter((field) => {
    const wanted = field === 'lifecycle' ? sorted(change.lifecycle ?? []) : change[field];
    return wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(holds[field]);
  });
}

/** Rules have no order. */
function sorted(rules: readonly object[]): readonly string[] {
  return rules.map((rule) => JSON.stringify(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}
