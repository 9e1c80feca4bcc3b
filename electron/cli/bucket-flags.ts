/** Flags of `permafrost bucket`, and what its actions have in common. */
import { z } from 'zod';
import { DAY_SECONDS } from '../../shared/model/bucket-settings';
import { STORAGE_CLASSES } from '../../shared/model/settings';
import type { CloudStorage } from '../engine/store/cloud-storage';
import { wholeNumber, type Flags } from './arguments';
import type { Output } from './output';
import { STORAGE_FLAGS, storageFlagsShape } from './place-flags';

export const BUCKET_FLAGS = {
  ...STORAGE_FLAGS,
  bucket: { type: 'string' },
  location: { type: 'string' },
  'storage-class': { type: 'string' },
  'uniform-access': { type: 'string' },
  'public-access-prevention': { type: 'string' },
  versioning: { type: 'string' },
  'retention-days': { type: 'string' },
  colder: { type: 'string', multiple: true },
  'delete-after': { type: 'string' },
  'rule-prefix': { type: 'string' },
  'no-rules': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  confirm: { type: 'string' },
  'with-objects': { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const onOff = z.enum(['on', 'off'], 'takes on or off').transform((text) => text === 'on');

/** "NEARLINE:30" */
const colder = z
  .string()
  .regex(/^[A-Z]+:\d{1,5}$/, 'takes a class and days, such as NEARLINE:30')
  .transform((text) => {
    const [storageClass = '', days] = text.split(':');
    return { storageClass, ageDays: Number(days) };
  });

export const bucketFlagsShape = {
  ...storageFlagsShape,
  bucket: z.string().min(1).optional(),
  location: z.string().min(1).default('EU'),
  'storage-class': z.enum(STORAGE_CLASSES).optional(),
  'uniform-access': onOff.optional(),
  'public-access-prevention': onOff.optional(),
  versioning: onOff.optional(),
  /** in seconds */
  'retention-days': z
    .union([z.literal('none').transform(() => null), wholeNumber(1, 36_525).transform((days) => days * DAY_SECONDS)], {
      error: 'takes days from 1 to 36525, or none',
    })
    .optional(),
  colder: z.array(colder).default([]),
  'delete-after': wholeNumber(0, 36_500).optional(),
  'rule-prefix': z.string().min(1).optional(),
  'no-rules': z.boolean().default(false),
  'dry-run': z.boolean().default(false),
  confirm: z.string().optional(),
  'with-objects': z.string().optional(),
};

export type BucketFlags = z.infer<z.ZodObject<typeof bucketFlagsShape>> & { readonly bucket: string };

export interface BucketAction {
  readonly needsName: boolean;
  /** @returns the exit code */
  run(storage: CloudStorage, flags: BucketFlags, output: Output, isJson: boolean): Promise<number>;
}
