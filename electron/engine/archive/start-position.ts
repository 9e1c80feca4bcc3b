import { PermafrostError } from '../../../shared/errors';
import type { LogRange } from '../kafka/admin';
import type { TallyState } from '../kafka/tally';
import type { GapReason } from '../segment/identity';
import type { ObjectStore } from '../store/port';
import { partitionPrefix } from '../store/object-names';
import { findChainEnd, type ChainEnd, type ChainPlace } from './chain';
import type { CommitNote } from './commit-note';
import { latestLife, nextLife } from './lives';

export interface StartPosition {
  readonly place: ChainPlace;
  /** where the chain in the bucket ends; 0 for an empty one */
  readonly chainEnd: bigint;
  /** name of the chain's last segment; null for an empty one */
  readonly lastObject: string | null;
  /** what lies between the chain's end and the position, and why it is not archived */
  readonly gap: { readonly from: bigint; readonly to: bigint; readonly reason: GapReason } | null;
  /** the next offset to read */
  readonly position: bigint;
  /** the group's tally at the position; null when it is not known there */
  readonly tally: TallyState | null;
  /** the log was cut below what the life before has archived: what was told of it */
  readonly truncated: PermafrostError | null;
}

/** What Kafka says about a partition; the note is what the archiver had written beside its committed offset. */
export interface KafkaSide {
  /** as it is when it is asked for: what lies in the bucket by then was in the log before */
  logRange(): Promise<LogRange>;
  readonly committed: { readonly offset: bigint; readonly note: CommitNote | null } | null;
  /** where a leader's epoch ended in the log, exclusive; null when the broker cannot tell */
  epochEnd(leaderEpoch: number): Promise<bigint | null>;
}

/**
 * Where the archive of a partition goes on. The bucket is the truth, the committed offset a hint that may lag: it counts
 * only when all objects of a chain are gone. When Kafka's log was cut below the chain's end, the archive goes on in a life
 * of its own.
 * @param base named by the topic's id alone
 * @throws PermafrostError CHAIN_BROKEN when the last object is no segment of the chain; STORE_*, KAFKA_*
 */
export async function findStartPosition(
  store: ObjectStore,
  base: ChainPlace,
  kafka: KafkaSide,
  signal: AbortSignal,
): Promise<StartPosition> {
  const note = kafka.committed?.note?.location === store.location ? kafka.committed.note : null;
  const place = await latestLife(store, base, note?.segment ?? null, signal);
  const hint = note?.segment.startsWith(partitionPrefix(place)) === true ? note : null;
  const end = await findChainEnd(store, place, hint?.segment ?? null, signal);
  const log = await kafka.logRange();
  const side = { log, committed: kafka.committed };
  if (end === null || (await logHolds(kafka, log, { position: end.nextOffset, leaderEpoch: end.leaderEpoch }))) {
    return behind(place, end, side, hint);
  }
  const next = { ...place, life: nextLife(place.life) };
  return { ...behind(next, null, side, null), truncated: truncated(next, log, end.nextOffset) };
}

/** Whether the log still holds what was read of it up to a position. */
export async function holds(kafka: KafkaSide, read: ReadPlace): Promise<boolean> {
  return logHolds(kafka, await kafka.logRange(), read);
}

export interface ReadPlace {
  readonly position: bigint;
  /** of the last batch before the position; -1 when it is not known */
  readonly leaderEpoch: number;
}

async function logHolds(kafka: KafkaSide, log: LogRange, read: ReadPlace): Promise<boolean> {
  if (log.end < read.position) return false;
  if (read.leaderEpoch < 0) return true;
  const end = await kafka.epochEnd(read.leaderEpoch);
  return end === null || end >= read.position;
}

function behind(
  place: ChainPlace,
  end: ChainEnd | null,
  kafka: { readonly log: LogRange } & Pick<KafkaSide, 'committed'>,
  hint: CommitNote | null,
): StartPosition {
  const chainEnd = end?.nextOffset ?? 0n;
  const removedUpTo = end === null && hint !== null ? (kafka.committed?.offset ?? 0n) : 0n;
  const position = [chainEnd, removedUpTo, kafka.log.earliest].reduce((a, b) => (a > b ? a : b));
  const reason: GapReason = removedUpTo >= kafka.log.earliest && removedUpTo > 0n ? 'removed' : 'expired';
  const tally = hint?.tally ?? null;
  return {
    place,
    chainEnd,
    lastObject: end?.object ?? null,
    gap: position > chainEnd ? { from: chainEnd, to: position, reason } : null,
    position,
    tally: tally?.offset === position ? tally : null,
    truncated: null,
  };
}

function truncated(next: ChainPlace, log: LogRange, chainEnd: bigint): PermafrostError {
  const { topic, partition, life } = next;
  return new PermafrostError(
    'LOG_TRUNCATED',
    `Kafka's log of partition ${partition} of ${topic} was cut: it ends or goes on otherwise below offset ${chainEnd}, up to which it is archived (it holds ${log.earliest} to ${log.end} now). Nothing in the bucket is changed; what Kafka holds now is archived as a life of its own, ${life}. Look why the log was cut: an unclean leader election, or a broker that lost its disk.`,
    { context: { topic, partition, offset: chainEnd.toString(), life } },
  );
}
