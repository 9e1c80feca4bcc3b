/** Buckets: what there is, how one is set up, what it holds and costs, and how one goes. */
import { z } from 'zod';
import type { BucketLossView, BucketView } from '../model/archive';
import { bucketChangeSchema, type BucketSettings } from '../model/bucket-settings';
import type { BucketUsage } from '../model/cost';
import { lifecycleRulesSchema, type LifecycleEffect } from '../model/lifecycle';
import { STORAGE_CLASSES } from '../model/settings';
import { bucketName, nothing, request, type JobStarted } from './request';

const ofBucket = z.strictObject({ bucket: bucketName });
/** of the settings that were seen: STORE_CONFLICT when somebody else has changed them since */
const metageneration = z.string().regex(/^\d+$/);

export const bucketRequests = {
  'bucket.list': request(nothing).answers<readonly BucketView[]>(),
  'bucket.create': request(
    z.strictObject({ name: z.string(), location: z.string().min(1).max(50), storageClass: z.enum(STORAGE_CLASSES) }),
  ).answers<BucketView>(),
  'bucket.loss': request(z.strictObject({ name: bucketName })).answers<BucketLossView>(),
  /** typedName must equal name: what can't be undone is typed */
  'bucket.delete': request(z.strictObject({ name: bucketName, typedName: z.string() })).answers<JobStarted>(),

  'bucket.settings': request(ofBucket).answers<BucketSettings>(),
  /** answers what holds now; STORE_REFUSED names what the server did not take */
  'bucket.changeSettings': request(
    z.strictObject({ ...ofBucket.shape, metageneration, change: bucketChangeSchema }),
  ).answers<BucketSettings>(),
  /** for good; typedName must equal the bucket's name */
  'bucket.lockRetention': request(
    z.strictObject({ ...ofBucket.shape, metageneration, typedName: z.string() }),
  ).answers<BucketSettings>(),

  /** null until the bucket is listed whole; BUSY when another bucket was opened meanwhile, as with catalog.rows */
  'bucket.usage': request(ofBucket).answers<BucketUsage | null>(),
  /** the same; what rules would do to what is there, before they are written */
  'bucket.lifecycleEffect': request(
    z.strictObject({ ...ofBucket.shape, rules: lifecycleRulesSchema }),
  ).answers<LifecycleEffect | null>(),
  /** the sandbox's bucket alone: what Cloud Storage does by itself within a day is done now */
  'bucket.applyLifecycle': request(ofBucket).answers<LifecycleApplied>(),
} as const;

export interface LifecycleApplied {
  readonly deleted: number;
  readonly moved: number;
}
