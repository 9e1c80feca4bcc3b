/**
 * Looks at the bucket again and again, past the proxies: what was seen once must stay as it was. Tells how far the chains
 * reach.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const page = z.object({
  items: z
    .array(
      z.object({
        name: z.string(),
        generation: z.string(),
        metageneration: z.string(),
        size: z.string(),
        md5Hash: z.string(),
        crc32c: z.string(),
        timeCreated: z.string(),
        metadata: z.record(z.string(), z.string()).default({}),
      }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
});

type ListedObject = z.infer<typeof page>['items'][number];

const LOOK_EVERY_MS = 1_500;

export class BucketWatch {
  /** what went wrong, a line each */
  readonly violations: string[] = [];
  looks = 0;
  readonly #list: URL;
  readonly #seen = new Map<string, string>();
  readonly #ends = new Map<string, bigint>();

  constructor(endpoint: string, bucket: string) {
    this.#list = new URL(`/storage/v1/b/${bucket}/o`, endpoint);
  }

  get objects(): number {
    return this.#seen.size;
  }

  /** partition to the end of its chain, exclusive */
  get ends(): ReadonlyMap<string, bigint> {
    return this.#ends;
  }

  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (thrown) {
        if (!(thrown instanceof TypeError)) throw thrown; // fetch's: the server is down at the moment
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** @throws TypeError when the server is down */
  async look(): Promise<void> {
    const before = new Set(this.#seen.keys());
    for await (const object of this.#objects()) {
      before.delete(object.name);
      this.#compare(object);
    }
    for (const name of before) this.violations.push(`${name} is gone`);
    this.looks += 1;
  }

  #compare(object: ListedObject): void {
    const { name, generation, metageneration, size, md5Hash, crc32c, timeCreated, metadata } = object;
    const state = JSON.stringify({ generation, metageneration, size, md5Hash, crc32c, timeCreated, metadata });
    const seen = this.#seen.get(name);
    if (seen !== undefined && seen !== state) this.violations.push(`${name} was changed: ${seen}, then ${state}`);
    this.#seen.set(name, state);
    const partition = metadata['partition'] ?? '';
    const next = BigInt(metadata['next-offset'] ?? 0);
    if (next > (this.#ends.get(partition) ?? -1n)) this.#ends.set(partition, next);
  }

  async *#objects(): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const url = new URL(this.#list);
      if (token !== undefined) url.searchParams.set('pageToken', token);
      const { items, nextPageToken } = page.parse(await (await fetch(url)).json());
      yield* items;
      token = nextPageToken;
    } while (token !== undefined);
  }
}
