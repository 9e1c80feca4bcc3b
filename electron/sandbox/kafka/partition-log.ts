/**
 * The log of one partition: what was appended, in order, on disk and readable by offset.
 *
 * Invariants
 * - An append is answered when the operating system has the bytes: it survives the death of this process. It is not
 *   synced to the disk, so a power cut may take the last seconds.
 * - Nothing is read that has not been written: readers see offsets below the high watermark only.
 * - The bytes of a batch are kept as they came, but for base offset and leader epoch, and until compaction.
 */
import type { WantedBatches } from './batch-range';
import { encodeMarker, type Marker } from './control-batch';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { compactBatches, noteKeys, type CompactionTerms, type LastOffsets } from './compaction';
import { LeaderEpochs } from './leader-epochs';
import { LogFiles, NO_RECORDS, type FileFacts } from './log-files';
import { LogTail, type Batch, type RecordSet } from './log-tail';
import { PartitionTransactions, type AbortedTransaction } from './partition-transactions';
import { ProducerSequences } from './producer-sequences';
import { readBatchHeader, stampBatch, type BatchHeader } from './record-batch';

export interface PartitionLogOptions {
  readonly maxFileBytes?: number;
  readonly epochs?: LeaderEpochs;
}

interface PendingAppend {
  /** Absent for a batch that is sent again: it waits until the first one is written. */
  readonly batch: Batch | undefined;
  readonly baseOffset: number;
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: unknown) => void;
}

export class PartitionLog {
  readonly #folder: string;
  readonly epochs: LeaderEpochs;
  readonly #files: LogFiles;
  readonly #sequences: ProducerSequences;
  readonly #transactions: PartitionTransactions;
  readonly #tail = new LogTail();
  readonly #listeners = new Set<() => void>();
  #logStartOffset: number;
  #highWatermark: number;
  /** First offset that is not assigned yet; from the high watermark up to it batches wait to be written. */
  #endOffset: number;
  #pending: PendingAppend[] = [];
  /** What must not happen during a write. */
  #interludes: (() => Promise<void>)[] = [];
  #flushing: Promise<void> | undefined;
  /** Why it takes no more: undefined while it does. */
  #closedCode: ErrorCode | undefined;

  private constructor(
    folder: string,
    files: LogFiles,
    producers: { readonly sequences: ProducerSequences; readonly transactions: PartitionTransactions },
    logStartOffset: number,
    epochs: LeaderEpochs,
  ) {
    this.#folder = folder;
    this.epochs = epochs;
    this.#files = files;
    this.#sequences = producers.sequences;
    this.#transactions = producers.transactions;
    this.#highWatermark = files.nextOffset;
    this.#endOffset = files.nextOffset;
    this.#logStartOffset = logStartOffset;
  }

  static async create(folder: string, maxFileBytes?: number): Promise<PartitionLog> {
    const producers = { sequences: new ProducerSequences(), transactions: new PartitionTransactions() };
    return new PartitionLog(folder, await LogFiles.create(folder, maxFileBytes), producers, 0, new LeaderEpochs());
  }

  /** @throws PermafrostError SANDBOX_FAILED if the log is damaged anywhere but at its torn end */
  static async load(
    folder: string,
    logStartOffset: number,
    { maxFileBytes, epochs = new LeaderEpochs() }: PartitionLogOptions = {},
  ): Promise<PartitionLog> {
    const producers = { sequences: new ProducerSequences(), transactions: new PartitionTransactions() };
    const remember = (header: BatchHeader, bytes: Buffer): void => {
      producers.sequences.remember(header);
      producers.transactions.remember(header, bytes);
    };
    const files = await LogFiles.load(folder, logStartOffset, remember, maxFileBytes);
    return new PartitionLog(folder, files, producers, logStartOffset, epochs);
  }

  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  /** First offset that readers cannot have yet. */
  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** First offset that readers of what is committed cannot have yet: there the oldest open transaction begins. */
  get lastStableOffset(): number {
    return Math.max(Math.min(this.#transactions.firstOpenOffset, this.#highWatermark), this.#logStartOffset);
  }

  /** Its topic was deleted, it was cut, or the broker ends. */
  get isClosed(): boolean {
    return this.#closedCode !== undefined;
  }

  /** What clients are to be told once it is closed. */
  get closedCode(): ErrorCode {
    return this.#closedCode ?? ErrorCode.NONE;
  }

  get byteLength(): number {
    return this.#files.byteLength;
  }

  /**
   * Appends one batch whose header was judged good. The order of calls is the order in the log.
   * @returns its base offset; of a batch that an idempotent producer sends again, the one it was given first
   * @throws KafkaRefusal for a wrong sequence number, and KAFKA_STORAGE_ERROR if it could not be written
   */
  append(bytes: Buffer, header: BatchHeader): Promise<number> {
    if (this.#closedCode !== undefined) {
      return Promise.reject(new KafkaRefusal(this.#closedCode, 'the topic was deleted, or its log cut'));
    }
    const verdict = this.#sequences.judge(header);
    if (verdict.kind === 'refused') {
      return Promise.reject(new KafkaRefusal(verdict.errorCode, 'the sequence number does not follow the last one'));
    }
    if (verdict.kind === 'duplicate') return this.#enqueue(undefined, verdict.baseOffset);
    return this.#assign(bytes, header);
  }

  /** Ends a producer's transaction in this partition; a log that is closed needs no marker. */
  async appendMarker(marker: Marker): Promise<void> {
    if (this.isClosed) return;
    const bytes = encodeMarker(marker);
    await this.#assign(bytes, readBatchHeader(bytes, 0));
  }

  #assign(bytes: Buffer, header: BatchHeader): Promise<number> {
    const baseOffset = this.#endOffset;
    const stamped = { ...header, baseOffset };
    stampBatch(bytes, baseOffset, this.epochs.current);
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
    while (this.#pending.length > 0 || this.#interludes.length > 0) {
      for (const interlude of this.#interludes.splice(0)) await interlude();
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

  #betweenWrites(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#interludes.push(() => work().then(resolve, reject));
      this.#flushing ??= this.#flush();
    });
  }

  async #write(batches: readonly Batch[]): Promise<void> {
    if (batches.length === 0) return;
    await this.#files.append(batches);
    for (const batch of batches) {
      this.#tail.push(batch);
      this.#transactions.remember(batch.header, batch.bytes);
    }
    this.#highWatermark = this.#files.nextOffset;
  }

  /** Nothing behind a failed write may stay: its offsets are given out anew. */
  #abandon(appends: readonly PendingAppend[], error: unknown): void {
    this.#pending = [];
    this.#endOffset = this.#highWatermark;
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

  /** How many bytes a read could return; an index interval too many or too few. */
  readableBytes(offset: number, beforeOffset: number): number {
    return offset < Math.min(beforeOffset, this.#highWatermark) ? this.#files.bytesBetween(offset, beforeOffset) : 0;
  }

  /** Whole batches, from logStartOffset to highWatermark. */
  async read(wanted: WantedBatches): Promise<RecordSet> {
    const { offset, beforeOffset, maxBytes, atLeastOne } = wanted;
    const isNothing = offset >= Math.min(beforeOffset, this.#highWatermark) || (maxBytes <= 0 && !atLeastOne);
    if (isNothing) return NO_RECORDS;
    return offset >= this.#tail.firstOffset ? this.#tail.read(wanted) : this.#files.read(wanted);
  }

  get hasAborted(): boolean {
    return this.#transactions.hasAborted;
  }

  /** The aborted transactions that reach into the offsets from `from` to before `before`. */
  abortedBetween(from: number, before: number): AbortedTransaction[] {
    return this.#transactions.abortedBetween(from, before);
  }

  /**
   * Looks for the first record that is not older than `timestamp`.
   * @param find looks into whole batches, one behind the other, that may hold it
   */
  searchTimestamp<T>(timestamp: bigint, find: (batches: Buffer) => T | undefined): Promise<T | undefined> {
    return this.#files.searchTimestamp(timestamp, this.#logStartOffset, find);
  }

  get maxTimestamp(): bigint {
    return this.#files.maxTimestamp;
  }

  /** Moves the log start offset on; whole files before it are removed, but never the one that is written to. */
  deleteRecords(beforeOffset: number): Promise<void> {
    return this.#betweenWrites(async () => {
      this.#logStartOffset = Math.max(this.#logStartOffset, Math.min(beforeOffset, this.#highWatermark));
      this.#transactions.forgetBefore(this.#logStartOffset);
      await this.#files.removeBefore(this.#logStartOffset);
    });
  }

  /** Begins a new file: what was written so far may be compacted or expire. */
  roll(): Promise<void> {
    return this.#betweenWrites(() => this.#files.roll());
  }

  limitFiles(maxBytes: number): void {
    this.#files.limitFiles(maxBytes);
  }

  get files(): readonly FileFacts[] {
    return this.#files.facts;
  }

  /** Compacts every file but the last, as far as transactions are decided. */
  async compact(
    terms: Pick<CompactionTerms, 'nowMs' | 'deleteRetentionMs'> & { readonly beforeOffset: number },
  ): Promise<void> {
    const beforeOffset = Math.min(this.lastStableOffset, terms.beforeOffset);
    const all: CompactionTerms = {
      ...terms,
      isAborted: (header) => this.#transactions.isAborted(header),
      isLastOfProducer: (header) => this.#sequences.isLastBatch(header),
    };
    const lastOffsets: LastOffsets = new Map();
    await this.#files.visit(beforeOffset, (batches) => noteKeys(batches, all, lastOffsets));
    const keep = (batches: Buffer): Buffer[] => compactBatches(batches, lastOffsets, all);
    this.#tail.forgetBefore(this.#files.facts.at(-1)?.baseOffset ?? 0);
    await this.#files.compact(beforeOffset, keep, (work) => this.#betweenWrites(work));
  }

  /** Takes no more, waits for what is being written, then closes the files. Readers that wait are woken. */
  async close(closedCode: ErrorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION): Promise<void> {
    this.#closedCode = closedCode;
    await this.#flushing;
    await this.#files.close();
    for (const listener of [...this.#listeners]) listener();
  }
}
