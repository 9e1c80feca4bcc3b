/**
 * Stands between clients and a server of Cloud Storage's JSON API, any, and lets requests fail when it is told to. What
 * meets no fault passes as it is.
 */
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultPlan, type PlannedFault, type When } from './fault-plan';

export type BucketVerb = 'upload' | 'list' | 'head' | 'download' | 'delete' | 'other';

export interface BucketRequest {
  readonly verb: BucketVerb;
  readonly method: string;
  readonly url: string;
}

export type BucketFault =
  /** the proxy answers; the server does not see the request */
  | { readonly kind: 'answer'; readonly status: 429 | 500 | 503; readonly retryAfterSeconds?: number }
  /** the connection is cut in place of the request */
  | { readonly kind: 'reset' }
  /** half of the body reaches the server, then both connections are cut */
  | { readonly kind: 'cut-body' }
  /** it took effect; the connection is cut in place of the answer */
  | { readonly kind: 'lose-reply' }
  /** it took effect; half of the answer's body arrives */
  | { readonly kind: 'cut-reply' }
  /** the server gets it twice; the client hears the second answer */
  | { readonly kind: 'duplicate' }
  /** the connection is cut at once, and the server gets the request nevertheless, later */
  | { readonly kind: 'deliver-late'; readonly ms: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'delay-reply'; readonly ms: number }
  /** the body trickles */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number };

export interface BucketProxy {
  /** base URL for clients */
  readonly endpoint: string;
  /** Plans a fault for requests to come. */
  plan(fault: BucketFault, when?: When<BucketRequest>): PlannedFault;
  clearFaults(): void;
  /** Cuts all connections at once. */
  cutAll(): void;
  /** New requests go to this server. @param endpoint its base URL */
  retarget(endpoint: string): void;
  /** Waits for what is to be delivered late. */
  close(): Promise<void>;
}

interface Relayed {
  readonly incoming: IncomingMessage;
  /** of the client: a message that was read, or whose pipe broke, no longer knows it */
  readonly socket: Socket;
  readonly response: ServerResponse;
  readonly target: string;
  readonly agent: Agent;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['rawHeaders'];
  readonly body: Buffer;
}

/** @param onRequest told of every request that arrives */
export async function startBucketProxy(
  firstTarget: string,
  onRequest: (request: BucketRequest) => void = () => undefined,
): Promise<BucketProxy> {
  const plan = new FaultPlan<BucketRequest, BucketFault>();
  const late = new Set<Promise<unknown>>();
  const agent = new Agent({ keepAlive: true });
  let target = firstTarget;
  const server = createServer((incoming, response) => {
    const asked = describe(incoming);
    onRequest(asked);
    const fault = plan.take(asked);
    const relayed: Relayed = { incoming, socket: incoming.socket, response, target, agent };
    meet(relayed, fault, (delivery) => {
      late.add(delivery);
      void delivery.finally(() => late.delete(delivery));
    }).catch(() => relayed.socket.destroy()); // the server or the client went away: the other one is told by the cut
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan: (fault, when) => plan.plan(fault, when),
    clearFaults: () => plan.clear(),
    cutAll: () => server.closeAllConnections(),
    retarget: (endpoint) => (target = endpoint),
    close: async () => {
      await Promise.all(late);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
}

/** @throws Error when the server, or the client, goes away */
async function meet(
  relayed: Relayed,
  fault: BucketFault | null,
  later: (delivery: Promise<unknown>) => void,
): Promise<void> {
  const { incoming, socket, response } = relayed;
  switch (fault?.kind) {
    case undefined:
      return pass(relayed);
    case 'answer': {
      incoming.resume();
      await once(incoming, 'end');
      const retryAfter =
        fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
      response.writeHead(fault.status, retryAfter).end();
      return;
    }
    case 'reset':
      socket.destroy();
      return;
    case 'cut-body':
      return cutBody(relayed);
    case 'lose-reply': {
      await ask(relayed, await bodyOf(incoming));
      socket.destroy();
      return;
    }
    case 'cut-reply': {
      const answer = await ask(relayed, await bodyOf(incoming));
      response.writeHead(answer.status, withLength(answer));
      response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => socket.destroy());
      return;
    }
    case 'duplicate': {
      const body = await bodyOf(incoming);
      await ask(relayed, body);
      send(response, await ask(relayed, body));
      return;
    }
    case 'deliver-late': {
      const body = await bodyOf(incoming);
      socket.destroy();
      // a server that is down by then does not get it: that is the network's right
      later(sleep(fault.ms).then(() => ask(relayed, body).catch(() => undefined)));
      return;
    }
    case 'delay':
      await sleep(fault.ms);
      return pass(relayed);
    case 'delay-reply': {
      const answer = await ask(relayed, await bodyOf(incoming));
      await sleep(fault.ms);
      send(response, answer);
      return;
    }
    case 'throttle':
      return pass(relayed, trickle(fault.bytesPerSecond));
  }
}

/** As it is, in pieces as they come. */
async function pass({ incoming, response, target, agent }: Relayed, slowly?: Transform): Promise<void> {
  const outgoing = request(new URL(incoming.url ?? '/', target), options(incoming, agent));
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  const sent = slowly === undefined ? pipeline(incoming, outgoing) : pipeline(incoming, slowly, outgoing);
  sent.catch(() => undefined); // a server may answer before it has read all; what else went wrong, `answered` tells
  response.once('close', () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  const [answer] = await answered;
  response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
  await pipeline(answer, response);
}

/** The whole request at once, the whole answer at once. */
async function ask({ incoming, target, agent }: Relayed, body: Buffer): Promise<Answer> {
  const outgoing = request(new URL(incoming.url ?? '/', target), options(incoming, agent));
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: await bodyOf(answer) };
}

async function cutBody({ incoming, socket, target, agent }: Relayed): Promise<void> {
  const body = await bodyOf(incoming);
  const outgoing = request(new URL(incoming.url ?? '/', target), {
    ...options(incoming, agent),
    headers: [...withoutLength(incoming.rawHeaders), 'content-length', String(body.length)],
  });
  const gone = once(outgoing, 'close');
  outgoing.on('error', () => undefined); // it is cut on purpose
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
  await gone;
  socket.destroy();
}

function options({ method = 'GET', rawHeaders }: IncomingMessage, agent: Agent) {
  return { method, agent, headers: rawHeaders };
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, withLength(answer)).end(answer.body);
}

/** The body has come whole: it is told its length, so that half of it can be told from all. */
function withLength({ headers, body }: Answer): string[] {
  return [...withoutLength(headers), 'content-length', String(body.length)];
}

function withoutLength(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    if (!['transfer-encoding', 'content-length', 'connection'].includes(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

const TRICKLE_MS = 50;

function trickle(bytesPerSecond: number): Transform {
  const step = Math.max(1, Math.round((bytesPerSecond * TRICKLE_MS) / 1_000));
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const push = async (): Promise<void> => {
        for (let at = 0; at < chunk.length && !this.destroyed; at += step) {
          this.push(chunk.subarray(at, at + step));
          await sleep(TRICKLE_MS);
        }
      };
      push().then(() => done(), done);
    },
  });
}

function describe({ method = 'GET', url = '/' }: IncomingMessage): BucketRequest {
  return { verb: verbOf(method, new URL(url, 'http://proxy')), method, url };
}

function verbOf(method: string, { pathname, searchParams }: URL): BucketVerb {
  if (pathname.startsWith('/upload/')) return 'upload';
  if (method === 'DELETE') return 'delete';
  if (method !== 'GET') return 'other';
  if (/\/b\/[^/]+\/o\/?$/.test(pathname)) return 'list';
  if (!/\/b\/[^/]+\/o\/./.test(pathname)) return 'other';
  return searchParams.get('alt') === 'media' || pathname.startsWith('/download/') ? 'download' : 'head';
}
