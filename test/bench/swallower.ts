/**
 * A bucket that keeps nothing: it answers uploads as Cloud Storage does and forgets their bytes, so that what is
 * measured is the archiver alone. It counts what it was told. It lives in the bench's own process.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Swallower {
  readonly endpoint: string;
  /** records of the uploads under a prefix, by their metadata */
  recordsUnder(prefix: string): number;
  close(): Promise<void>;
}

const HEAD_BYTES = 64 * 1024;

export async function startSwallower(): Promise<Swallower> {
  const records = new Map<string, number>();
  const server = createServer((request, response) => {
    const answer = request.method === 'POST' ? swallow(request, records) : Promise.resolve({ kind: 'storage#objects' });
    answer
      .then((body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)))
      .catch((thrown: unknown) => response.writeHead(500).end(String(thrown)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recordsUnder: (prefix) =>
      [...records].reduce((sum, [name, count]) => (name.startsWith(`${prefix}/`) ? sum + count : sum), 0),
    close: () => closed(server),
  };
}

async function swallow(request: IncomingMessage, records: Map<string, number>): Promise<object> {
  let head = Buffer.alloc(0);
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, piece]);
    size += piece.length;
  }
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  const object = jsonPart(head);
  const name = object.name ?? url.searchParams.get('name') ?? '';
  records.set(name, Number(object.metadata?.['records'] ?? Number.NaN));
  return {
    ...object,
    kind: 'storage#object',
    name,
    generation: '1',
    size: String(size),
    timeCreated: new Date(0).toISOString(),
  };
}

interface UploadedObject {
  readonly name?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The first part of a multipart upload. */
function jsonPart(head: Buffer): UploadedObject {
  const text = head.toString('latin1');
  const from = text.indexOf('\r\n\r\n') + 4;
  return JSON.parse(head.toString('utf8', from, text.indexOf('\r\n--', from))) as UploadedObject;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
