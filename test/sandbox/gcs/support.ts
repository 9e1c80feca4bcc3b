/** What the tests of the sandbox bucket share: a server on a fresh folder with a clock of the test, asked by HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Storage, type Bucket } from '@google-cloud/storage';
import { onTestFinished } from 'vitest';
import { startSandboxBucketServer, type SandboxBucketServer } from '../../../electron/sandbox/gcs/server';

export const DAY_MS = 86_400_000;
export const START = Date.parse('2030-01-01T00:00:00.000Z');
export const BUCKET = 'cold-store';

type Fields = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly body: Fields;
  /** of an error */
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

export interface Ask {
  readonly json?: unknown;
  readonly body?: string;
  /** bearer token; none for the account that may do everything */
  readonly token?: string;
}

/** A server that ends with the test. */
export async function startServer(): Promise<Server> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-gcs-'));
  const server = new Server(dataDir);
  await server.start();
  onTestFinished(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true });
  });
  return server;
}

export class Server {
  /** what its clock shows */
  now = START;
  readonly objectFolder: string;
  readonly bucketFile: string;
  /** what went wrong in the server itself */
  readonly defects: unknown[] = [];
  readonly #dataDir: string;
  #port = 0;
  #running: SandboxBucketServer | null = null;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.objectFolder = path.join(dataDir, 'buckets', BUCKET, 'objects');
    this.bucketFile = path.join(dataDir, 'buckets', BUCKET, 'bucket.json');
  }

  get running(): SandboxBucketServer {
    if (this.#running === null) throw new Error('The server does not run.');
    return this.#running;
  }

  /** On the same port again, if it is not the first time: links in answers stay the same. */
  async start(): Promise<void> {
    this.#running = await startSandboxBucketServer({
      dataDir: this.#dataDir,
      port: this.#port,
      clock: () => this.now,
      onDefect: (error) => this.defects.push(error),
    });
    this.#port = this.#running.port;
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = null;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** @param target behind /storage/v1, or a whole path */
  async ask(method: string, target: string, { json, body, token }: Ask = {}): Promise<Answer> {
    const whole = /^\/(upload|download|sandbox)\//.test(target) ? target : `/storage/v1${target}`;
    const response = await fetch(this.running.endpoint + whole, {
      method,
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const fields = response.headers.get('content-type')?.includes('json') === true ? (JSON.parse(text) as Fields) : {};
    const error = fields['error'] as { message: string; errors: { reason: string }[] } | undefined;
    return { status: response.status, body: fields, reason: error?.errors[0]?.reason, message: error?.message };
  }

  /** Makes the bucket. */
  createBucket(fields: Fields = {}): Promise<Answer> {
    return this.ask('POST', '/b', { json: { name: BUCKET, ...fields } });
  }

  bucket(): Promise<Answer> {
    return this.ask('GET', `/b/${BUCKET}`);
  }

  patch(fields: Fields, query = ''): Promise<Answer> {
    return this.ask('PATCH', `/b/${BUCKET}${query}`, { json: fields });
  }

  upload(name: string, body = 'ice', query = '', token?: string): Promise<Answer> {
    const target = `/upload/storage/v1/b/${BUCKET}/o?uploadType=media&name=${encodeURIComponent(name)}${query}`;
    return this.ask('POST', target, { body, ...(token === undefined ? {} : { token }) });
  }

  /** @returns the generation */
  async stored(name: string, body?: string): Promise<string> {
    const { status, body: object } = await this.upload(name, body);
    if (status !== 200) throw new Error(`${name} was not stored: ${status}`);
    return String(object['generation']);
  }

  object(method: 'GET' | 'DELETE', name: string, query = ''): Promise<Answer> {
    return this.ask(method, `/b/${BUCKET}/o/${encodeURIComponent(name)}${query}`);
  }

  async content(name: string, query = ''): Promise<string | number> {
    const target = `${this.running.endpoint}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(name)}?alt=media${query}`;
    const response = await fetch(target);
    return response.ok ? response.text() : response.status;
  }

  /** All pages, as names; with versions as name and generation, marked where it is noncurrent. */
  async list(query = ''): Promise<string[]> {
    const found: string[] = [];
    const isWithVersions = query.includes('versions=true');
    for (let token: string | undefined = ''; token !== undefined;) {
      const { body } = await this.ask('GET', `/b/${BUCKET}/o?pageToken=${token}&${query}`);
      const items = body['items'] as { name: string; generation: string; timeDeleted?: string }[];
      found.push(...((body['prefixes'] as string[] | undefined) ?? []));
      found.push(
        ...items.map(({ name, generation, timeDeleted }) =>
          isWithVersions ? `${name}#${generation}${timeDeleted === undefined ? '' : ' noncurrent'}` : name,
        ),
      );
      token = body['nextPageToken'] as string | undefined;
    }
    return found;
  }

  /** Google's own client. */
  client(): Bucket {
    return new Storage({ apiEndpoint: this.running.endpoint, projectId: 'test' }).bucket(BUCKET);
  }
}
