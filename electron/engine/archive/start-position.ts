import type { LogRange } from '../kafka/admin';
import type { TallyState } from '../kafka/tally';
import type { GapReason } from '../segment/identity';
import type { ObjectStore } from '../store/port';
import { PermafrostError } from '../../../shared/errors';
import { findChainEnd, type ChainPlace } from './chain';
import type { CommitNote } from './commit-note';

export interface StartPosition {
  /** where the chain in the bucket ends; 0 for an empty one */
  readonly chainEnd: bigint;
  /** what lies between the chain's end and the position, and why it is not archived */
  readonly gap: { readonly from: bigint; readonly to: bigint; readonly reason: GapReason } | null;
  /** the next offset to read */
  readonly position: bigint;
  /** the group's tally at the position; null when it is not known there */
  readonly tally: TallyState | null;
}

/** What Kafka says about a partition; the note is what the archiver had written beside its committed offset. */
export interface KafkaSide {
  readonly log: LogRange;
  readonly committed: { readonly offset: bigint; readonly note: CommitNote | null } | null;
}

/**
 * Where the archive of a partition goes on. The bucket is the truth, the committed offset a hint that may lag: it counts
 * only when all objects of a chain are gone.
 * @throws PermafrostError CHAIN_BROKEN when the log ends below what is archived; STORE_*
 */
export async function findStartPosition(
  store: ObjectStore,
  place: ChainPlace,
  kafka: KafkaSide,
  signal: AbortSignal,
): Promise<StartPosition> {
  const committed = ofThisChain(store, place, kafka.committed);
  const end = await findChainEnd(store, place, committed?.note.segment ?? null, signal);
  const chainEnd = end?.nextOffset ?? 0n;
  if (chainEnd > kafka.log.end) throw truncated(place, kafka.log, chainEnd);

  const removedUpTo = end === null && committed !== null ? committed.offset : 0n;
  const position = [chainEnd, removedUpTo, kafka.log.earliest].reduce((a, b) => (a > b ? a : b));
  const reason: GapReason = removedUpTo >= kafka.log.earliest && removedUpTo > 0n ? 'removed' : 'expired';
  const tally = committed?.note.tally ?? null;
  return {
    chainEnd,
    gap: position > chainEnd ? { from: chainEnd, to: position, reason } : null,
    position,
    tally: tally?.offset === position ? tally : null,
  };
}

/** A committed offset says something about this chain only when its note names a segment of it. */
function ofThisChain(
  store: ObjectStore,
  place: ChainPlace,
  committed: KafkaSide['committed'],
): { readonly offset: bigint; readonly note: CommitNote } | null {
  if (committed?.note == null) return null;
  const chain = `${place.prefix === '' ? '' : `${place.prefix}/`}${place.topic}/${place.life}/partition=${place.partition}/`;
  const { note, offset } = committed;
  return note.location === store.location && note.segment.startsWith(chain) ? { offset, note } : null;
}

function truncated(place: ChainPlace, log: LogRange, chainEnd: bigint): PermafrostError {
  return new PermafrostError(
    'CHAIN_BROKEN',
    `Partition ${place.partition} of ${place.topic} ends at offset ${log.end} in Kafka, but offsets up to ${chainEnd} are archived: the log was cut. Archiving of this partition has stopped; nothing was overwritten. Delete and make the topic anew, so that its archive begins anew too.`,
    { context: { topic: place.topic, partition: place.partition, offset: chainEnd.toString() } },
  );
}
