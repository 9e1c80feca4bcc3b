/**
 * What topics' settings ask for as time goes by: new files (segment.ms), retention (retention.ms, retention.bytes) and
 * compaction (cleanup.policy, delete.retention.ms, min.compaction.lag.ms, min.cleanable.dirty.ratio). By a timer, and on
 * request. As in Kafka whole files expire or are compacted; the one that is written to stays, unless all of it is too old.
 * not implemented: max.compaction.lag.ms, segment.jitter.ms, and the merging of files that compaction made small.
 */
import type { FileFacts } from './log-files';
import type { PartitionLog } from './partition-log';
import type { TopicPolicy } from './topic-policy';
import type { Topic, Topics } from './topics';

export class LogMaintenance {
  readonly #topics: Topics;
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;
  /** By log: up to where it was compacted since this start. */
  readonly #compactedTo = new WeakMap<PartitionLog, number>();
  #last: Promise<void> = Promise.resolve();

  /** @param onDefect told of errors that the timer's runs end with */
  constructor(topics: Topics, clock: () => number, everyMs: number, onDefect: (error: unknown) => void) {
    this.#topics = topics;
    this.#clock = clock;
    this.#timer = setInterval(() => void this.#run(this.#topics.list(), false).catch(onDefect), everyMs);
    this.#timer.unref();
  }

  /** Does at once what is due; of compacted topics everything that was written so far is compacted. */
  run(topicName?: string): Promise<void> {
    const all = this.#topics.list();
    return this.#run(topicName === undefined ? all : all.filter(({ name }) => name === topicName), true);
  }

  #run(topics: readonly Topic[], isForced: boolean): Promise<void> {
    const result = this.#last.then(async () => {
      for (const topic of topics) await this.#maintain(topic, isForced);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #maintain(topic: Topic, isForced: boolean): Promise<void> {
    const { policy } = topic;
    for (const [partition, log] of topic.partitions.entries()) {
      try {
        if (isOlder(log.files.at(-1), this.#clock() - policy.segmentMs)) await log.roll();
        if (policy.isDeleted) await this.#expire(topic.name, partition, log, policy);
        if (policy.isCompacted) await this.#compact(log, policy, isForced);
      } catch (error) {
        // Its topic was deleted meanwhile.
        if (!log.isClosed) throw error;
      }
    }
  }

  async #expire(topic: string, partition: number, log: PartitionLog, policy: TopicPolicy): Promise<void> {
    const beforeOffset = expiredBefore(log.files, policy, this.#clock());
    if (beforeOffset <= log.logStartOffset) return;
    if (beforeOffset > (log.files.at(-1)?.baseOffset ?? 0)) await log.roll();
    await this.#topics.deleteRecords(topic, partition, beforeOffset);
  }

  async #compact(log: PartitionLog, policy: TopicPolicy, isForced: boolean): Promise<void> {
    const nowMs = this.#clock();
    if (isForced) await log.roll();
    const compactedTo = this.#compactedTo.get(log) ?? 0;
    const isDue = isForced || dirtyRatio(log.files, compactedTo) >= policy.minDirtyRatio;
    if (!isDue) return;
    const beforeOffset = coldBefore(log.files, BigInt(nowMs - policy.minCompactionLagMs));
    await log.compact({ nowMs, deleteRetentionMs: policy.deleteRetentionMs, beforeOffset });
    this.#compactedTo.set(log, beforeOffset);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last;
  }
}

function isOlder(file: FileFacts | undefined, thanMs: number): boolean {
  return file?.firstTimestamp !== undefined && file.firstTimestamp < BigInt(Math.floor(thanMs));
}

/** Where the log has to begin. */
function expiredBefore(files: readonly FileFacts[], policy: TopicPolicy, nowMs: number): number {
  let beforeOffset = files[0]?.baseOffset ?? 0;
  let byteLength = files.reduce((sum, file) => sum + file.byteLength, 0);
  for (const [at, file] of files.entries()) {
    const isOld = policy.retentionMs >= 0 && file.maxTimestamp < BigInt(nowMs - policy.retentionMs);
    const isLast = at === files.length - 1;
    const isTooMuch = policy.retentionBytes >= 0 && byteLength - file.byteLength >= policy.retentionBytes && !isLast;
    if (!(isOld || isTooMuch) || (isLast && file.byteLength === 0)) break;
    beforeOffset = file.nextOffset;
    byteLength -= file.byteLength;
  }
  return beforeOffset;
}

/** Which part of the files that may be compacted was written since they were. */
function dirtyRatio(files: readonly FileFacts[], compactedTo: number): number {
  const closed = files.slice(0, -1);
  const byteLength = (some: readonly FileFacts[]): number => some.reduce((sum, file) => sum + file.byteLength, 0);
  const dirty = byteLength(closed.filter((file) => file.baseOffset >= compactedTo));
  return dirty === 0 ? -1 : dirty / byteLength(closed);
}

/** Where the first file begins that was written to since. */
function coldBefore(files: readonly FileFacts[], since: bigint): number {
  const warm = files.findIndex((file, at) => at === files.length - 1 || file.maxTimestamp > since);
  return files[warm]?.baseOffset ?? 0;
}
