/**
 * The sandbox bucket: enough of Cloud Storage's JSON API for @google-cloud/storage, curl and others, over a folder.
 * Source: cloud.google.com/storage/docs/json_api/v1
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { lockDataFolder } from '../data-folder-lock';
import { listen } from '../listen';
import { accountOf } from './accounts';
import { Buckets } from './buckets';
import { HttpError } from './http-error';
import { sendJson } from './http-json';
import { applyLifecycle, type LifecycleOutcome } from './lifecycle';
import { carryOut } from './operations';

export interface SandboxBucketOptions {
  readonly dataDir: string;
  /** 127.0.0.1 unless told otherwise */
  readonly host?: string;
  /** 0 for any that is free */
  readonly port: number;
  readonly clock?: () => number;
  /** told of defects of the server itself; the request is answered with 500. Default: a process warning */
  readonly onDefect?: (error: unknown) => void;
}

/** What a test can make of a request: an answer of its own, a cut connection, or a lost reply after the work was done. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'reset' }
  | { readonly kind: 'lose-reply' }
  | { readonly kind: 'wait'; readonly until: Promise<unknown> };

export type Interceptor = (request: { readonly method: string; readonly url: string }) => Fault | undefined;

export interface SandboxBucketServer {
  readonly host: string;
  readonly port: number;
  /** base URL for clients */
  readonly endpoint: string;
  /** For tests. @returns a function that ends it */
  intercept(interceptor: Interceptor): () => void;
  /**
   * Carries out the bucket's lifecycle rules, which nothing else does.
   * @param at the time that they are evaluated for; now unless told otherwise
   * @throws HttpError 404
   */
  applyLifecycle(bucket: string, at?: Date): Promise<LifecycleOutcome>;
  close(): Promise<void>;
}

/** @throws PermafrostError PORT_TAKEN; SANDBOX_FAILED if the folder is in use or damaged */
export async function startSandboxBucketServer(options: SandboxBucketOptions): Promise<SandboxBucketServer> {
  const { dataDir, host = '127.0.0.1', clock = Date.now, onDefect = warnOfDefect } = options;
  const interceptors = new Set<Interceptor>();
  // who asks before the index is loaded waits for it
  let loading = new Promise<Buckets>(() => undefined);
  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    loading.then(
      (buckets) => answer({ buckets, endpoint, interceptors, onDefect, now: clock }, request, response),
      () => request.destroy(),
    );
  });
  const port = await listen(server, 'bucket', host, options.port);
  const endpoint = `http://${host}:${port}`;
  try {
    await mkdir(dataDir, { recursive: true });
    const lock = await lockDataFolder(dataDir, { host, port });
    loading = Buckets.load(path.join(dataDir, 'buckets'), clock);
    const buckets = await loading.catch(async (thrown: unknown) => {
      await lock.release();
      throw thrown;
    });
    return {
      host,
      port,
      endpoint,
      intercept: (interceptor) => {
        interceptors.add(interceptor);
        return () => interceptors.delete(interceptor);
      },
      applyLifecycle: async (bucket, at) => applyLifecycle(buckets.get(bucket), at?.getTime() ?? clock()),
      close: async () => {
        await closeServer(server);
        await lock.release();
      },
    };
  } catch (thrown) {
    await closeServer(server);
    throw thrown;
  }
}

interface Served {
  readonly buckets: Buckets;
  readonly endpoint: string;
  readonly interceptors: ReadonlySet<Interceptor>;
  readonly onDefect: (error: unknown) => void;
  readonly now: () => number;
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const fault = [...served.interceptors]
    .map((intercept) => intercept({ method, url }))
    .find((each) => each !== undefined);
  if (fault?.kind === 'reset') {
    request.destroy();
    return;
  }
  if (fault?.kind === 'answer') {
    request.resume();
    response.writeHead(fault.status, fault.headers).end();
    return;
  }
  if (fault?.kind === 'wait') await fault.until;
  if (fault?.kind === 'lose-reply') response.writeHead = () => response.destroy();
  try {
    await route(served, request, response, method, url);
  } catch (thrown) {
    refuse(served, request, response, thrown);
  }
}

async function route(
  { buckets, endpoint, now }: Served,
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
  url: string,
): Promise<void> {
  const { pathname, searchParams: query } = new URL(url, endpoint);
  const account = accountOf(request.headers.authorization);
  await carryOut(method, pathname, { buckets, endpoint, account, request, response, query, now });
}

function refuse({ onDefect }: Served, request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  if (response.headersSent || response.destroyed || request.socket.destroyed) {
    response.destroy(); // the client went away, or a file ended early: the connection says so
    return;
  }
  request.resume(); // what is left of an upload that was refused
  if (thrown instanceof HttpError) {
    sendJson(response, thrown.status, thrown.body);
    return;
  }
  onDefect(thrown);
  const { body } = new HttpError(500, 'internalError', thrown instanceof Error ? thrown.message : String(thrown));
  sendJson(response, 500, body);
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}

function warnOfDefect(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}
