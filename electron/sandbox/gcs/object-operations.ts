/** One function per method of the JSON API. Source: cloud.google.com/storage/docs/json_api/v1/objects */
import { pipeline } from 'node:stream/promises';
import { forbidden } from './accounts';
import type { Call } from './call';
import { invalid } from './http-error';
import { sendJson } from './http-json';
import { objectHeaders, objectView } from './json-views';
import { listPage } from './listing';
import { preconditionsOf, type ObjectRecord } from './object-record';
import { parseUpload } from './upload';

const MAX_PAGE = 1_000;

export function listObjects({ buckets, endpoint, response, query, bucket }: Call): void {
  const wanted = Number(query.get('maxResults') ?? MAX_PAGE);
  if (!Number.isInteger(wanted) || wanted < 1) throw invalid('Invalid value for maxResults.');
  const { record, objects } = buckets.get(bucket);
  const { items, prefixes, nextPageToken } = listPage(objects.index, {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    startOffset: query.get('startOffset') ?? '',
    endOffset: query.get('endOffset') ?? '',
    versions: query.get('versions') === 'true',
    maxResults: Math.min(wanted, MAX_PAGE),
    pageToken: query.get('pageToken') ?? '',
  });
  sendJson(response, 200, {
    kind: 'storage#objects',
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    items: items.map((object) => objectView(endpoint, record, object)),
  });
}

export async function insertObject(call: Call): Promise<void> {
  const { buckets, endpoint, account, request, response, query } = call;
  const bucket = buckets.get(call.bucket);
  const { draft, body } = await parseUpload(request, query, bucket.record.storageClass);
  const object = await bucket.objects.write(draft, body, {
    ...preconditionsOf(query),
    bucket,
    overwriteRefusal: account.may('storage.objects.delete') ? null : forbidden(account, 'storage.objects.delete'),
  });
  sendJson(response, 200, objectView(endpoint, bucket.record, object));
}

export async function getObject(call: Call): Promise<void> {
  const { buckets, endpoint, response, query, bucket } = call;
  if (query.get('alt') === 'media') return downloadObject(call);
  sendJson(response, 200, objectView(endpoint, buckets.get(bucket).record, findObject(call)));
}

export async function downloadObject(call: Call): Promise<void> {
  const { buckets, request, response, bucket } = call;
  const found = findObject(call);
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
  if (end > start) await pipeline(buckets.get(bucket).objects.read(found, start, end), response);
  else response.end();
}

export async function deleteObject(call: Call): Promise<void> {
  const { buckets, response, query, object } = call;
  const bucket = buckets.get(call.bucket);
  await bucket.objects.remove(object, { ...preconditionsOf(query), ...generationOf(query), bucket });
  response.writeHead(204).end();
}

function findObject({ buckets, query, bucket, object }: Call): ObjectRecord {
  return buckets.get(bucket).objects.get(object, { ...preconditionsOf(query), ...generationOf(query) });
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
