/** JSON in requests and answers. */
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { invalid } from './http-error';

const MAX_JSON_BYTES = 256 * 1024;

export async function readJson(request: AsyncIterable<Buffer>): Promise<unknown> {
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

/** @throws HttpError 400 that says what is wrong with which field */
export function parseBody<Value>(schema: z.ZodType<Value>, body: unknown): Value {
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
