/**
 * The body of an upload with uploadType=multipart: a JSON part that says what the object is, then its bytes.
 *
 *     --boundary CRLF headers CRLF CRLF {json} CRLF --boundary CRLF headers CRLF CRLF bytes CRLF --boundary--
 *
 * Source: RFC 2387; cloud.google.com/storage/docs/uploading-objects#rest-upload-objects
 */
import { invalid } from './http-error';

export interface MultipartUpload {
  readonly json: unknown;
  readonly contentType: string;
  /** the bytes, as they arrive */
  readonly body: AsyncIterable<Buffer>;
}

type Pieces = AsyncIterator<Buffer, undefined>;

const MAX_HEAD_BYTES = 256 * 1024;

export async function parseMultipart(contentType: string, request: AsyncIterable<Buffer>): Promise<MultipartUpload> {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw invalid('A multipart upload names its boundary in Content-Type.');
  const source: Pieces = request[Symbol.asyncIterator]() as Pieces;
  const head = await readHead(source, boundary);
  return { ...head.parts, body: bodyOf(head.rest, source, Buffer.from(`\r\n--${boundary}`)) };
}

type Parts = Pick<MultipartUpload, 'json' | 'contentType'>;

/** Reads up to where the bytes begin. */
async function readHead(source: Pieces, boundary: string): Promise<{ readonly parts: Parts; readonly rest: Buffer }> {
  let seen = Buffer.alloc(0);
  while (seen.length < MAX_HEAD_BYTES) {
    const { value, done } = await source.next();
    if (done === true) break;
    seen = Buffer.concat([seen, value]);
    const head = splitHead(seen, boundary);
    if (head !== null) return head;
  }
  throw invalid('The multipart upload is malformed: its two parts were not found.');
}

function splitHead(seen: Buffer, boundary: string): { readonly parts: Parts; readonly rest: Buffer } | null {
  const first = seen.indexOf(`--${boundary}\r\n`);
  const jsonFrom = first < 0 ? -1 : seen.indexOf('\r\n\r\n', first);
  const second = jsonFrom < 0 ? -1 : seen.indexOf(`\r\n--${boundary}\r\n`, jsonFrom);
  const bytesFrom = second < 0 ? -1 : seen.indexOf('\r\n\r\n', second + boundary.length + 4);
  if (bytesFrom < 0) return null;
  const headers = seen.toString('latin1', second, bytesFrom);
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(headers)?.[1] ?? 'application/octet-stream';
  const json = parseJson(seen.toString('utf8', jsonFrom + 4, second));
  return { parts: { json, contentType }, rest: seen.subarray(bytesFrom + 4) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`The metadata of the upload is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Passes bytes on, but never those that could be the beginning of the closing boundary. */
async function* bodyOf(rest: Buffer, source: Pieces, end: Buffer): AsyncGenerator<Buffer> {
  let held = rest;
  for (;;) {
    const found = held.indexOf(end);
    if (found >= 0) {
      if (found > 0) yield held.subarray(0, found);
      return;
    }
    const safe = held.length - end.length + 1;
    if (safe > 0) {
      yield held.subarray(0, safe);
      held = held.subarray(safe);
    }
    const { value, done } = await source.next();
    if (done === true) throw invalid('The multipart upload was cut off.');
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  }
}
