/**
 * What clients say about a bucket, when they make or change it, and what becomes of it: the server's own fields (times,
 * locks) follow from it.
 * Source: cloud.google.com/storage/docs/json_api/v1/buckets
 */
import { z } from 'zod';
import type { BucketRecord } from './bucket-record';
import { HttpError, invalid, notImplemented } from './http-error';
import { parseBody } from './http-json';
import { lifecycleSchema } from './lifecycle-rules';
import { mergePatch, type Json } from './merge-patch';
import { storageClassSchema } from './storage-classes';

/** How long uniform access can be taken back. */
const UNIFORM_ACCESS_LOCKED_AFTER_MS = 90 * 86_400_000;
/** less than 100 years */
const MAX_RETENTION_SECONDS = 3_155_760_000;

const labelKey = z.string().regex(/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u, { error: 'Invalid label key.' });
const labelValue = z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u, { error: 'Invalid label value.' });

const retentionPeriod = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .refine((seconds) => Number.isInteger(seconds) && seconds > 0 && seconds < MAX_RETENTION_SECONDS, {
    error: 'The retention period is in seconds, more than 0 and less than 100 years.',
  })
  .transform(String);

/** The fields that can be changed. */
const fieldsSchema = z.object({
  storageClass: storageClassSchema.default('STANDARD'),
  labels: z.record(labelKey, labelValue).default({}),
  versioning: z.object({ enabled: z.boolean().default(false) }).prefault({}),
  iamConfiguration: z
    .object({
      uniformBucketLevelAccess: z.object({ enabled: z.boolean().default(false) }).prefault({}),
      publicAccessPrevention: z.enum(['inherited', 'enforced']).default('inherited'),
    })
    .prefault({}),
  retentionPolicy: z.object({ retentionPeriod, isLocked: z.boolean().default(false) }).optional(),
  lifecycle: lifecycleSchema.prefault({}),
});

type BucketFields = z.infer<typeof fieldsSchema>;

const identitySchema = z.object({ name: z.string(), location: z.string().toUpperCase().default('US') });

const bodySchema = z.record(z.string(), z.json());

/** Real fields of a bucket that the sandbox does not have: better refused than forgotten. */
const UNKNOWN_HERE = [
  ...['acl', 'autoclass', 'billing', 'cors', 'customPlacementConfig', 'defaultEventBasedHold', 'defaultObjectAcl'],
  ...['encryption', 'hierarchicalNamespace', 'ipFilter', 'logging', 'objectRetention', 'rpo', 'softDeletePolicy'],
  'website',
];

/** @throws HttpError 400 that says which field is wrong, 501 for a field that the sandbox does not have */
export function newBucket(body: unknown, nowMs: number): BucketRecord {
  const wanted = mergePatch({}, readBody(body));
  const { name, location } = parseBody(identitySchema, wanted);
  const fields = parseBody(fieldsSchema, wanted);
  if (fields.retentionPolicy?.isLocked === true) {
    throw invalid(`Retention Policy should not set/unset lock at insertion time for bucket '${name}'.`);
  }
  const now = new Date(nowMs).toISOString();
  const created = { name, location, timeCreated: now, updated: now, metageneration: '1' };
  return { ...created, ...settle(name, fields, undefined, nowMs) };
}

/**
 * @param body a JSON merge patch (RFC 7396): null removes
 * @throws HttpError 400 for a wrong field, 403 for what a lock forbids, 501 for a field that the sandbox does not have
 */
export function patchedBucket(before: BucketRecord, body: unknown, nowMs: number): BucketRecord {
  const { name, location, storageClass, labels, versioning, iamConfiguration, retentionPolicy, lifecycle } = before;
  const changeable = { storageClass, labels, versioning, iamConfiguration, lifecycle };
  const present = { name, location, ...changeable, ...(retentionPolicy === undefined ? {} : { retentionPolicy }) };
  const wanted = mergePatch(parseBody(bodySchema, present), readBody(body));
  const identity = parseBody(identitySchema, wanted);
  if (identity.name !== name || identity.location !== location) {
    throw invalid(`The name and the location of bucket '${name}' can't be changed.`);
  }
  const fields = parseBody(fieldsSchema, wanted);
  return { ...identityOf(before), ...settle(name, fields, before, nowMs), ...bumped(before, nowMs) };
}

/** @throws HttpError 400 when there is no policy that could be locked */
export function lockedBucket(before: BucketRecord, nowMs: number): BucketRecord {
  const { retentionPolicy } = before;
  if (retentionPolicy === undefined || retentionPolicy.isLocked) {
    throw invalid(`Bucket '${before.name}' does not have an unlocked retention policy.`);
  }
  return { ...before, retentionPolicy: { ...retentionPolicy, isLocked: true }, ...bumped(before, nowMs) };
}

function readBody(body: unknown): Json {
  const fields = parseBody(bodySchema, body);
  const unknown = UNKNOWN_HERE.find((field) => (fields[field] ?? null) !== null);
  if (unknown !== undefined) throw notImplemented(`The sandbox's buckets have no ${unknown}.`);
  return fields;
}

function identityOf({ name, location, timeCreated }: BucketRecord) {
  return { name, location, timeCreated };
}

function bumped({ metageneration }: BucketRecord, nowMs: number) {
  return { metageneration: String(BigInt(metageneration) + 1n), updated: new Date(nowMs).toISOString() };
}

/** The wanted fields with what the server adds. */
function settle(name: string, fields: BucketFields, before: BucketRecord | undefined, nowMs: number) {
  const { iamConfiguration, retentionPolicy, ...others } = fields;
  const policy = settleRetention(name, retentionPolicy, before?.retentionPolicy, nowMs);
  const uniform = before?.iamConfiguration.uniformBucketLevelAccess;
  return {
    ...others,
    iamConfiguration: {
      ...iamConfiguration,
      uniformBucketLevelAccess: settleUniformAccess(iamConfiguration.uniformBucketLevelAccess, uniform, nowMs),
    },
    ...(policy === undefined ? {} : { retentionPolicy: policy }),
  };
}

type RetentionPolicy = NonNullable<BucketRecord['retentionPolicy']>;

function settleRetention(
  name: string,
  wanted: BucketFields['retentionPolicy'],
  before: RetentionPolicy | undefined,
  nowMs: number,
): RetentionPolicy | undefined {
  const isLocked = before?.isLocked ?? false;
  if (wanted === undefined) {
    if (!isLocked) return undefined;
    const message = `Bucket '${name}' has a locked Retention Policy which cannot be removed.`;
    throw new HttpError(403, 'retentionPolicyNotMet', message);
  }
  if (wanted.isLocked !== isLocked) throw invalid(`Only lockRetentionPolicy locks the policy of bucket '${name}'.`);
  if (isLocked && Number(wanted.retentionPeriod) < Number(before?.retentionPeriod)) {
    const message = `Cannot reduce retention duration of a locked Retention Policy for bucket '${name}'.`;
    throw new HttpError(403, 'forbidden', message);
  }
  return { ...wanted, effectiveTime: before?.effectiveTime ?? new Date(nowMs).toISOString() };
}

type UniformAccess = BucketRecord['iamConfiguration']['uniformBucketLevelAccess'];

function settleUniformAccess(
  { enabled }: { readonly enabled: boolean },
  before: UniformAccess | undefined,
  nowMs: number,
): UniformAccess {
  const lockedTime = before?.lockedTime;
  if (enabled) {
    return { enabled, lockedTime: lockedTime ?? new Date(nowMs + UNIFORM_ACCESS_LOCKED_AFTER_MS).toISOString() };
  }
  if (lockedTime !== undefined && nowMs >= Date.parse(lockedTime)) {
    throw invalid(`Uniform bucket-level access can't be disabled: it is locked since ${lockedTime}.`);
  }
  return { enabled };
}
