/** Brings the archives of one partition into one partition of the target, in transactions that carry the job's progress. */
import { setTimeout as sleep } from 'node:timers/promises';
import { asPermafrostError, PermafrostError } from '../../../../shared/errors';
import type { BatchCompression } from '../../kafka/outgoing-batch';
import type { TargetCluster } from '../../kafka/target-cluster';
import type { GroupOffset, TransactionalWriter } from '../../kafka/transactional-writer';
import type { Identity } from '../../keys/identity';
import type { BlockFacts, RecordRun, RunTerms } from '../../segment/record-runs';
import type { ObjectStore } from '../../store/port';
import { BatchPipe } from './batch-pipe';
import { GroupTargets, targetOffset, type WantedOffset } from './group-targets';
import { groupOfJob, noteOf, parseProgress, transactionalIdOf, type PartitionProgress } from './job-progress';
import type { RateLimit } from './rate-limit';
import { recordTest, takesAll, type RestoreSelection } from './selection';
import type { SourceArchive } from './source';
import type { SettingsAside } from './topic-settings';
import { loadArchive } from '../verified-archive';

/** of record batches before compression: what is lost when it is killed, and what an aborted transaction leaves behind */
const TRANSACTION_BYTES = 16_000_000;
const TRANSACTION_MS = 10_000;
/** a larger archive takes a while to come: no transaction waits for it */
const LARGE_ARCHIVE = 4_000_000;
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 500;

export interface PartitionJob {
  readonly job: string;
  readonly digest: string;
  readonly store: ObjectStore;
  readonly cluster: TargetCluster;
  readonly topic: string;
  readonly partition: number;
  readonly archives: readonly SourceArchive[];
  readonly selection: RestoreSelection;
  readonly groups: readonly WantedOffset[];
  readonly identities: readonly Identity[];
  readonly compression: BatchCompression;
  /** that the topic takes */
  readonly maxBatchBytes: number;
  readonly limit: RateLimit | null;
  readonly signal: AbortSignal;
  /** written and not given up again, in this run; negative when a transaction was given up */
  readonly onRecords: (records: number, bytes: number) => void;
  readonly onLeftover: (leftover: Leftover) => void;
}

/** What an aborted transaction left in the log: read_committed readers do not see it. */
export interface Leftover {
  readonly partition: number;
  readonly firstOffset: bigint;
  /** inclusive */
  readonly lastOffset: bigint;
}

/** Offsets of a batch that was archived as corrupt. */
export interface LeftOut {
  readonly partition: number;
  readonly object: string;
  readonly firstOffset: bigint;
  /** inclusive */
  readonly lastOffset: bigint;
}

export interface PartitionOutcome {
  readonly progress: PartitionProgress;
  /** in this run */
  readonly records: number;
  readonly leftovers: readonly Leftover[];
  readonly leftOut: readonly LeftOut[];
  readonly groups: readonly (GroupOffset & { readonly partition: number })[];
}

export interface OpenedPartition {
  readonly writer: TransactionalWriter;
  readonly progress: PartitionProgress;
}

/**
 * Takes the partition over from whoever wrote to it for this job, and notes a first progress where there is none.
 * @param aside settings to put back later: on record before they are changed
 */
export async function openPartition(
  { job, digest, cluster, topic, partition, signal }: PartitionJob,
  aside: SettingsAside,
): Promise<OpenedPartition> {
  const writer = await cluster.writer(
    { transactionalId: transactionalIdOf(job, topic, partition), topic, partition },
    signal,
  );
  const committed = (await cluster.committed(groupOfJob(job), topic)).find((each) => each.partition === partition);
  if (committed !== undefined) return { writer, progress: parseProgress(job, committed, digest) };
  const end = await endOf(cluster, topic, partition);
  const progress: PartitionProgress = { nextOffset: 0n, end, records: 0, bytes: 0, isDone: false, aside };
  await writer.commit([{ groupId: groupOfJob(job), offset: 0n, metadata: noteOf(progress, digest) }], signal);
  return { writer, progress };
}

/**
 * @param opened by `openPartition`
 * @throws PermafrostError as loadArchive; KAFKA_REFUSED; KAFKA_UNAVAILABLE when it stays so; CANCELLED. What is committed by
 * then stays: the same job goes on from there.
 */
export async function restorePartition(part: PartitionJob, opened: OpenedPartition): Promise<PartitionOutcome> {
  const run = new PartitionRun(part);
  let current = opened;
  for (let attempt = 1; ; attempt += 1) {
    const { nextOffset: before } = current.progress;
    try {
      return await run.write(current);
    } catch (thrown) {
      const error = part.signal.aborted ? cancelled() : asPermafrostError(thrown);
      const hasMoved = run.position > before;
      if (hasMoved) attempt = 1;
      await run.giveUp(current);
      if (!error.retriable || attempt >= ATTEMPTS) throw error;
    }
    await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal: part.signal }).catch(() => {
      throw cancelled();
    });
    current = await openPartition(part, current.progress.aside);
  }
}

function cancelled(): PermafrostError {
  return new PermafrostError('CANCELLED', 'The restore was cancelled.');
}

/** Kafka writes a marker behind the last record of a transaction, some time after it has answered that it is committed. */
function behindMarker({ end }: PartitionProgress): bigint {
  return end + 1n;
}

async function endOf(cluster: TargetCluster, topic: string, partition: number): Promise<bigint> {
  const ranges = await cluster.logRanges(topic);
  return ranges.find((range) => range.partition === partition)?.end ?? 0n;
}

class PartitionRun {
  readonly #part: PartitionJob;
  readonly #test: (record: Parameters<ReturnType<typeof recordTest>>[0]) => boolean;
  readonly #leftovers = new Map<bigint, Leftover>();
  readonly #leftOut = new Map<bigint, LeftOut>();
  readonly #groups: (GroupOffset & { readonly partition: number })[] = [];
  /** committed in this run */
  #records = 0;
  #progress: PartitionProgress | null = null;
  #transaction: OpenTransaction | null = null;

  constructor(part: PartitionJob) {
    this.#part = part;
    this.#test = recordTest(part.selection);
  }

  /** in the archives: what is committed */
  get position(): bigint {
    return this.#progress?.nextOffset ?? 0n;
  }

  async write({ writer, progress }: OpenedPartition): Promise<PartitionOutcome> {
    const { archives, signal, compression, maxBatchBytes, groups } = this.#part;
    this.#progress = progress;
    await this.#lookForLeftovers(progress);
    if (progress.isDone) return this.#outcome(progress);
    const pipe = new BatchPipe(writer, compression, maxBatchBytes);
    const targets = new GroupTargets(groups, progress.nextOffset);
    for (const archive of archives) {
      if (signal.aborted) throw cancelled();
      const { coverage, object } = archive;
      if (coverage.nextOffset <= progress.nextOffset || coverage.records + coverage.corrupt === 0) continue;
      if (object.size > LARGE_ARCHIVE) await this.#commit(writer, pipe);
      await this.#writeArchive(archive, writer, pipe, targets);
    }
    await this.#commit(writer, pipe);
    return this.#finish(writer, targets);
  }

  async #writeArchive(
    archive: SourceArchive,
    writer: TransactionalWriter,
    pipe: BatchPipe,
    targets: GroupTargets,
  ): Promise<void> {
    const { store, identities, signal, partition } = this.#part;
    const from = this.position;
    const allAs = this.#termsOfAll(archive, from, targets);
    const loaded = await loadArchive(store, archive, {
      identities,
      signal,
      onBytes: () => undefined,
      ...(allAs === null ? {} : { allAs }),
    });
    try {
      for (const { corrupt } of loaded.blocks) {
        for (const { offset, lastOffset } of corrupt) {
          const found = { partition, object: archive.object.name, firstOffset: offset, lastOffset };
          this.#leftOut.set(offset, found);
        }
      }
      if (loaded.runs !== null) {
        for (const run of loaded.runs) await this.#send(run, writer, pipe, targets);
        return;
      }
      for await (const { runs } of loaded.translated((facts) => this.#termsOf(facts, from, targets))) {
        for (const run of runs) await this.#send(run, writer, pipe, targets);
      }
    } finally {
      await loaded.close();
    }
  }

  /** When nothing of an archive is left out and no group begins within it, its batches are made while it is verified. */
  #termsOfAll({ coverage }: SourceArchive, from: bigint, targets: GroupTargets): RunTerms | null {
    const { selection, maxBatchBytes, limit, compression } = this.#part;
    const { fromOffset, untilOffset, fromTime, untilTime, keys } = selection;
    const isAll =
      fromOffset === null && untilOffset === null && fromTime === null && untilTime === null && keys.length === 0;
    const isPlain = isAll && compression === 'zstd' && limit === null && from <= coverage.firstOffset;
    return isPlain && targets.cutsIn(coverage.firstOffset, coverage.nextOffset).length === 0 ? { maxBatchBytes } : null;
  }

  #termsOf(facts: BlockFacts, from: bigint, targets: GroupTargets): RunTerms | null {
    const { selection, maxBatchBytes, limit } = this.#part;
    const { firstOffset, lastOffset } = facts;
    if (firstOffset === null || lastOffset === null || lastOffset < from) return null;
    const isWhole = firstOffset >= from && takesAll(selection, facts);
    return {
      maxBatchBytes,
      cuts: targets.cutsIn(firstOffset, lastOffset),
      ...(limit === null ? {} : { maxBatchRecords: limit.batchRecords }),
      ...(isWhole ? {} : { keep: (record) => record.offset >= from && this.#test(record) }),
    };
  }

  async #send(run: RecordRun, writer: TransactionalWriter, pipe: BatchPipe, targets: GroupTargets): Promise<void> {
    const { limit, signal, onRecords, partition } = this.#part;
    if (signal.aborted) throw cancelled();
    if (limit !== null && !limit.isReady(run.records)) {
      await this.#commit(writer, pipe); // no transaction stays open while it waits
      if (!(await limit.take(run.records, signal))) throw cancelled();
    } else if (limit !== null) await limit.take(run.records, signal);
    await writer.begin(signal);
    const transaction = (this.#transaction ??= new OpenTransaction());
    const reached = targets.reached(run.firstOffset);
    transaction.add(run);
    await pipe.push(run, (base) => {
      transaction.acknowledged(run, base);
      for (const wanted of reached) transaction.groups.push({ ...targetOffset(wanted, base), partition });
      onRecords(run.records, run.bytes.length);
    });
    if (transaction.isLong) await this.#commit(writer, pipe);
  }

  async #commit(writer: TransactionalWriter, pipe: BatchPipe): Promise<void> {
    const transaction = this.#transaction;
    const progress = this.#progress;
    if (transaction === null || progress === null) return;
    await pipe.drain();
    if (this.#part.signal.aborted) throw cancelled();
    const next: PartitionProgress = {
      ...progress,
      nextOffset: transaction.nextOffset,
      end: transaction.end,
      records: progress.records + transaction.records,
      bytes: progress.bytes + transaction.bytes,
    };
    await writer.commit([this.#noteOf(next), ...transaction.groups], this.#part.signal);
    this.#transaction = null;
    this.#progress = next;
    this.#records += transaction.records;
    this.#groups.push(...transaction.groups);
  }

  /** Groups that stood behind the last record go on at the target's end; then the partition is done. */
  async #finish(writer: TransactionalWriter, targets: GroupTargets): Promise<PartitionOutcome> {
    const { cluster, topic, partition, signal } = this.#part;
    const progress = { ...(this.#progress as PartitionProgress), isDone: true };
    const behind = targets.atEnd();
    const end = progress.records > 0 ? behindMarker(progress) : await endOf(cluster, topic, partition);
    const groups = behind.map((wanted) => ({ ...targetOffset(wanted, end), partition }));
    await writer.commit([this.#noteOf(progress), ...groups], signal);
    this.#progress = progress;
    this.#groups.push(...groups);
    return this.#outcome(progress);
  }

  /** Aborts what is open, as far as Kafka can be reached: whoever opens the partition next does it otherwise. */
  async giveUp({ writer }: OpenedPartition): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = null;
    if (transaction !== null && transaction.firstBase !== null) {
      this.#part.onRecords(-transaction.acknowledgedRecords, -transaction.acknowledgedBytes);
      this.#noteLeftover(transaction.firstBase, transaction.end - 1n);
    }
    const notNow = (): void => undefined;
    await writer.abort(new AbortController().signal).catch(notNow);
  }

  #noteLeftover(firstOffset: bigint, lastOffset: bigint): void {
    const { partition, onLeftover } = this.#part;
    if (lastOffset < firstOffset || this.#leftovers.get(firstOffset)?.lastOffset === lastOffset) return;
    const leftover = { partition, firstOffset, lastOffset };
    this.#leftovers.set(firstOffset, leftover);
    onLeftover(leftover);
  }

  /** What lies behind the job's last record and its marker is of a transaction that was aborted, and its marker. */
  async #lookForLeftovers(progress: PartitionProgress): Promise<void> {
    const { cluster, topic, partition } = this.#part;
    const expected = progress.records > 0 ? behindMarker(progress) : progress.end;
    const end = await endOf(cluster, topic, partition);
    if (!progress.isDone) this.#noteLeftover(expected, end - 2n);
  }

  #noteOf(progress: PartitionProgress): GroupOffset {
    const { job, digest } = this.#part;
    return { groupId: groupOfJob(job), offset: progress.nextOffset, metadata: noteOf(progress, digest) };
  }

  #outcome(progress: PartitionProgress): PartitionOutcome {
    return {
      progress,
      records: this.#records,
      leftovers: [...this.#leftovers.values()],
      leftOut: [...this.#leftOut.values()],
      groups: this.#groups,
    };
  }
}

/** What was sent and is not committed. */
class OpenTransaction {
  records = 0;
  bytes = 0;
  acknowledgedRecords = 0;
  acknowledgedBytes = 0;
  /** in the archives */
  nextOffset = 0n;
  /** in the target */
  firstBase: bigint | null = null;
  end = 0n;
  readonly groups: (GroupOffset & { readonly partition: number })[] = [];
  readonly #openedAt = performance.now();

  add({ records, bytes, lastOffset }: RecordRun): void {
    this.records += records;
    this.bytes += bytes.length;
    this.nextOffset = lastOffset + 1n;
  }

  acknowledged({ records, bytes }: RecordRun, base: bigint): void {
    this.firstBase ??= base;
    this.end = base + BigInt(records);
    this.acknowledgedRecords += records;
    this.acknowledgedBytes += bytes.length;
  }

  get isLong(): boolean {
    return this.bytes >= TRANSACTION_BYTES || performance.now() - this.#openedAt > TRANSACTION_MS;
  }
}
