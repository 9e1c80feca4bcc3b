/**
 * How a bucket is set up. Null where the server does not tell: emulators keep less than Cloud Storage does.
 * Source: cloud.google.com/storage/docs/json_api/v1/buckets
 */
import { z } from 'zod';
import { lifecycleRulesSchema, type LifecycleRule } from './lifecycle';
import { STORAGE_CLASSES, wholeNumber } from './settings';

export interface BucketSettings {
  readonly name: string;
  /** as the server writes it: EU, EUROPE-WEST1 */
  readonly location: string;
  /** region, dual-region, multi-region */
  readonly locationType: string | null;
  /** of new objects */
  readonly storageClass: string;
  /** ms since 1970 */
  readonly createdAt: number;
  /** decimal digits; grows with every change, and pins the next one */
  readonly metageneration: string;
  readonly uniformAccess: {
    readonly enabled: boolean;
    /** until then it can be turned off again, ms since 1970; null: it is off, or the server does not tell */
    readonly lockedAt: number | null;
  } | null;
  readonly publicAccess: PublicAccess | null;
  readonly versioning: boolean | null;
  /** null: none, or the server does not tell */
  readonly retention: Retention | null;
  /** how long what is deleted can be brought back; 0: not at all */
  readonly softDeleteSeconds: number | null;
  readonly autoclass: boolean | null;
  readonly lifecycle: {
    /** those that our form knows */
    readonly rules: readonly LifecycleRule[];
    /** rules of other shapes, a sentence each; they stay as they are when ours are changed */
    readonly others: readonly string[];
  };
}

export interface Retention {
  /** nothing younger can be deleted or replaced */
  readonly periodSeconds: number;
  /** ms since 1970 */
  readonly effectiveAt: number;
  /** for good: it can be made longer, never shorter nor removed */
  readonly isLocked: boolean;
}

export const PUBLIC_ACCESS = ['inherited', 'enforced'] as const;
export type PublicAccess = (typeof PUBLIC_ACCESS)[number];

export const DAY_SECONDS = 86_400;

/** Cloud Storage takes 100 years at most. Source: cloud.google.com/storage/docs/bucket-lock */
const MAX_RETENTION_SECONDS = 3_155_760_000;

/** A change of some settings: what is absent stays. Refusals are words to be shown beside the field. */
export const bucketChangeSchema = z
  .strictObject({
    uniformAccess: z.boolean().optional(),
    publicAccess: z.enum(PUBLIC_ACCESS).optional(),
    versioning: z.boolean().optional(),
    /** null: no retention policy */
    retentionSeconds: wholeNumber(1, MAX_RETENTION_SECONDS).nullable().optional(),
    /** of new objects */
    storageClass: z.enum(STORAGE_CLASSES).optional(),
    /** all that our form knows; others stay */
    lifecycle: lifecycleRulesSchema.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'There is nothing to change');

export type BucketChange = Readonly<z.infer<typeof bucketChangeSchema>>;

/** What others than our form call these settings, for messages: "this server did not take: versioning". */
export const SETTING_NAMES: Readonly<Record<keyof BucketChange, string>> = {
  uniformAccess: 'uniform access',
  publicAccess: 'public access prevention',
  versioning: 'versioning',
  retentionSeconds: 'retention',
  storageClass: 'storage class',
  lifecycle: 'lifecycle',
};

/** "7 days", "36 hours": in the largest unit that leaves no rest. */
export function durationText(seconds: number): string {
  const units = [
    ['day', DAY_SECONDS],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const;
  const [name, size] = units.find(([, unit]) => seconds % unit === 0 && seconds >= unit) ?? units[3];
  const count = seconds / size;
  return `${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`;
}
