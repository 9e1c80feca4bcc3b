/**
 * The files of one partition's log, one behind the other: each begins at the offset where the one before it ends. The
 * last one is written to.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { findBatches, type WantedBatches } from './batch-range';
import { LOG_FILE_SUFFIX, LogFile } from './log-file';
import type { Batch, RecordSet } from './log-tail';
import { batchNextOffset, type BatchHeader } from './record-batch';
import { damagedFile } from '../state-file';

/** A file that has reached this size is followed by another, so that deleted records give space back. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const READ_HINTS = 8;
/** Enough to step over the batches between an index entry and the wanted offset. */
const MIN_READ_BYTES = 128 * 1024;

export const NO_RECORDS: RecordSet = { chunks: [], byteLength: 0 };

export class LogFiles {
  readonly #folder: string;
  readonly #maxFileBytes: number;
  readonly #files: LogFile[];
  /** Where readers stopped: they come back for the next offset. */
  #hints: { readonly offset: number; readonly file: LogFile; readonly position: number }[] = [];

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
    const names = (await readdir(folder)).filter((name) => name.endsWith(LOG_FILE_SUFFIX)).sort();
    const files: LogFile[] = [];
    for (const name of names) {
      const file = await LogFile.load(folder, name, name === names.at(-1), visit);
      const expected = files.at(-1)?.nextOffset ?? file.baseOffset;
      if (file.baseOffset !== expected) throw damagedFile(file.path, `it should begin at offset ${expected}`);
      files.push(file);
    }
    const first = files[0];
    if (first === undefined) throw damagedFile(folder, 'the log files of this partition are gone');
    if (first.baseOffset > logStartOffset) throw damagedFile(first.path, 'log files before it are gone');
    return new LogFiles(folder, files, maxFileBytes);
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
    if (this.#activeFile.byteLength >= this.#maxFileBytes) {
      this.#files.push(await LogFile.create(this.#folder, this.#activeFile.nextOffset));
    }
    await this.#activeFile.append(batches);
  }

  /** How many bytes lie from `offset` to before `beforeOffset`; up to an index interval too many. */
  bytesBetween(offset: number, beforeOffset: number): number {
    return Math.max(this.#bytesFrom(offset) - (beforeOffset >= this.nextOffset ? 0 : this.#bytesFrom(beforeOffset)), 1);
  }

  #bytesFrom(offset: number): number {
    const at = this.#fileOf(offset);
    const later = this.#files.slice(at + 1).reduce((sum, file) => sum + file.byteLength, 0);
    const file = this.#files[at];
    return file === undefined ? 0 : later + file.byteLength - this.#positionBefore(file, offset);
  }

  /** Whole batches of one file. */
  async read(wanted: WantedBatches): Promise<RecordSet> {
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

  /** Index of the file that holds `offset`. */
  #fileOf(offset: number): number {
    const after = this.#files.findIndex((file) => file.baseOffset > offset);
    return after === -1 ? this.#files.length - 1 : Math.max(after - 1, 0);
  }

  /**
   * Looks for the first record that is not older than `timestamp`, not before `fromOffset`.
   * @param find looks into whole batches, one behind the other, that may hold it
   */
  async searchTimestamp<T>(
    timestamp: bigint,
    fromOffset: number,
    find: (batches: Buffer) => T | undefined,
  ): Promise<T | undefined> {
    for (const file of this.#files) {
      for (const stretch of file.stretchesWithTimestamp(timestamp, fromOffset)) {
        const found = find(await file.read(stretch.position, stretch.byteLength));
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  /** Removes whole files before `offset`, but never the one that is written to. */
  async removeBefore(offset: number): Promise<void> {
    while (this.#files.length > 1 && (this.#files[0]?.nextOffset ?? Infinity) <= offset) {
      const file = this.#files.shift();
      if (file === undefined) break;
      await file.close();
      await rm(file.path);
    }
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }
}
