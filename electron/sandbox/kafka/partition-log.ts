/**
 * The log of one partition: what was appended, in order, on disk and readable by offset.
 *
 * Invariants
 * - An append is answered when the operating system has the bytes: it survives the death of this process. It is not
 *   synced to the disk, so a power cut may take the last seconds.
 * - Nothing is read that has not been written: readers see offsets below the high watermark only.
 * - The bytes of a batch are kept as they came, but for base offset and leader epoch.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { findBatches } from './batch-range';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { LOG_FILE_SUFFIX, LogFile } from './log-file';
import { LogTail, type Batch, type RecordSet } from './log-tail';
import { ProducerSequences } from './producer-sequences';
import { batchNextOffset, stampBatch, type BatchHeader } from './record-batch';
import { damagedFile } from '../state-file';

/** There is one broker, so leadership never moves. */
export const LEADER_EPOCH = 0;
/** A file that has reached this size is followed by another, so that deleted records give space back. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const READ_HINTS = 8;
/** Enough to step over the batches between an index entry and the wanted offset. */
const MIN_READ_BYTES = 128 * 1024;

interface PendingAppend {
  /** Absent for a batch that is sent again: it waits until the first one is written. */
  readonly batch: Batch | undefined;
  readonly baseOffset: number;
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: unknown) => void;
}

const NO_RECORDS: RecordSet = { chunks: [], byteLength: 0 };

export class PartitionLog {
  readonly #folder: string;
  readonly #maxFileBytes: number;
  readonly #files: LogFile[];
  readonly #sequences: ProducerSequences;
  readonly #listeners = new Set<() => void>();
  #logStartOffset: number;
  /** First offset that is not assigned yet; from the high watermark up to it batches wait to be written. */
  #endOffset: number;
  #pending: PendingAppend[] = [];
  #flushing: Promise<void> | undefined;
  readonly #tail = new LogTail();
  #isClosed = false;
  /** Where readers stopped: they come back for the next offset. */
  #hints: { readonly offset: number; readonly file: LogFile; readonly position: number }[] = [];

  private constructor(
    folder: string,
    files: LogFile[],
    sequences: ProducerSequences,
    logStartOffset: number,
    maxFileBytes: number,
  ) {
    this.#folder = folder;
    this.#maxFileBytes = maxFileBytes;
    this.#files = files;
    this.#sequences = sequences;
    this.#endOffset = files.at(-1)?.nextOffset ?? 0;
    this.#logStartOffset = logStartOffset;
  }

  static async create(folder: string, maxFileBytes = MAX_FILE_BYTES): Promise<PartitionLog> {
    await mkdir(folder, { recursive: true });
    const first = await LogFile.create(folder, 0);
    return new PartitionLog(folder, [first], new ProducerSequences(), 0, maxFileBytes);
  }

  /** @throws PermafrostError SANDBOX_FAILED if the log is damaged anywhere but at its torn end */
  static async load(folder: string, logStartOffset: number, maxFileBytes = MAX_FILE_BYTES): Promise<PartitionLog> {
    const names = (await readdir(folder)).filter((name) => name.endsWith(LOG_FILE_SUFFIX)).sort();
    const sequences = new ProducerSequences();
    const files: LogFile[] = [];
    for (const name of names) {
      const file = await LogFile.load(folder, name, name === names.at(-1), (header) => sequences.remember(header));
      const expected = files.at(-1)?.nextOffset ?? file.baseOffset;
      if (file.baseOffset !== expected) throw damagedFile(file.path, `it should begin at offset ${expected}`);
      files.push(file);
    }
    const first = files[0];
    if (first === undefined) throw damagedFile(folder, 'the log files of this partition are gone');
    if (first.baseOffset > logStartOffset) throw damagedFile(first.path, 'log files before it are gone');
    return new PartitionLog(folder, files, sequences, logStartOffset, maxFileBytes);
  }

  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  /** First offset that readers cannot have yet. */
  get highWatermark(): number {
    return this.#activeFile.nextOffset;
  }

  /** Its topic was deleted, or the broker ends. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get byteLength(): number {
    return this.#files.reduce((sum, file) => sum + file.byteLength, 0);
  }

  get #activeFile(): LogFile {
    const file = this.#files.at(-1);
    if (file === undefined) throw new Error(`log ${this.#folder} has no file`);
    return file;
  }

  /**
   * Appends one batch whose header was judged good. The order of calls is the order in the log.
   * @returns its base offset; of a batch that an idempotent producer sends again, the one it was given first
   * @throws KafkaRefusal for a wrong sequence number, and KAFKA_STORAGE_ERROR if it could not be written
   */
  append(bytes: Buffer, header: BatchHeader): Promise<number> {
    if (this.#isClosed) {
      return Promise.reject(new KafkaRefusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'the topic was deleted'));
    }
    const verdict = this.#sequences.judge(header);
    if (verdict.kind === 'refused') {
      return Promise.reject(new KafkaRefusal(verdict.errorCode, 'the sequence number does not follow the last one'));
    }
    if (verdict.kind === 'duplicate') return this.#enqueue(undefined, verdict.baseOffset);
    const baseOffset = this.#endOffset;
    const stamped = { ...header, baseOffset };
    stampBatch(bytes, baseOffset, LEADER_EPOCH);
    this.#sequences.remember(stamped);
    this.#endOffset += header.lastOffsetDelta + 1;
    return this.#enqueue({ bytes, header: stamped }, baseOffset);
  }

  #enqueue(batch: Batch | undefined, baseOffset: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ batch, baseOffset, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Writes what is pending, all of it at once, until nothing is. */
  async #flush(): Promise<void> {
    // What else arrives in the same turn of the event loop goes into the same write.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const group = this.#pending;
      this.#pending = [];
      try {
        await this.#write(group.flatMap((append) => append.batch ?? []));
        for (const append of group) append.resolve(append.baseOffset);
      } catch (error) {
        this.#abandon([...group, ...this.#pending], error);
      }
      for (const listener of [...this.#listeners]) listener();
    }
    this.#flushing = undefined;
  }

  async #write(batches: readonly Batch[]): Promise<void> {
    if (batches.length === 0) return;
    if (this.#activeFile.byteLength >= this.#maxFileBytes) {
      this.#files.push(await LogFile.create(this.#folder, this.#activeFile.nextOffset));
    }
    await this.#activeFile.append(batches);
    for (const batch of batches) this.#tail.push(batch);
  }

  /** Nothing behind a failed write may stay: its offsets are given out anew. */
  #abandon(appends: readonly PendingAppend[], error: unknown): void {
    this.#pending = [];
    this.#endOffset = this.highWatermark;
    this.#sequences.forgetFrom(this.#endOffset);
    const refusal = new KafkaRefusal(
      ErrorCode.KAFKA_STORAGE_ERROR,
      `cannot write to ${this.#folder}: ${String(error)}`,
    );
    for (const append of appends) append.reject(refusal);
  }

  /** Calls `listener` after every append and when the log is closed, until the returned function is called. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How many bytes a read from `offset` could return; up to an index interval too many. */
  readableBytes(offset: number): number {
    if (offset >= this.highWatermark) return 0;
    const at = this.#fileOf(offset);
    const later = this.#files.slice(at + 1).reduce((sum, file) => sum + file.byteLength, 0);
    const file = this.#files[at];
    return file === undefined ? 0 : later + file.byteLength - this.#positionBefore(file, offset);
  }

  /**
   * Whole batches from the one that holds `offset` on.
   * @param offset from logStartOffset to highWatermark
   * @param maxBytes upper bound of what is returned, unless `atLeastOne`
   * @param atLeastOne the first batch is returned however large it is
   */
  async read(offset: number, maxBytes: number, atLeastOne: boolean): Promise<RecordSet> {
    if (offset >= this.highWatermark || (maxBytes <= 0 && !atLeastOne)) return NO_RECORDS;
    if (offset >= this.#tail.firstOffset) return this.#tail.read(offset, maxBytes, atLeastOne);
    return this.#readFile(offset, maxBytes, atLeastOne);
  }

  async #readFile(offset: number, maxBytes: number, atLeastOne: boolean): Promise<RecordSet> {
    const file = this.#files[this.#fileOf(offset)];
    if (file === undefined) return NO_RECORDS;
    let position = this.#positionBefore(file, offset);
    let length = Math.max(maxBytes, MIN_READ_BYTES);
    for (;;) {
      const bytes = await file.read(position, Math.min(length, file.byteLength - position));
      const found = findBatches(bytes, offset, maxBytes, atLeastOne);
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
   * Looks for the first record that is not older than `timestamp`.
   * @param find looks into whole batches, one behind the other, that may hold it
   */
  async searchTimestamp<T>(timestamp: bigint, find: (batches: Buffer) => T | undefined): Promise<T | undefined> {
    for (const file of this.#files) {
      for (const stretch of file.stretchesWithTimestamp(timestamp, this.#logStartOffset)) {
        const found = find(await file.read(stretch.position, stretch.byteLength));
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  get maxTimestamp(): bigint {
    return this.#files.reduce((highest, file) => (file.maxTimestamp > highest ? file.maxTimestamp : highest), -1n);
  }

  /** Moves the log start offset on; whole files before it are removed, but never the one that is written to. */
  async deleteRecords(beforeOffset: number): Promise<void> {
    this.#logStartOffset = Math.max(this.#logStartOffset, Math.min(beforeOffset, this.highWatermark));
    while (this.#files.length > 1 && (this.#files[0]?.nextOffset ?? Infinity) <= this.#logStartOffset) {
      const file = this.#files.shift();
      if (file === undefined) break;
      await file.close();
      await rm(file.path);
    }
  }

  /** Takes no more, waits for what is being written, then closes the files. Readers that wait are woken. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flushing;
    for (const file of this.#files) await file.close();
    for (const listener of [...this.#listeners]) listener();
  }
}
