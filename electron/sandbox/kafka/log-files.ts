/**
 * The files of one partition's log, one behind the other: each begins at the offset where the one before it ends, but for
 * what compaction took away. The last one is written to.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findBatches, type WantedBatches } from './batch-range';
import { LOG_FILE_SUFFIX, LogFile, UNFINISHED_SUFFIX } from './log-file';
import type { Batch, RecordSet } from './log-tail';
import { batchNextOffset, type BatchHeader } from './record-batch';
import { damagedFile } from '../state-file';

/** A file that has reached this size, or segment.bytes, is followed by another, so that deleted records give space back. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const READ_HINTS = 8;
/** Enough to step over the batches between an index entry and the wanted offset. */
const MIN_READ_BYTES = 128 * 1024;

export const NO_RECORDS: RecordSet = { chunks: [], byteLength: 0 };

export interface FileFacts {
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly byteLength: number;
  readonly firstTimestamp: bigint | undefined;
  readonly maxTimestamp: bigint;
}

export class LogFiles {
  readonly #folder: string;
  #maxFileBytes: number;
  readonly #files: LogFile[];
  /** Where readers stopped: they come back for the next offset. */
  #hints: { readonly offset: number; readonly file: LogFile; readonly position: number }[] = [];

  /** How many reads are under way, and the files that are open for them alone. */
  #reads = 0;
  #retired: LogFile[] = [];

  private constructor(folder: string, files: LogFile[], maxFileBytes: number) {
    this.#folder = folder;
    this.#files = files;
    this.#maxFileBytes = maxFileBytes;
  }

  static async create(folder: string, maxFileBytes = MAX_FILE_BYTES): Promise<LogFiles> {
    await mkdir(folder, { recursive: true });
    return new LogFiles(folder, [await LogFile.create(folder, 0)], maxFileBytes);
  }

  /** @throws PermafrostError SANDBOX_FAILED if the log is damaged anywhere but at its torn end */
  static async load(
    folder: string,
    logStartOffset: number,
    visit: (header: BatchHeader, bytes: Buffer) => void,
    maxFileBytes = MAX_FILE_BYTES,
  ): Promise<LogFiles> {
    const files: LogFile[] = [];
    const names = await logFileNames(folder);
    for (const name of names) {
      const file = await LogFile.load(folder, name, name === names.at(-1), visit);
      const before = files.at(-1);
      const expected = before?.nextOffset ?? file.baseOffset;
      const mayFollow = before?.isCompacted === true ? file.baseOffset >= expected : file.baseOffset === expected;
      if (!mayFollow) throw damagedFile(file.path, `it should begin at offset ${expected}`);
      files.push(file);
    }
    const first = files[0];
    if (first === undefined) throw damagedFile(folder, 'the log files of this partition are gone');
    if (first.baseOffset > logStartOffset) throw damagedFile(first.path, 'log files before it are gone');
    return new LogFiles(folder, files, maxFileBytes);
  }

  /** Takes away every batch that reaches beyond `offset` from a log that is not open. @returns where it ends now */
  static async cut(folder: string, offset: number): Promise<number> {
    const names = await logFileNames(folder);
    const [first = '', ...rest] = names;
    const behind = rest.filter((name) => Number(offsetIn(name)) >= offset);
    for (const name of behind) await rm(join(folder, name));
    const last = names.findLast((name) => !behind.includes(name)) ?? first;
    const file = await LogFile.load(folder, last, true, () => undefined);
    const endOffset = await file.cut(offset);
    await file.close();
    return endOffset;
  }

  get #activeFile(): LogFile {
    const file = this.#files.at(-1);
    if (file === undefined) throw new Error(`log ${this.#folder} has no file`);
    return file;
  }

  get nextOffset(): number {
    return this.#activeFile.nextOffset;
  }

  get byteLength(): number {
    return this.#files.reduce((sum, file) => sum + file.byteLength, 0);
  }

  get maxTimestamp(): bigint {
    return this.#files.reduce((highest, file) => (file.maxTimestamp > highest ? file.maxTimestamp : highest), -1n);
  }

  async append(batches: readonly Batch[]): Promise<void> {
    if (this.#activeFile.byteLength >= this.#maxFileBytes) await this.roll();
    await this.#activeFile.append(batches);
  }

  /** Begins a new file, unless the one that is written to is empty. */
  async roll(): Promise<void> {
    if (this.#activeFile.byteLength === 0) return;
    this.#files.push(await LogFile.create(this.#folder, this.#activeFile.nextOffset));
  }

  limitFiles(maxBytes: number): void {
    this.#maxFileBytes = Math.min(maxBytes, MAX_FILE_BYTES);
  }

  /** What is known of the files, in order; the last one is written to. */
  get facts(): FileFacts[] {
    return this.#files.map(({ baseOffset, nextOffset, byteLength, firstTimestamp, maxTimestamp }) => {
      return { baseOffset, nextOffset, byteLength, firstTimestamp, maxTimestamp };
    });
  }

  /** How many bytes lie from `offset` to before `beforeOffset`; up to an index interval too many. */
  bytesBetween(offset: number, beforeOffset: number): number {
    const byteLength = this.#bytesFrom(offset);
    return beforeOffset >= this.nextOffset ? byteLength : Math.max(byteLength - this.#bytesFrom(beforeOffset), 1);
  }

  #bytesFrom(offset: number): number {
    const at = this.#fileOf(offset);
    const later = this.#files.slice(at + 1).reduce((sum, file) => sum + file.byteLength, 0);
    const file = this.#files[at];
    return file === undefined ? 0 : later + file.byteLength - this.#positionBefore(file, offset);
  }

  /** Whole batches of one file. */
  read(wanted: WantedBatches): Promise<RecordSet> {
    return this.#reading(() => this.#read(wanted));
  }

  /** Files that are removed or replaced meanwhile stay open until `work` is done. */
  async #reading<T>(work: () => Promise<T>): Promise<T> {
    this.#reads++;
    try {
      return await work();
    } finally {
      this.#reads--;
      if (this.#reads === 0) await this.#closeRetired();
    }
  }

  async #retire(file: LogFile): Promise<void> {
    this.#retired.push(file);
    if (this.#reads === 0) await this.#closeRetired();
  }

  async #closeRetired(): Promise<void> {
    for (const file of this.#retired.splice(0)) await file.close();
  }

  async #read(wanted: WantedBatches): Promise<RecordSet> {
    const { offset, maxBytes } = wanted;
    const file = this.#files[this.#fileOf(offset)];
    if (file === undefined) return NO_RECORDS;
    let position = this.#positionBefore(file, offset);
    let length = Math.max(maxBytes, MIN_READ_BYTES);
    for (;;) {
      const bytes = await file.read(position, Math.min(length, file.byteLength - position));
      const found = findBatches(bytes, wanted);
      if (found.to > found.from) {
        this.#rememberHint(file, position + found.to, batchNextOffset(bytes, found.last));
        return { chunks: [bytes.subarray(found.from, found.to)], byteLength: found.to - found.from };
      }
      const isAllThere = found.missingBytes === 0 || (found.from === 0 && found.missingBytes <= length);
      if (isAllThere) return NO_RECORDS;
      position += found.from;
      length = Math.max(length, found.missingBytes);
    }
  }

  #rememberHint(file: LogFile, position: number, offset: number): void {
    this.#hints.push({ file, position, offset });
    if (this.#hints.length > READ_HINTS) this.#hints.shift();
  }

  #positionBefore(file: LogFile, offset: number): number {
    const hint = this.#hints.find((known) => known.offset === offset && known.file === file);
    return hint?.position ?? file.positionBefore(offset);
  }

  /** Index of the file that holds `offset`, or else what comes behind it. */
  #fileOf(offset: number): number {
    const after = this.#files.findIndex((file) => file.baseOffset > offset);
    if (after === -1) return this.#files.length - 1;
    const at = Math.max(after - 1, 0);
    return (this.#files[at]?.nextOffset ?? 0) > offset ? at : this.#nextWithBatches(after);
  }

  #nextWithBatches(at: number): number {
    const next = this.#files.findIndex((file, index) => index >= at && file.byteLength > 0);
    return next === -1 ? this.#files.length - 1 : next;
  }

  /**
   * Looks for the first record that is not older than `timestamp`, not before `fromOffset`.
   * @param find looks into whole batches, one behind the other, that may hold it
   */
  searchTimestamp<T>(
    timestamp: bigint,
    fromOffset: number,
    find: (batches: Buffer) => T | undefined,
  ): Promise<T | undefined> {
    return this.#reading(async () => {
      for (const file of [...this.#files]) {
        for (const stretch of file.stretchesWithTimestamp(timestamp, fromOffset)) {
          const found = find(await file.read(stretch.position, stretch.byteLength));
          if (found !== undefined) return found;
        }
      }
      return undefined;
    });
  }

  /** Looks at whole batches, one behind the other, of every file but the last that ends at or before `beforeOffset`. */
  visit(beforeOffset: number, look: (batches: Buffer) => void): Promise<void> {
    return this.#reading(async () => {
      for (const file of this.#closedFiles(beforeOffset)) {
        for (const { position, byteLength } of file.stretches) look(await file.read(position, byteLength));
      }
    });
  }

  /**
   * Replaces the files that `visit` looks at by what `keep` leaves of them.
   * @param keep is given whole batches
   * @param exclusively runs what must not happen while the log is written to
   */
  compact(
    beforeOffset: number,
    keep: (batches: Buffer) => readonly Buffer[],
    exclusively: (work: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    return this.#reading(async () => {
      for (const file of this.#closedFiles(beforeOffset)) {
        const compacted = await file.compact(keep);
        if (compacted !== undefined) await exclusively(() => this.#replace(file, compacted));
      }
    });
  }

  async #replace(file: LogFile, compacted: LogFile): Promise<void> {
    const at = this.#files.indexOf(file);
    if (at === -1) {
      await compacted.discard();
      return;
    }
    await compacted.replace(file);
    await this.#retire(file);
    // Where the file before it was compacted, too, a hole needs no empty file.
    const isNeeded = compacted.byteLength > 0 || this.#files[at - 1]?.isCompacted !== true;
    this.#files.splice(at, 1, ...(isNeeded ? [compacted] : []));
    if (isNeeded) return;
    await rm(compacted.path);
    await compacted.close();
  }

  #closedFiles(beforeOffset: number): LogFile[] {
    return this.#files.slice(0, -1).filter((file) => file.nextOffset <= beforeOffset);
  }

  /** Removes whole files before `offset`, but never the one that is written to. */
  async removeBefore(offset: number): Promise<void> {
    while (this.#files.length > 1 && (this.#files[0]?.nextOffset ?? Infinity) <= offset) {
      const file = this.#files.shift();
      if (file === undefined) break;
      await rm(file.path);
      await this.#retire(file);
    }
  }

  async close(): Promise<void> {
    await this.#closeRetired();
    for (const file of this.#files) await file.close();
  }
}

/** In order, without what a crash during compaction left. */
async function logFileNames(folder: string): Promise<string[]> {
  const all = await readdir(folder);
  for (const name of all) if (name.endsWith(UNFINISHED_SUFFIX)) await rm(join(folder, name));
  const names = all.filter((name) => name.endsWith(LOG_FILE_SUFFIX)).sort();
  // Beside its compacted file, which sorts before it, the former one is a remainder.
  const former = names.filter((name, at) => at > 0 && offsetIn(name) === offsetIn(names[at - 1] ?? ''));
  for (const name of former) await rm(join(folder, name));
  return names.filter((name) => !former.includes(name));
}

function offsetIn(name: string): string {
  return name.slice(0, name.indexOf('.'));
}
