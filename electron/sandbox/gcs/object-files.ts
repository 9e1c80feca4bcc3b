/**
 * The objects of one bucket on disk, with their index in memory.
 *
 *     <hash of the name>.<generation>.body   the bytes of a generation
 *     <hash of the name>.json                what the live object is; names the generation that counts
 *     <hash of the name>.<generation>.json   what a noncurrent generation is, in a bucket with versioning
 *     *.part                                 being written; removed at start
 *
 * The body is written and synced first; renaming the live object's sidecar into place is the commit, so that a kill
 * leaves the old object, the new one, or none. Deleting that sidecar is the commit of a deletion. Where the former
 * generation is kept, its own sidecar is written before the commit: one whose generation is still the live one belongs
 * to a change that did not take place. Such sidecars, and bodies that no sidecar names, are removed at start. Names are
 * hashed: whatever an object is called, its file stays in the folder.
 */
import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { replaceStateFile } from '../state-file';
import { verifyChecksums, writeBody, type BodyContent } from './body-file';
import type { BucketRecord } from './bucket-record';
import { notFound, type HttpError } from './http-error';
import type { ObjectIndex } from './object-index';
import { loadObjects } from './object-loading';
import { checkPreconditions, type ObjectDraft, type ObjectRecord, type Preconditions } from './object-record';
import { refuseRetained } from './retention';
import type { StorageClass } from './storage-classes';

/** The bucket as it is at the moment: its policies may change while an upload is under way. */
interface Owner {
  readonly record: BucketRecord;
}

export interface WriteRules extends Preconditions {
  readonly bucket: Owner;
  /** what replacing an object is answered with; null where it is allowed */
  readonly overwriteRefusal: HttpError | null;
}

export interface RemoveRules extends Preconditions {
  readonly bucket: Owner;
  /** this one, for good; without it the live one, which becomes noncurrent in a bucket with versioning */
  readonly generation?: string;
  /** when the removal takes place; now unless told otherwise */
  readonly atMs?: number;
}

export class ObjectFiles {
  readonly #folder: string;
  readonly #index: ObjectIndex;
  readonly #clock: () => number;
  /** writers of one name go one after another, so that create-only decides between them */
  readonly #turns = new Map<string, Promise<unknown>>();
  #lastGeneration: bigint;
  #parts = 0;

  private constructor(folder: string, index: ObjectIndex, clock: () => number) {
    this.#folder = folder;
    this.#index = index;
    this.#clock = clock;
    this.#lastGeneration = index.lastGeneration;
  }

  /** @throws PermafrostError SANDBOX_FAILED for a sidecar that is damaged: it is named, never taken for something else */
  static async load(folder: string, clock: () => number): Promise<ObjectFiles> {
    await mkdir(folder, { recursive: true });
    return new ObjectFiles(folder, await loadObjects(folder), clock);
  }

  /** to look things up; what changes goes through the methods here */
  get index(): Pick<ObjectIndex, 'isEmpty' | 'liveFrom' | 'generationsFrom' | 'generationsOf'> {
    return this.#index;
  }

  /** @throws HttpError 404; 412 when a precondition fails */
  get(name: string, conditions: Preconditions & { readonly generation?: string } = {}): ObjectRecord {
    const { generation } = conditions;
    const object = generation === undefined ? this.#index.live(name) : this.#find({ name, generation });
    if (object === undefined) throw notFound(`The object ${name}`);
    checkPreconditions(object, conditions);
    return object;
  }

  /** The bytes from start to end (exclusive). */
  read(object: ObjectRecord, start: number, end: number): ReadStream {
    return createReadStream(this.#bodyOf(object), { start, end: end - 1 });
  }

  /**
   * Stores a body as it arrives. It becomes visible as a whole, or not at all.
   * @throws HttpError 412 when a precondition fails, 400 when a checksum does not match, 403 when it may not overwrite
   */
  async write(draft: ObjectDraft, body: AsyncIterable<Buffer>, rules: WriteRules): Promise<ObjectRecord> {
    // a client whose precondition fails need not wait until its body was stored
    this.#admit(draft.name, rules);
    const part = path.join(this.#folder, `${this.#parts++}-${process.pid}.part`);
    try {
      const content = await writeBody(part, body);
      verifyChecksums(draft, content);
      return await this.#inTurn(draft.name, () => {
        this.#admit(draft.name, rules);
        return this.#commit(part, draft, content, rules.bucket.record);
      });
    } finally {
      await rm(part, { force: true });
    }
  }

  /** @throws HttpError 404; 412 when a precondition fails; 403 when the retention policy keeps it */
  async remove(name: string, rules: RemoveRules): Promise<void> {
    await this.#inTurn(name, async () => {
      const object = this.get(name, rules);
      const { record } = rules.bucket;
      const atMs = rules.atMs ?? this.#clock();
      const isLive = object.timeDeleted === undefined;
      const kept =
        isLive && rules.generation === undefined && record.versioning.enabled ? noncurrent(object, atMs) : undefined;
      // a noncurrent generation is kept as well as a live one
      if (kept === undefined) refuseRetained(record, object, atMs);
      await this.#keeping(kept, () => rm(this.#sidecarOf(object)));
      if (isLive) this.#index.removeLive(name);
      else this.#index.removeFormer(object);
      if (kept !== undefined) this.#index.putFormer(kept);
      else await rm(this.#bodyOf(object), { force: true });
    });
  }

  /** Its generation stays, its metageneration grows. @returns whether it was still there, as it was given */
  async setStorageClass(object: ObjectRecord, storageClass: StorageClass, atMs: number): Promise<boolean> {
    return this.#inTurn(object.name, async () => {
      if (this.#find(object) !== object) return false;
      const at = new Date(atMs).toISOString();
      const metageneration = String(BigInt(object.metageneration) + 1n);
      const changed = { ...object, storageClass, metageneration, updated: at, timeStorageClassUpdated: at };
      await replaceStateFile(this.#sidecarOf(changed), changed);
      if (changed.timeDeleted === undefined) this.#index.putLive(changed);
      else this.#index.putFormer(changed);
      return true;
    });
  }

  #admit(name: string, rules: WriteRules): void {
    const existing = this.#index.live(name);
    checkPreconditions(existing, rules);
    if (existing === undefined) return;
    if (rules.overwriteRefusal !== null) throw rules.overwriteRefusal;
    const { record } = rules.bucket;
    if (!record.versioning.enabled) refuseRetained(record, existing, this.#clock());
  }

  async #commit(part: string, draft: ObjectDraft, content: BodyContent, bucket: BucketRecord): Promise<ObjectRecord> {
    const before = this.#index.live(draft.name);
    const nowMs = this.#clock();
    const now = new Date(nowMs).toISOString();
    const { name, contentType, storageClass, metadata } = draft;
    const object: ObjectRecord = {
      ...{ name, generation: this.#nextGeneration(), metageneration: '1' },
      ...{ contentType, storageClass, metadata, timeCreated: now, updated: now },
      ...content,
    };
    const kept = before !== undefined && bucket.versioning.enabled ? noncurrent(before, nowMs) : undefined;
    await rename(part, this.#bodyOf(object));
    await this.#keeping(kept, () => replaceStateFile(this.#sidecarOf(object), object));
    this.#index.putLive(object);
    if (kept !== undefined) this.#index.putFormer(kept);
    else if (before !== undefined) await rm(this.#bodyOf(before), { force: true });
    return object;
  }

  /** Takes the live generation away by the step that commits; the noncurrent one it becomes is on the disk before. */
  async #keeping(kept: ObjectRecord | undefined, commit: () => Promise<void>): Promise<void> {
    if (kept === undefined) return commit();
    const sidecar = this.#sidecarOf(kept);
    await replaceStateFile(sidecar, kept);
    try {
      await commit();
    } catch (thrown) {
      await rm(sidecar, { force: true });
      throw thrown;
    }
  }

  #find({ name, generation }: Pick<ObjectRecord, 'name' | 'generation'>): ObjectRecord | undefined {
    return this.#index.generationsOf(name).find((object) => object.generation === generation);
  }

  /** Microseconds, always growing. */
  #nextGeneration(): string {
    const now = BigInt(this.#clock()) * 1_000n;
    this.#lastGeneration = now > this.#lastGeneration ? now : this.#lastGeneration + 1n;
    return this.#lastGeneration.toString();
  }

  #sidecarOf({ name, generation, timeDeleted }: ObjectRecord): string {
    return path.join(this.#folder, `${hashOf(name)}${timeDeleted === undefined ? '' : `.${generation}`}.json`);
  }

  #bodyOf({ name, generation }: ObjectRecord): string {
    return path.join(this.#folder, `${hashOf(name)}.${generation}.body`);
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

function noncurrent(object: ObjectRecord, atMs: number): ObjectRecord {
  return { ...object, timeDeleted: new Date(atMs).toISOString() };
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
