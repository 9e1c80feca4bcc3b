/**
 * Reads one partition from one offset to another as a reader without a group: nothing is joined, nothing committed. Record
 * batches come as the broker keeps them, read_committed; what is aborted is named, not removed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PermafrostError } from '../../../shared/errors';
import { fromKafkajs, protocolErrorOf } from './errors';
import { fetchAlone, forgetFetches } from './fetch-alone';
import { framePool } from './frame-pool';
import { wholeBatches, type RawRecordSet } from './kafkajs';
import type { Broker, Cluster, PartitionFetch } from './kafkajs-types';
import type { FetchedSet, TopicPartition } from './raw-consumer';
import { fetchTopics } from './topic-metadata';

const MAX_FETCH_BYTES = 4 * 1024 * 1024;
const FETCH_WAIT_MS = 500;
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 200;

export interface ReadRange {
  readonly from: bigint;
  /** exclusive; what lies behind it in the same batch comes too */
  readonly to: bigint;
}

/**
 * A set's memory is used again when the next one is asked for.
 *
 * Ends early where the log ends, or where the last transaction that is open begins.
 * @throws PermafrostError KAFKA_REFUSED with context.protocolError OFFSET_OUT_OF_RANGE when Kafka no longer has the beginning;
 * KAFKA_UNAVAILABLE when it does not answer for a while; CANCELLED
 */
export async function* readPartition(
  cluster: Cluster,
  target: TopicPartition,
  { from, to }: ReadRange,
  signal: AbortSignal,
): AsyncGenerator<FetchedSet, void, undefined> {
  const leader = new Leader(cluster, target);
  let next = from < to ? fetchFrom(leader, from, signal) : null;
  while (next !== null) {
    const set: FetchedSet | null = await next;
    if (set === null) return;
    const position = endOf(set);
    next = position < to ? fetchFrom(leader, position, signal) : null;
    next?.catch(() => undefined); // it is awaited in the next round, unless the caller stops before
    yield set;
    framePool.letGo(set.recordSet);
  }
}

function endOf({ recordSet, fetchedOffset }: FetchedSet): bigint {
  const whole = wholeBatches(recordSet);
  return whole === null ? fetchedOffset : whole.lastOffset + 1n;
}

/** @returns null where nothing more can be read */
async function fetchFrom(leader: Leader, offset: bigint, signal: AbortSignal): Promise<FetchedSet | null> {
  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) throw new PermafrostError('CANCELLED', 'Reading from Kafka was cancelled.');
    try {
      const fetched = await leader.fetch(offset);
      const set = setOf(leader.target, offset, fetched);
      // empty while the broker is slow; at the end for good
      if (set !== null || BigInt(fetched.lastStableOffset) <= offset || attempt === MAX_TRIES) return set;
    } catch (thrown) {
      const error = failed(thrown, leader.target, offset);
      if (!error.retriable || attempt === MAX_TRIES) throw error;
      leader.forget();
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal }).catch(() => undefined); // told above
    }
  }
}

/** The broker that leads the partition, found anew after it failed. */
class Leader {
  readonly target: TopicPartition;
  readonly #cluster: Cluster;
  #broker: Broker | null = null;
  #isStale = false;

  constructor(cluster: Cluster, target: TopicPartition) {
    this.#cluster = cluster;
    this.target = target;
  }

  async fetch(offset: bigint): Promise<PartitionFetch> {
    const { topic, partition } = this.target;
    this.#broker ??= await this.#find();
    const fetchOffset = offset.toString();
    const { responses } = await fetchAlone(this.#broker, {
      ...{ maxWaitTime: FETCH_WAIT_MS, minBytes: 1, maxBytes: MAX_FETCH_BYTES },
      topics: [{ topic, partitions: [{ partition, fetchOffset, maxBytes: MAX_FETCH_BYTES }] }],
    });
    const answer = responses[0]?.partitions[0];
    if (answer === undefined) throw new Error('the answer names no partition');
    return answer;
  }

  /** It failed: who leads now is asked anew. */
  forget(): void {
    if (this.#broker !== null) forgetFetches(this.#broker);
    this.#broker = null;
    this.#isStale = true;
  }

  async #find(): Promise<Broker> {
    const { topic, partition } = this.target;
    if (this.#isStale) await this.#cluster.refreshMetadata();
    this.#isStale = false;
    const [description] = await fetchTopics(this.#cluster, [topic]);
    const leader = description?.partitions.find((each) => each.partition === partition)?.leader;
    if (leader !== undefined) return this.#cluster.findBroker({ nodeId: String(leader) });
    throw new PermafrostError('KAFKA_REFUSED', `Kafka has no partition ${partition} of topic ${topic}.`, {
      context: { topic, partition },
    });
  }
}

function setOf(
  { topic, partition }: TopicPartition,
  fetchedOffset: bigint,
  { messages, abortedTransactions, highWatermark }: PartitionFetch,
): FetchedSet | null {
  const [set] = messages as unknown as readonly RawRecordSet[];
  if (set === undefined) return null;
  return {
    ...{ topic, partition, fetchedOffset, highWatermark: BigInt(highWatermark), recordSet: set.recordSet },
    abortedTransactions: abortedTransactions ?? [],
  };
}

function failed(thrown: unknown, { topic, partition }: TopicPartition, offset: bigint): PermafrostError {
  const doing = `Reading ${topic}, partition ${partition}, at offset ${offset}`;
  const protocolError = protocolErrorOf(thrown);
  const context = { topic, partition, offset: offset.toString() };
  return fromKafkajs(thrown, doing, protocolError === null ? context : { ...context, protocolError });
}
