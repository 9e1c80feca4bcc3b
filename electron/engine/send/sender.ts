/**
 * Pumps records from a source into a topic: source -> rate limit -> producer, one batch after another, so that what was
 * acknowledged is known exactly whenever it ends.
 */
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import type { Acknowledged, RecordProducer } from './producer-port';
import type { RecordSource } from './record-source';
import { Throughput } from './throughput';
import { systemClock, TokenBucket, type Clock } from './token-bucket';

/** Below a broker's usual limit of 1 MB for a batch, whatever partitions the records go to. */
const MAX_BATCH_BYTES = 512 * 1024;
const MAX_BATCH_RECORDS = 2_000;
const PROGRESS_MS = 100;

export interface SendOptions {
  readonly topic: string;
  readonly source: RecordSource;
  readonly producer: RecordProducer;
  /** how many records the source will give, for the progress; null while not known */
  readonly total: number | null;
  /** null: as fast as the broker takes them */
  readonly ratePerSecond: number | null;
  /** aborted: the batch under way is still waited for and counted */
  readonly signal: AbortSignal;
  /** ten times a second at most, and after the last batch */
  readonly onProgress?: (progress: SendProgress) => void;
  readonly clock?: Clock;
}

export interface SendProgress {
  /** acknowledged so far */
  readonly done: number;
  readonly total: number | null;
  readonly ratePerSecond: number | null;
}

export interface SendResult {
  readonly state: 'done' | 'cancelled';
  /** acknowledged by the broker */
  readonly sent: number;
  /** where the last one went; null when none was sent */
  readonly last: { readonly partition: number; readonly offset: bigint } | null;
}

/**
 * @throws PermafrostError what the producer or the source threw, with context.sent and the count in the message. A batch
 * that failed may have arrived in part.
 */
export async function sendRecords(options: SendOptions): Promise<SendResult> {
  const { topic, source, producer, total, signal, onProgress, clock = systemClock } = options;
  const limit = options.ratePerSecond === null ? null : new TokenBucket(options.ratePerSecond, clock);
  const throughput = new Throughput(clock.now());
  let sent = 0;
  let last: SendResult['last'] = null;
  let reportedAt = -Infinity;
  const report = (now: number): void => {
    reportedAt = now;
    onProgress?.({ done: sent, total, ratePerSecond: throughput.measure(now, sent) });
  };
  try {
    while (!signal.aborted) {
      const allowed = limit === null ? MAX_BATCH_RECORDS : await limit.take(MAX_BATCH_RECORDS, signal);
      if (allowed === 0) break;
      const records = await source.next(allowed, MAX_BATCH_BYTES);
      if (records.length === 0) return { state: 'done', sent, last };
      limit?.giveBack(allowed - records.length);
      const acknowledged = await producer.send(topic, records);
      sent += records.length;
      last = lastOf(acknowledged) ?? last;
      if (clock.now() - reportedAt >= PROGRESS_MS) report(clock.now());
      if (sent === total) return { state: 'done', sent, last };
    }
    return { state: 'cancelled', sent, last };
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (error.code === 'CANCELLED') return { state: 'cancelled', sent, last };
    throw withCount(error, sent);
  } finally {
    report(clock.now());
  }
}

function lastOf(acknowledged: readonly Acknowledged[]): SendResult['last'] {
  const newest = acknowledged.at(-1);
  if (newest === undefined) return null;
  return { partition: newest.partition, offset: newest.firstOffset + BigInt(newest.count) - 1n };
}

function withCount(error: PermafrostError, sent: number): PermafrostError {
  const sentence =
    sent === 0
      ? 'No message had been acknowledged before.'
      : `${sent.toLocaleString('en-US')} messages had been sent before.`;
  return new PermafrostError(error.code, `${error.message} ${sentence}`, {
    context: { ...error.context, sent },
    cause: error,
  });
}
