/** What a client says about the object it uploads: in the query, in the head, or in a JSON part before the bytes. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { invalid, notImplemented } from './http-error';
import { parseBody } from './http-json';
import { parseMultipart, type MultipartUpload } from './multipart';
import type { ObjectDraft } from './object-record';
import { storageClassSchema } from './storage-classes';

const objectBody = z.object({
  name: z.string().optional(),
  contentType: z.string().optional(),
  storageClass: storageClassSchema.optional(),
  metadata: z.record(z.string(), z.string()).default({}),
  crc32c: z.string().optional(),
  md5Hash: z.string().optional(),
});

export interface Upload {
  readonly draft: ObjectDraft;
  /** the bytes, as they arrive */
  readonly body: AsyncIterable<Buffer>;
}

/** @throws HttpError 400 for a malformed upload, 501 for one of another kind */
export async function parseUpload(
  request: IncomingMessage,
  query: URLSearchParams,
  defaultClass: string,
): Promise<Upload> {
  const upload = await openUpload(request, query.get('uploadType'));
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

async function openUpload(request: IncomingMessage, uploadType: string | null): Promise<MultipartUpload> {
  const contentType = request.headers['content-type'] ?? 'application/octet-stream';
  const body = request as AsyncIterable<Buffer>;
  if (uploadType === 'media') return { json: {}, contentType, body };
  if (uploadType === 'multipart') return parseMultipart(contentType, body);
  throw notImplemented('The sandbox takes media and multipart uploads.');
}
