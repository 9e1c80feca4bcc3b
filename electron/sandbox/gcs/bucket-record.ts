/** What is known about a bucket: the file bucket.json. Times are ISO 8601, UTC. */
import { z } from 'zod';
import { lifecycleSchema } from './lifecycle-rules';
import { storageClassSchema } from './storage-classes';

/** of older sandboxes: name, location, storageClass and timeCreated alone */
export const bucketSchema = z
  .strictObject({
    name: z.string(),
    /** in capitals */
    location: z.string(),
    /** of objects whose upload names none */
    storageClass: storageClassSchema,
    timeCreated: z.string(),
    updated: z.string().optional(),
    metageneration: z.string().regex(/^\d+$/).default('1'),
    labels: z.record(z.string(), z.string()).default({}),
    versioning: z.strictObject({ enabled: z.boolean() }).default({ enabled: false }),
    iamConfiguration: z
      .strictObject({
        uniformBucketLevelAccess: z.strictObject({
          enabled: z.boolean(),
          /** from then on it can't be disabled; none while it is not enabled */
          lockedTime: z.string().optional(),
        }),
        publicAccessPrevention: z.enum(['inherited', 'enforced']),
      })
      .default({ uniformBucketLevelAccess: { enabled: false }, publicAccessPrevention: 'inherited' }),
    retentionPolicy: z
      .strictObject({
        /** seconds, in digits */
        retentionPeriod: z.string().regex(/^\d+$/),
        effectiveTime: z.string(),
        isLocked: z.boolean(),
      })
      .optional(),
    lifecycle: lifecycleSchema.default({ rule: [] }),
  })
  .transform(({ updated, ...bucket }) => ({ ...bucket, updated: updated ?? bucket.timeCreated }));

export type BucketRecord = Readonly<z.infer<typeof bucketSchema>>;
