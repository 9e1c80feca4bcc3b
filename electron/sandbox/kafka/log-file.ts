/**
 * One file of a partition's log: record batches one behind the other, named after the offset where it begins, with no
 * holes between their offsets; only in a file that was compacted, and is called so, there may be some. A sparse index is
 * kept in memory and rebuilt when the file is opened.
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BATCH_HEADER_BYTES,
  batchByteLength,
  batchNextOffset,
  isCrcRight,
  isWholeBatch,
  readBatchHeader,
  type BatchHeader,
} from './record-batch';
import { damagedFile } from '../state-file';

const INDEX_INTERVAL_BYTES = 64 * 1024;
const SCAN_BYTES = 1024 * 1024;
/** writev takes 1024 buffers at most. */
const MAX_BUFFERS_PER_WRITE = 512;
export const LOG_FILE_SUFFIX = '.log';
const COMPACTED_SUFFIX = '.compacted.log';
/** What is behind the name of a file that is not complete yet. */
export const UNFINISHED_SUFFIX = '.new';
const OFFSET_DIGITS = 20;

/** A stretch of the file that begins at a batch. */
interface IndexEntry {
  readonly offset: number;
  readonly position: number;
  /** Highest timestamp of the batches of this stretch. */
  maxTimestamp: bigint;
}

export interface FileStretch {
  readonly position: number;
  readonly byteLength: number;
}

export class LogFile {
  readonly path: string;
  readonly baseOffset: number;
  /** Offsets may be missing in it, or between it and the next file. */
  readonly isCompacted: boolean;
  readonly #handle: FileHandle;
  readonly #index: IndexEntry[] = [];
  #byteLength = 0;
  #nextOffset: number;
  #firstTimestamp: bigint | undefined;
  #maxTimestamp = -1n;

  private constructor(path: string, baseOffset: number, handle: FileHandle) {
    this.path = path;
    this.baseOffset = baseOffset;
    this.isCompacted = path.endsWith(COMPACTED_SUFFIX);
    this.#nextOffset = baseOffset;
    this.#handle = handle;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** Of its first batch, undefined while it has none. */
  get firstTimestamp(): bigint | undefined {
    return this.#firstTimestamp;
  }

  static async create(folder: string, baseOffset: number): Promise<LogFile> {
    const path = join(folder, `${String(baseOffset).padStart(OFFSET_DIGITS, '0')}${LOG_FILE_SUFFIX}`);
    return new LogFile(path, baseOffset, await open(path, 'wx+'));
  }

  /**
   * Opens a file and reads the header of every batch in it.
   * @param isLast whether it is the file that was written to last, whose tail may be torn: a process that dies while it
   *   writes leaves part of batches nobody was told are kept, so they are cut off
   * @throws PermafrostError SANDBOX_FAILED if batches are damaged that were kept for good
   */
  static async load(
    folder: string,
    name: string,
    isLast: boolean,
    visit: (header: BatchHeader, bytes: Buffer) => void,
  ): Promise<LogFile> {
    const path = join(folder, name);
    const baseOffset = Number(name.slice(0, OFFSET_DIGITS));
    if (!/^\d{20}(\.compacted)?\.log$/.test(name)) throw damagedFile(path, 'its name is not that of a log file');
    const file = new LogFile(path, baseOffset, await open(path, 'r+'));
    try {
      await file.#scan(isLast, visit);
      return file;
    } catch (error) {
      await file.#handle.close();
      throw error;
    }
  }

  async #scan(isLast: boolean, visit: (header: BatchHeader, bytes: Buffer) => void): Promise<void> {
    const { size } = await this.#handle.stat();
    let window = Buffer.allocUnsafe(SCAN_BYTES);
    while (this.#byteLength < size) {
      const bytes = await this.#readInto(window, this.#byteLength);
      const scanned = this.#scanWindow(bytes, visit);
      if (scanned.kind === 'more') continue;
      if (scanned.kind === 'larger' && this.#byteLength + scanned.byteLength <= size) {
        window = Buffer.allocUnsafe(scanned.byteLength);
        continue;
      }
      await this.#cutTornTail(isLast, size);
      return;
    }
  }

  /** Takes whole batches off the front of `bytes`, which lie at the end of what was scanned so far. */
  #scanWindow(
    bytes: Buffer,
    visit: (header: BatchHeader, bytes: Buffer) => void,
  ): { kind: 'more' } | { kind: 'larger'; byteLength: number } | { kind: 'broken' } {
    let at = 0;
    while (bytes.length - at >= BATCH_HEADER_BYTES) {
      const byteLength = batchByteLength(bytes, at);
      if (bytes.readInt8(at + 16) !== 2 || byteLength < BATCH_HEADER_BYTES) return { kind: 'broken' };
      if (byteLength > bytes.length - at) return at > 0 ? { kind: 'more' } : { kind: 'larger', byteLength };
      const header = readBatchHeader(bytes, at);
      const batch = bytes.subarray(at, at + byteLength);
      if (!this.#mayFollow(header.baseOffset) || !isCrcRight(batch)) return { kind: 'broken' };
      this.#add(header);
      visit(header, batch);
      at += byteLength;
    }
    return at > 0 ? { kind: 'more' } : { kind: 'broken' };
  }

  #mayFollow(offset: number): boolean {
    return this.isCompacted ? offset >= this.#nextOffset : offset === this.#nextOffset;
  }

  async #cutTornTail(isLast: boolean, size: number): Promise<void> {
    if (!isLast) throw damagedFile(this.path, `the batch at byte ${this.#byteLength} does not hold`);
    const rest = await this.read(this.#byteLength, size - this.#byteLength);
    // Only the very end can be torn: a good batch behind a bad one means that the bad one had been kept, too.
    for (let at = 1; at + BATCH_HEADER_BYTES <= rest.length; at++) {
      if (isWholeBatch(rest, at, this.#nextOffset)) {
        throw damagedFile(this.path, `the batch at byte ${this.#byteLength} does not hold, but later ones do`);
      }
    }
    await this.#handle.truncate(this.#byteLength);
  }

  #add(header: BatchHeader): void {
    const last = this.#index.at(-1);
    if (last === undefined || this.#byteLength - last.position >= INDEX_INTERVAL_BYTES) {
      const { baseOffset: offset, maxTimestamp } = header;
      this.#index.push({ offset, position: this.#byteLength, maxTimestamp });
    } else if (header.maxTimestamp > last.maxTimestamp) {
      last.maxTimestamp = header.maxTimestamp;
    }
    this.#firstTimestamp ??= header.maxTimestamp;
    if (header.maxTimestamp > this.#maxTimestamp) this.#maxTimestamp = header.maxTimestamp;
    this.#byteLength += header.byteLength;
    this.#nextOffset = header.baseOffset + header.lastOffsetDelta + 1;
  }

  /** Appends batches and returns when the operating system has them. After a failure the file is as it was before. */
  async append(batches: readonly { readonly bytes: Buffer; readonly header: BatchHeader }[]): Promise<void> {
    try {
      let position = this.#byteLength;
      for (let from = 0; from < batches.length; from += MAX_BUFFERS_PER_WRITE) {
        const buffers = batches.slice(from, from + MAX_BUFFERS_PER_WRITE).map((batch) => batch.bytes);
        position += await this.#writeAll(buffers, position);
      }
    } catch (error) {
      await this.#handle.truncate(this.#byteLength);
      throw error;
    }
    for (const { header } of batches) this.#add(header);
  }

  async #writeAll(buffers: Buffer[], position: number): Promise<number> {
    const wanted = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    let { bytesWritten: written } = await this.#handle.writev(buffers, position);
    if (written < wanted) {
      const all = Buffer.concat(buffers);
      while (written < wanted) {
        written += (await this.#handle.write(all, written, wanted - written, position + written)).bytesWritten;
      }
    }
    return wanted;
  }

  /** Reads `length` bytes, fewer at the end of the file. */
  async read(position: number, length: number): Promise<Buffer> {
    return this.#readInto(Buffer.allocUnsafeSlow(length), position);
  }

  async #readInto(buffer: Buffer, position: number): Promise<Buffer> {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  /** Where to begin reading for `offset`: at its batch or at most INDEX_INTERVAL_BYTES before it. */
  positionBefore(offset: number): number {
    let low = 0;
    let high = this.#index.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#index[middle]?.offset ?? Infinity) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#index[low]?.position ?? 0;
  }

  /** All of the file, in stretches of whole batches. */
  get stretches(): FileStretch[] {
    return this.#index.map(({ position }, at) => {
      return { position, byteLength: (this.#index[at + 1]?.position ?? this.#byteLength) - position };
    });
  }

  /**
   * Writes a compacted file that is to take the place of this one: as many batches of it as are left.
   * @returns undefined if all of them are
   */
  async compact(keep: (batches: Buffer) => readonly Buffer[]): Promise<LogFile | undefined> {
    const path = this.isCompacted ? this.path : this.path.slice(0, -LOG_FILE_SUFFIX.length) + COMPACTED_SUFFIX;
    const compacted = new LogFile(path, this.baseOffset, await open(path + UNFINISHED_SUFFIX, 'w+'));
    try {
      for (const { position, byteLength } of this.stretches) {
        const kept = keep(await this.read(position, byteLength));
        await compacted.append(kept.map((bytes) => ({ bytes, header: readBatchHeader(bytes, 0) })));
      }
      await compacted.#handle.sync();
    } catch (error) {
      await compacted.discard();
      throw error;
    }
    if (compacted.byteLength !== this.byteLength) return compacted;
    await compacted.discard();
    return undefined;
  }

  /** Puts a compacted file in the place of `former`, which can still be read by who has it open. */
  async replace(former: LogFile): Promise<void> {
    await rename(this.path + UNFINISHED_SUFFIX, this.path);
    if (former.path !== this.path) await rm(former.path);
  }

  /** Takes away every batch that reaches beyond `offset`; then it can only be closed. @returns where it ends */
  async cut(offset: number): Promise<number> {
    let endOffset = this.baseOffset;
    let position = 0;
    const bytes = await this.read(0, this.#byteLength);
    while (position < bytes.length && batchNextOffset(bytes, position) <= offset) {
      endOffset = batchNextOffset(bytes, position);
      position += batchByteLength(bytes, position);
    }
    await this.#handle.truncate(position);
    return endOffset;
  }

  /** Gives a compacted file up that has not replaced another. */
  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(this.path + UNFINISHED_SUFFIX, { force: true });
  }

  /** The stretches that reach beyond `minOffset` and hold a batch with a timestamp of at least `timestamp`. */
  stretchesWithTimestamp(timestamp: bigint, minOffset: number): FileStretch[] {
    return this.#index.flatMap((entry, at) => {
      const next = this.#index[at + 1] ?? { offset: this.#nextOffset, position: this.#byteLength };
      if (entry.maxTimestamp < timestamp || next.offset <= minOffset) return [];
      return [{ position: entry.position, byteLength: next.position - entry.position }];
    });
  }

  get maxTimestamp(): bigint {
    return this.#maxTimestamp;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
