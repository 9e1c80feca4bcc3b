/**
 * The objects of one bucket on disk, and their index in memory.
 *
 *     <hash of the name>.<generation>.body   the bytes
 *     <hash of the name>.json                what the object is; names the generation that counts
 *     *.part                                 being written; removed at start
 *
 * The body is written and synced first; renaming the sidecar into place is the commit, so that a kill leaves the old
 * object, the new one, or none. Bodies that no sidecar names are removed at start. Names are hashed: whatever an object
 * is called, its file stays in the folder.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { z } from 'zod';
import { readStateFile, replaceStateFile } from '../state-file';
import { conditionNotMet, HttpError, invalid, notFound } from './http-error';

const objectSchema = z.strictObject({
  name: z.string().min(1),
  generation: z.string().regex(/^\d+$/),
  metageneration: z.string(),
  size: z.number().int().min(0),
  crc32c: z.string(),
  md5Hash: z.string(),
  contentType: z.string(),
  storageClass: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
  metadata: z.record(z.string(), z.string()),
});

export type ObjectRecord = Readonly<z.infer<typeof objectSchema>>;

/** What a client says about an object it uploads. */
export interface ObjectDraft {
  readonly name: string;
  readonly contentType: string;
  readonly storageClass: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** checked against what arrives */
  readonly crc32c: string | undefined;
  readonly md5Hash: string | undefined;
}

export interface Preconditions {
  readonly ifGenerationMatch?: string;
  readonly ifGenerationNotMatch?: string;
}

/** Sidecars at start: one after another, a hundred thousand would take most of a minute. */
const READ_AT_ONCE = 64;

export class ObjectFiles {
  readonly #folder: string;
  readonly #objects = new Map<string, ObjectRecord>();
  /** sorted by UTF-8 bytes, as Cloud Storage lists */
  readonly #names: string[] = [];
  /** writers of one name go one after another, so that create-only decides between them */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #clock: () => number;
  #lastGeneration = 0n;
  #parts = 0;

  private constructor(folder: string, clock: () => number) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** @throws PermafrostError SANDBOX_FAILED for a sidecar that is damaged: it is named, never taken for something else */
  static async load(folder: string, clock: () => number): Promise<ObjectFiles> {
    await mkdir(folder, { recursive: true });
    const files = new ObjectFiles(folder, clock);
    const entries = await readdir(folder);
    const sidecars = entries.filter((name) => name.endsWith('.json'));
    for (let at = 0; at < sidecars.length; at += READ_AT_ONCE) {
      const some = sidecars.slice(at, at + READ_AT_ONCE);
      const objects = await Promise.all(some.map((entry) => readStateFile(path.join(folder, entry), objectSchema)));
      for (const object of objects) if (object !== undefined) files.#take(object);
    }
    files.#names.sort(compareNames);
    const bodies = new Set([...files.#objects.values()].map((object) => bodyName(object)));
    const isLeftOver = (entry: string): boolean =>
      entry.endsWith('.part') || entry.endsWith('.new') || (entry.endsWith('.body') && !bodies.has(entry));
    for (const entry of entries.filter(isLeftOver)) await rm(path.join(folder, entry));
    return files;
  }

  get count(): number {
    return this.#names.length;
  }

  get(name: string, conditions: Preconditions & { readonly generation?: string } = {}): ObjectRecord {
    const object = this.#objects.get(name);
    if (object === undefined || (conditions.generation ?? object.generation) !== object.generation) {
      throw notFound(`The object ${name}`);
    }
    check(object, conditions);
    return object;
  }

  /** The bytes from start to end (exclusive). */
  read(object: ObjectRecord, start: number, end: number): ReadStream {
    return createReadStream(path.join(this.#folder, bodyName(object)), { start, end: end - 1 });
  }

  /**
   * Stores a body as it arrives. It becomes visible as a whole, or not at all.
   * @throws HttpError 412 when a precondition fails, 400 when a checksum does not match, 403 when it may not overwrite
   */
  async write(
    draft: ObjectDraft,
    body: AsyncIterable<Buffer>,
    rules: Preconditions & { readonly mayOverwrite: boolean },
  ): Promise<ObjectRecord> {
    // a client whose precondition fails need not wait until its body was stored
    this.#admit(draft.name, rules);
    const part = path.join(this.#folder, `${this.#parts++}-${process.pid}.part`);
    try {
      const { size, crc, md5 } = await writePart(part, body);
      verify(draft, crc, md5);
      return await this.#inTurn(draft.name, async () => {
        this.#admit(draft.name, rules);
        return this.#commit(part, draft, { size, crc32c: crc, md5Hash: md5 });
      });
    } finally {
      await rm(part, { force: true });
    }
  }

  async remove(name: string, conditions: Preconditions & { readonly generation?: string }): Promise<void> {
    await this.#inTurn(name, async () => {
      const object = this.get(name, conditions);
      await rm(this.#sidecar(name));
      this.#objects.delete(name);
      this.#names.splice(this.#placeOf(name), 1);
      await rm(path.join(this.#folder, bodyName(object)), { force: true });
    });
  }

  /** Objects from a name on (inclusive), in name order. */
  *from(start: string): Generator<ObjectRecord, undefined> {
    for (let index = this.#placeOf(start); index < this.#names.length; index += 1) {
      const object = this.#objects.get(this.#names[index] ?? '');
      if (object !== undefined) yield object;
    }
    return undefined;
  }

  #admit(name: string, rules: Preconditions & { readonly mayOverwrite: boolean }): void {
    const existing = this.#objects.get(name);
    check(existing, rules);
    if (existing !== undefined && !rules.mayOverwrite) {
      throw new HttpError(403, 'forbidden', `The account does not have storage.objects.delete access to ${name}.`);
    }
  }

  async #commit(
    part: string,
    draft: ObjectDraft,
    content: Pick<ObjectRecord, 'size' | 'crc32c' | 'md5Hash'>,
  ): Promise<ObjectRecord> {
    const before = this.#objects.get(draft.name);
    const now = new Date(this.#clock()).toISOString();
    const object: ObjectRecord = {
      name: draft.name,
      generation: this.#nextGeneration(),
      metageneration: '1',
      contentType: draft.contentType,
      storageClass: draft.storageClass,
      metadata: draft.metadata,
      timeCreated: now,
      updated: now,
      ...content,
    };
    await rename(part, path.join(this.#folder, bodyName(object)));
    await replaceStateFile(this.#sidecar(object.name), object);
    this.#keep(object);
    if (before !== undefined) await rm(path.join(this.#folder, bodyName(before)), { force: true });
    return object;
  }

  #keep(object: ObjectRecord): void {
    if (!this.#objects.has(object.name)) this.#names.splice(this.#placeOf(object.name), 0, object.name);
    this.#set(object);
  }

  /** At start, when names need not be in order yet. */
  #take(object: ObjectRecord): void {
    this.#names.push(object.name);
    this.#set(object);
  }

  #set(object: ObjectRecord): void {
    this.#objects.set(object.name, object);
    const generation = BigInt(object.generation);
    if (generation > this.#lastGeneration) this.#lastGeneration = generation;
  }

  /** Index of the first name that is not before this one. */
  #placeOf(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareNames(this.#names[middle] ?? '', name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Microseconds, always growing. */
  #nextGeneration(): string {
    const now = BigInt(this.#clock()) * 1_000n;
    this.#lastGeneration = now > this.#lastGeneration ? now : this.#lastGeneration + 1n;
    return this.#lastGeneration.toString();
  }

  #sidecar(name: string): string {
    return path.join(this.#folder, `${hashOf(name)}.json`);
  }

  async #inTurn<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    }
  }
}

const SURROGATE = /[\ud800-\udfff]/;

/** By UTF-8 bytes, which is also the order of UTF-16 unless there are surrogates. */
export function compareNames(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function check(object: ObjectRecord | undefined, { ifGenerationMatch, ifGenerationNotMatch }: Preconditions): void {
  const generation = object?.generation ?? '0';
  if (ifGenerationMatch !== undefined && ifGenerationMatch !== generation) throw conditionNotMet();
  if (ifGenerationNotMatch !== undefined && ifGenerationNotMatch === generation) throw conditionNotMet();
}

async function writePart(
  part: string,
  body: AsyncIterable<Buffer>,
): Promise<{ readonly size: number; readonly crc: string; readonly md5: string }> {
  const md5: Hash = createHash('md5');
  let crc = 0;
  let size = 0;
  const file = await open(part, 'wx');
  try {
    for await (const piece of body) {
      md5.update(piece);
      crc = crc32c(piece, crc);
      size += piece.length;
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return { size, crc: bytes.toString('base64'), md5: md5.digest('base64') };
}

function verify(draft: ObjectDraft, crc: string, md5: string): void {
  if (draft.crc32c !== undefined && draft.crc32c !== crc) {
    throw invalid(`Provided CRC32C "${draft.crc32c}" doesn't match calculated CRC32C "${crc}".`);
  }
  if (draft.md5Hash !== undefined && draft.md5Hash !== md5) {
    throw invalid(`Provided MD5 hash "${draft.md5Hash}" doesn't match calculated MD5 hash "${md5}".`);
  }
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function bodyName({ name, generation }: Pick<ObjectRecord, 'name' | 'generation'>): string {
  return `${hashOf(name)}.${generation}.body`;
}
