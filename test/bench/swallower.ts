/**
 * A bucket that keeps no bytes: it answers uploads as Cloud Storage does, create-only too, and remembers names and
 * metadata alone, so that what is measured is the archiver. It lives in the bench's own process.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Swallower {
  readonly endpoint: string;
  /** records of the uploads under a prefix, by their metadata */
  recordsUnder(prefix: string): number;
  close(): Promise<void>;
}

interface StoredObject {
  readonly name: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const HEAD_BYTES = 64 * 1024;
const CREATED_AT = new Date(0).toISOString();

export async function startSwallower(): Promise<Swallower> {
  const objects = new Map<string, StoredObject>();
  const server = createServer((request, response) => {
    answer(request, objects)
      .then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      )
      .catch((thrown: unknown) => response.writeHead(500).end(String(thrown)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recordsUnder: (prefix) =>
      [...objects.values()]
        .filter(({ name }) => isArchiveUnder(prefix, name))
        .reduce((sum, { metadata }) => sum + Number(metadata?.['records'] ?? Number.NaN), 0),
    close: () => closed(server),
  };
}

async function answer(request: IncomingMessage, objects: Map<string, StoredObject>): Promise<Answer> {
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  if (request.method === 'POST') return swallow(request, url.searchParams, objects);
  const [, name] = /\/o\/(.+)$/.exec(url.pathname) ?? [];
  if (name === undefined) return { status: 200, body: list(url.searchParams, objects) };
  const object = objects.get(decodeURIComponent(name));
  return object === undefined ? { status: 404, body: { error: { code: 404 } } } : { status: 200, body: object };
}

async function swallow(
  request: IncomingMessage,
  query: URLSearchParams,
  objects: Map<string, StoredObject>,
): Promise<Answer> {
  let head = Buffer.alloc(0);
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, piece]);
    size += piece.length;
  }
  const part = jsonPart(head);
  const name = part.name ?? query.get('name') ?? '';
  if (objects.has(name)) return { status: 412, body: { error: { code: 412, message: 'conditionNotMet' } } };
  const object = {
    ...part,
    kind: 'storage#object',
    name,
    generation: '1',
    size: String(size),
    timeCreated: CREATED_AT,
  };
  objects.set(name, object);
  return { status: 200, body: object };
}

/** The first part of a multipart upload. */
function jsonPart(head: Buffer): Partial<StoredObject> {
  const text = head.toString('latin1');
  const from = text.indexOf('\r\n\r\n') + 4;
  return JSON.parse(head.toString('utf8', from, text.indexOf('\r\n--', from))) as Partial<StoredObject>;
}

/** By prefix, delimiter and start, all on one page. */
function list(query: URLSearchParams, objects: ReadonlyMap<string, StoredObject>): object {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startOffset = query.get('startOffset') ?? '';
  const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name >= startOffset).sort();
  const folderOf = (name: string): string | null => {
    const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    return end < 0 ? null : name.slice(0, end + delimiter.length);
  };
  return {
    kind: 'storage#objects',
    items: names.filter((name) => folderOf(name) === null).map((name) => objects.get(name)),
    prefixes: [...new Set(names.flatMap((name) => folderOf(name) ?? []))],
  };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Snapshots lie under the same prefix and hold no messages. */
export function isArchiveUnder(prefix: string, name: string): boolean {
  return name.startsWith(`${prefix}/`) && !name.startsWith(`${prefix}/@`);
}
