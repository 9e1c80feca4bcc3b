/**
 * What the server can do: the methods of the JSON API, and the right that each needs.
 * Source: cloud.google.com/storage/docs/json_api/v1; cloud.google.com/storage/docs/access-control/iam-json
 *
 * not implemented: resumable uploads, changing an object's metadata, copy, compose, rewrite, ACLs and IAM policies (the
 * accounts are fixed, see accounts.ts), holds, retention of single objects, soft delete, autoclass, custom times, CORS,
 * notifications, PUT of a bucket, authentication (every token is taken). Lifecycle rules are carried out on request.
 */
import { authorize, type Permission } from './accounts';
import * as buckets from './bucket-operations';
import type { Call } from './call';
import { invalid, notFound, notImplemented } from './http-error';
import * as objects from './object-operations';

interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** null: whoever knows the bucket may */
  readonly needs: Permission | null;
  readonly run: (call: Call) => void | Promise<void>;
}

const BUCKETS = '/storage/v1/b';
const BUCKET = `${BUCKETS}/{bucket}`;
const OBJECTS = `${BUCKET}/o`;
const OBJECT = `${OBJECTS}/{object}`;

const OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: BUCKETS, needs: 'storage.buckets.list', run: buckets.listBuckets },
  { method: 'POST', path: BUCKETS, needs: 'storage.buckets.create', run: buckets.insertBucket },
  { method: 'GET', path: BUCKET, needs: 'storage.buckets.get', run: buckets.getBucket },
  { method: 'PATCH', path: BUCKET, needs: 'storage.buckets.update', run: buckets.patchBucket },
  { method: 'DELETE', path: BUCKET, needs: 'storage.buckets.delete', run: buckets.deleteBucket },
  {
    ...{ method: 'POST', path: `${BUCKET}/lockRetentionPolicy` },
    ...{ needs: 'storage.buckets.update', run: buckets.lockRetentionPolicy },
  },
  { method: 'GET', path: `${BUCKET}/iam/testPermissions`, needs: null, run: buckets.testPermissions },
  { method: 'GET', path: OBJECTS, needs: 'storage.objects.list', run: objects.listObjects },
  { method: 'POST', path: `/upload${OBJECTS}`, needs: 'storage.objects.create', run: objects.insertObject },
  { method: 'GET', path: OBJECT, needs: 'storage.objects.get', run: objects.getObject },
  { method: 'GET', path: `/download${OBJECT}`, needs: 'storage.objects.get', run: objects.downloadObject },
  { method: 'DELETE', path: OBJECT, needs: 'storage.objects.delete', run: objects.deleteObject },
  // Cloud Storage does this by itself
  {
    ...{ method: 'POST', path: '/sandbox/b/{bucket}/applyLifecycle' },
    ...{ needs: 'storage.buckets.update', run: buckets.applyLifecycleRules },
  },
];

const PATTERNS = OPERATIONS.map((operation) => ({ ...operation, pattern: patternOf(operation.path) }));

/** An object's name may hold slashes, also as they are. */
function patternOf(path: string): RegExp {
  const named = path.replace('{bucket}', '(?<bucket>[^/]+)').replace('{object}', '(?<object>.+)');
  return new RegExp(`^${named}/?$`);
}

/**
 * Finds out what is asked for, and does it if the account may.
 * @throws HttpError 404 for a path that nothing lies at, 501 for what cannot be done with it; what the operation throws
 */
export async function carryOut(
  method: string,
  pathname: string,
  context: Omit<Call, 'bucket' | 'object'>,
): Promise<void> {
  const found = PATTERNS.filter(({ pattern }) => pattern.test(pathname));
  if (found.length === 0) throw notFound(`The path ${pathname}`);
  const operation = found.find((each) => each.method === method);
  if (operation === undefined) throw notImplemented(`The sandbox does not know ${method} ${pathname}.`);
  const { bucket = '', object = '' } = operation.pattern.exec(pathname)?.groups ?? {};
  const call: Call = { ...context, bucket: decode(bucket), object: decode(object) };
  if (bucket !== '') call.buckets.get(call.bucket); // a bucket that is not there is told to everybody
  if (operation.needs !== null) authorize(call.account, operation.needs);
  await operation.run(call);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (thrown) {
    if (thrown instanceof URIError) throw invalid(`The path is not encoded as it should be: ${part}`);
    throw thrown;
  }
}
