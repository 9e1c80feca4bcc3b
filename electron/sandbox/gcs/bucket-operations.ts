/** One function per method of the JSON API. Source: cloud.google.com/storage/docs/json_api/v1/buckets */
import { z } from 'zod';
import { lockedBucket, newBucket, patchedBucket } from './bucket-fields';
import type { BucketRecord } from './bucket-record';
import type { Call } from './call';
import { HttpError, invalid } from './http-error';
import { readJson, sendJson } from './http-json';
import { bucketView } from './json-views';
import { applyLifecycle } from './lifecycle';
import { checkPreconditions, preconditionsOf } from './object-record';

export function listBuckets(call: Call): void {
  const { buckets, endpoint, response, query } = call;
  checkProjection(query);
  sendJson(response, 200, {
    kind: 'storage#buckets',
    items: buckets
      .list()
      .filter(({ name }) => name.startsWith(query.get('prefix') ?? ''))
      .map((bucket) => bucketView(endpoint, bucket)),
  });
}

export async function insertBucket(call: Call): Promise<void> {
  const { buckets, request, query, now } = call;
  checkProjection(query);
  sendBucket(call, await buckets.create(newBucket(await readJson(request), now())));
}

export function getBucket(call: Call): void {
  const { buckets, query, bucket } = call;
  checkProjection(query);
  const { record } = buckets.get(bucket);
  checkMetageneration(query, record);
  sendBucket(call, record);
}

/** A JSON merge patch. Source: cloud.google.com/storage/docs/json_api/v1/buckets/patch */
export async function patchBucket(call: Call): Promise<void> {
  const { buckets, request, query, bucket, now } = call;
  checkProjection(query);
  const patch = await readJson(request);
  const changed = await buckets.change(bucket, (before) => {
    checkMetageneration(query, before);
    return patchedBucket(before, patch, now());
  });
  sendBucket(call, changed);
}

/** For good. Source: cloud.google.com/storage/docs/json_api/v1/buckets/lockRetentionPolicy */
export async function lockRetentionPolicy(call: Call): Promise<void> {
  const { buckets, query, bucket, now } = call;
  if (query.get('ifMetagenerationMatch') === null) {
    throw new HttpError(400, 'required', 'Required parameter: ifMetagenerationMatch');
  }
  const changed = await buckets.change(bucket, (before) => {
    const locked = lockedBucket(before, now());
    checkMetageneration(query, before);
    return locked;
  });
  sendBucket(call, changed);
}

export async function deleteBucket({ buckets, response, query, bucket }: Call): Promise<void> {
  await buckets.remove(bucket, (before) => checkMetageneration(query, before));
  response.writeHead(204).end();
}

/**
 * What the account may do, of what is asked for.
 * Source: cloud.google.com/storage/docs/json_api/v1/buckets/testIamPermissions
 */
export function testPermissions({ account, response, query }: Call): void {
  const permissions = query.getAll('permissions').filter((wanted) => account.may(wanted));
  sendJson(response, 200, { kind: 'storage#testIamPermissionsResponse', permissions });
}

/** The sandbox's own: `?at=` is the time that the rules are evaluated for; now without it. */
export async function applyLifecycleRules({ buckets, response, query, bucket, now }: Call): Promise<void> {
  const at = z.iso.datetime({ offset: true }).nullable().safeParse(query.get('at'));
  if (!at.success) throw invalid("Invalid value for at: a time as in '2030-01-31T12:00:00Z'.");
  sendJson(response, 200, await applyLifecycle(buckets.get(bucket), at.data === null ? now() : Date.parse(at.data)));
}

function sendBucket({ endpoint, response }: Call, bucket: BucketRecord): void {
  sendJson(response, 200, bucketView(endpoint, bucket));
}

/** Both show the same here: there are no ACLs. */
function checkProjection(query: URLSearchParams): void {
  const projection = query.get('projection');
  if (projection !== null && projection !== 'full' && projection !== 'noAcl') {
    throw invalid(`Invalid value for projection: '${projection}'`);
  }
}

/** A bucket has no generation. */
function checkMetageneration(query: URLSearchParams, { metageneration }: BucketRecord): void {
  const asked = new URLSearchParams([...query].filter(([name]) => name.startsWith('ifMetageneration')));
  checkPreconditions({ metageneration }, preconditionsOf(asked));
}
