/**
 * Stands between a client and any Cloud Storage server, and does to uploads what networks and servers do: refuses, cuts,
 * delays, doubles them, or loses the reply after they took effect. Everything else passes as it is.
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type UploadFault =
  /** answered without the server; with 503 and 429 a Retry-After of a second */
  | { readonly kind: 'refuse'; readonly status: number }
  /** the connection is reset before anything reaches the server */
  | { readonly kind: 'reset' }
  /** the server receives half of the body, then both connections are reset */
  | { readonly kind: 'cut' }
  /** it takes effect, and the connection is reset in place of the reply */
  | { readonly kind: 'lose-reply' }
  /** it reaches the server twice; the client gets the first reply */
  | { readonly kind: 'duplicate' }
  /** it reaches the server late */
  | { readonly kind: 'delay'; readonly ms: number };

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export class BucketProxy {
  readonly #target: URL;
  readonly #server: Server;
  #armed: UploadFault[] = [];
  #stormUntil = 0;
  readonly #created = new Map<string, number>();
  readonly #unconditional: string[] = [];

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy()); // the server is down: as if there were no proxy
    });
  }

  static async start(target: string): Promise<BucketProxy> {
    const proxy = new BucketProxy(new URL(target));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next upload meets it; one that is armed twice is met twice. */
  arm(fault: UploadFault): void {
    this.#armed.push(fault);
  }

  /** faults that no upload has met yet */
  get waiting(): number {
    return this.#armed.length;
  }

  /** objects that were created so far */
  get created(): number {
    return this.#created.size;
  }

  /** Every upload is answered with 503 for a while. */
  storm(ms: number): void {
    this.#stormUntil = Date.now() + ms;
  }

  calm(): void {
    this.#armed = [];
    this.#stormUntil = 0;
  }

  /** Objects the server said it had created more than once, and uploads that did not ask for create-only. */
  get violations(): readonly string[] {
    const twice = [...this.#created].filter(([, times]) => times > 1).map(([name]) => `created twice: ${name}`);
    return [...twice, ...this.#unconditional.map((url) => `not create-only: ${url}`)];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const isUpload = request.method === 'POST' && request.url?.startsWith('/upload/') === true;
    if (!isUpload) {
      answer(response, await this.#forward(request, body));
      return;
    }
    if (!request.url?.includes('ifGenerationMatch=0')) this.#unconditional.push(request.url ?? '');
    await this.#upload(request, response, body);
  }

  async #upload(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const fault: UploadFault | undefined =
      Date.now() < this.#stormUntil ? { kind: 'refuse', status: 503 } : this.#armed.shift();
    if (fault?.kind === 'refuse') {
      response.writeHead(fault.status, { 'retry-after': '1', 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code: fault.status, message: 'a fault' } }));
      return;
    }
    if (fault?.kind === 'reset') {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'cut') {
      await this.#forwardHalf(request, body);
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'delay') await sleep(fault.ms);
    const reply = await this.#forward(request, body);
    this.#count(reply);
    if (fault?.kind === 'duplicate') this.#count(await this.#forward(request, body));
    if (fault?.kind === 'lose-reply') request.socket.destroy();
    else answer(response, reply);
  }

  #count({ status, body }: Reply): void {
    if (status !== 200) return;
    const { name } = JSON.parse(body.toString('utf8')) as { name: string };
    this.#created.set(name, (this.#created.get(name) ?? 0) + 1);
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const forwarded = httpRequest(this.#options(request), (answered) => {
        bodyOf(answered).then(
          (bytes) => resolve({ status: answered.statusCode ?? 502, headers: answered.headers, body: bytes }),
          reject,
        );
      });
      forwarded.on('error', reject);
      forwarded.end(body);
    });
  }

  #forwardHalf(request: IncomingMessage, body: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const forwarded = httpRequest(this.#options(request));
      forwarded.on('error', () => resolve()); // it is cut: that is what is wanted
      forwarded.on('close', resolve);
      forwarded.write(body.subarray(0, body.length >>> 1), () => forwarded.destroy());
    });
  }

  #options(request: IncomingMessage) {
    const { hostname, port } = this.#target;
    const path = request.url ?? '/';
    const headers = ofThisHop(request.headers);
    return { hostname, port, path, method: request.method ?? 'GET', headers, agent: false };
  }
}

function answer(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...ofThisHop(headers), 'content-length': body.length });
  response.end(body);
}

/** Without what speaks of the other connection. */
function ofThisHop(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection, 'transfer-encoding': chunked, ...rest } = headers;
  return connection === undefined && chunked === undefined ? headers : rest;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
