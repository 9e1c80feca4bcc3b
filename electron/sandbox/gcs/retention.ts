/**
 * How long a bucket's retention policy keeps its objects: from their creation on, also those that were there before it.
 * Source: cloud.google.com/storage/docs/bucket-lock
 */
import type { BucketRecord } from './bucket-record';
import { HttpError } from './http-error';
import type { ObjectRecord } from './object-record';

/** When an object may be deleted or replaced at the earliest, in ISO 8601; undefined without a policy. */
export function retentionExpiration(
  { retentionPolicy }: Pick<BucketRecord, 'retentionPolicy'>,
  object: Pick<ObjectRecord, 'timeCreated'>,
): string | undefined {
  if (retentionPolicy === undefined) return undefined;
  return new Date(Date.parse(object.timeCreated) + Number(retentionPolicy.retentionPeriod) * 1_000).toISOString();
}

/** @throws HttpError 403 while the object has not reached the age that the policy demands */
export function refuseRetained(bucket: BucketRecord, object: ObjectRecord, atMs: number): void {
  const expiration = retentionExpiration(bucket, object);
  if (expiration === undefined || atMs >= Date.parse(expiration)) return;
  throw new HttpError(
    403,
    'retentionPolicyNotMet',
    `Object '${bucket.name}/${object.name}' is subject to bucket's retention policy or object retention ` +
      `and cannot be deleted or overwritten until ${expiration}`,
  );
}
