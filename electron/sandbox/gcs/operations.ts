/**
 * What the server can do, one function per method of the JSON API.
 *
 * not implemented: resumable uploads, changing metadata, copy, compose, rewrite, ACLs, lifecycle, versioning, holds,
 * soft delete, authentication (every token is taken; one stands for an account that may not delete).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Buckets } from './buckets';
import { HttpError, invalid } from './http-error';
import { bucketView, objectHeaders, objectView } from './json-views';
import { listPage } from './listing';
import { parseMultipart } from './multipart';
import type { ObjectDraft, Preconditions } from './object-files';

/** The token of an account with objectCreator and objectViewer alone: it can neither delete nor overwrite. */
export const CREATOR_TOKEN = 'sandbox-archiver';

export interface Call {
  readonly buckets: Buckets;
  readonly endpoint: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly bucket: string;
  readonly object: string;
}

const MAX_JSON_BYTES = 256 * 1024;
const MAX_PAGE = 1_000;

const bucketBody = z.object({
  name: z.string(),
  location: z.string().default('US'),
  storageClass: z.string().default('STANDARD'),
});

const objectBody = z.object({
  name: z.string().optional(),
  contentType: z.string().optional(),
  storageClass: z.string().optional(),
  metadata: z.record(z.string(), z.string()).default({}),
  crc32c: z.string().optional(),
  md5Hash: z.string().optional(),
});

export function listBuckets({ buckets, endpoint, response }: Call): void {
  sendJson(response, 200, {
    kind: 'storage#buckets',
    items: buckets.list().map((bucket) => bucketView(endpoint, bucket)),
  });
}

export async function insertBucket({ buckets, endpoint, request, response }: Call): Promise<void> {
  const wanted = parseBody(bucketBody, await readJson(request));
  sendJson(response, 200, bucketView(endpoint, await buckets.create(wanted)));
}

export function getBucket({ buckets, endpoint, response, bucket }: Call): void {
  sendJson(response, 200, bucketView(endpoint, buckets.get(bucket).record));
}

/**
 * What the account may do, of what is asked for.
 * Source: cloud.google.com/storage/docs/json_api/v1/buckets/testIamPermissions
 */
export function testPermissions({ buckets, request, response, query, bucket }: Call): void {
  buckets.get(bucket);
  const held = isCreatorOnly(request) ? CREATOR_PERMISSIONS : null;
  const permissions = query.getAll('permissions').filter((wanted) => held?.has(wanted) !== false);
  sendJson(response, 200, { kind: 'storage#testIamPermissionsResponse', permissions });
}

/** of objectCreator and objectViewer */
const CREATOR_PERMISSIONS: ReadonlySet<string> = new Set([
  'storage.objects.create',
  'storage.objects.get',
  'storage.objects.list',
]);

export async function deleteBucket(call: Call): Promise<void> {
  requireRights(call, `bucket ${call.bucket}`);
  await call.buckets.remove(call.bucket);
  call.response.writeHead(204).end();
}

export function listObjects({ buckets, endpoint, response, query, bucket }: Call): void {
  const wanted = Number(query.get('maxResults') ?? MAX_PAGE);
  if (!Number.isInteger(wanted) || wanted < 1) throw invalid('Invalid value for maxResults.');
  const { items, prefixes, nextPageToken } = listPage(buckets.get(bucket).objects, {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    startOffset: query.get('startOffset') ?? '',
    endOffset: query.get('endOffset') ?? '',
    maxResults: Math.min(wanted, MAX_PAGE),
    pageToken: query.get('pageToken') ?? '',
  });
  sendJson(response, 200, {
    kind: 'storage#objects',
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    items: items.map((object) => objectView(endpoint, bucket, object)),
  });
}

export async function insertObject(call: Call): Promise<void> {
  const { buckets, endpoint, request, response, query, bucket } = call;
  const target = buckets.get(bucket);
  const { draft, body } = await parseUpload(call, target.record.storageClass);
  const rules = { ...preconditions(query), mayOverwrite: !isCreatorOnly(request) };
  const object = await target.objects.write(draft, body, rules);
  sendJson(response, 200, objectView(endpoint, bucket, object));
}

export function getObject({ buckets, endpoint, response, query, bucket, object }: Call): void {
  const found = buckets.get(bucket).objects.get(object, { ...preconditions(query), ...generationOf(query) });
  sendJson(response, 200, objectView(endpoint, bucket, found));
}

export async function downloadObject({ buckets, request, response, query, bucket, object }: Call): Promise<void> {
  const { objects } = buckets.get(bucket);
  const found = objects.get(object, { ...preconditions(query), ...generationOf(query) });
  const range = parseRange(request.headers.range, found.size);
  const headers = objectHeaders(found);
  if (range === null) {
    response.writeHead(416, { 'content-range': `bytes */${found.size}` }).end();
    return;
  }
  const { start, end, isPart } = range;
  response.writeHead(isPart ? 206 : 200, {
    ...headers,
    'content-length': String(end - start),
    ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${found.size}` } : {}),
  });
  if (end > start) await pipeline(objects.read(found, start, end), response);
  else response.end();
}

export async function deleteObject(call: Call): Promise<void> {
  const { buckets, response, query, bucket, object } = call;
  requireRights(call, object);
  await buckets.get(bucket).objects.remove(object, { ...preconditions(query), ...generationOf(query) });
  response.writeHead(204).end();
}

async function parseUpload(
  { request, query }: Call,
  defaultClass: string,
): Promise<{ readonly draft: ObjectDraft; readonly body: AsyncIterable<Buffer> }> {
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  const bytes = request as AsyncIterable<Buffer>;
  const upload =
    query.get('uploadType') === 'media'
      ? { json: {}, contentType: type, body: bytes }
      : query.get('uploadType') === 'multipart'
        ? await parseMultipart(type, bytes)
        : null;
  if (upload === null) throw new HttpError(501, 'notImplemented', 'The sandbox takes media and multipart uploads.');
  const fields = parseBody(objectBody, upload.json);
  const name = query.get('name') ?? fields.name;
  if (name === undefined || name === '' || Buffer.byteLength(name) > 1024) throw invalid('Required: an object name.');
  return {
    draft: {
      name,
      contentType: fields.contentType ?? upload.contentType,
      storageClass: fields.storageClass ?? defaultClass,
      metadata: fields.metadata,
      crc32c: fields.crc32c,
      md5Hash: fields.md5Hash,
    },
    body: upload.body,
  };
}

function preconditions(query: URLSearchParams): Preconditions {
  const ifGenerationMatch = query.get('ifGenerationMatch');
  const ifGenerationNotMatch = query.get('ifGenerationNotMatch');
  return {
    ...(ifGenerationMatch === null ? {} : { ifGenerationMatch }),
    ...(ifGenerationNotMatch === null ? {} : { ifGenerationNotMatch }),
  };
}

function generationOf(query: URLSearchParams): { readonly generation?: string } {
  const generation = query.get('generation');
  return generation === null ? {} : { generation };
}

/** One range in bytes; null when it can't be satisfied. Several ranges are answered with the whole, as RFC 9110 allows. */
function parseRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number; readonly isPart: boolean } | null {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header);
  const [, from = '', to = ''] = match ?? [];
  if (from === '' && to === '') return { start: 0, end: size, isPart: false };
  if (from === '') return { start: Math.max(0, size - Number(to)), end: size, isPart: true };
  const start = Number(from);
  const end = to === '' ? size : Math.min(size, Number(to) + 1);
  return start >= size || end <= start ? null : { start, end, isPart: true };
}

function isCreatorOnly(request: IncomingMessage): boolean {
  return request.headers.authorization === `Bearer ${CREATOR_TOKEN}`;
}

function requireRights({ request }: Call, what: string): void {
  if (isCreatorOnly(request)) throw new HttpError(403, 'forbidden', `The account may not delete ${what}.`);
}

async function readJson(request: AsyncIterable<Buffer>): Promise<unknown> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MAX_JSON_BYTES) throw invalid('The request is too large.');
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch (cause) {
    throw invalid(`The request is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function parseBody<Value>(schema: z.ZodType<Value>, body: unknown): Value {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error));
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': String(Buffer.byteLength(text)),
  });
  response.end(text);
}
