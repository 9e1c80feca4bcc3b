/**
 * Where a leader's epoch ended in a log, which kafkajs cannot ask for: OffsetForLeaderEpoch version 3 by hand. What was
 * read of an epoch behind its end is no longer in the log: it was cut there by an election (KIP-101, KIP-320).
 *
 *     Request  => replica_id INT32, topics ARRAY [topic STRING, partitions ARRAY [partition INT32,
 *                 current_leader_epoch INT32, leader_epoch INT32]]
 *     Response => throttle_time_ms INT32, topics ARRAY [topic STRING, partitions ARRAY [error_code INT16, partition INT32,
 *                 leader_epoch INT32, end_offset INT64]]
 */
import { PermafrostError } from '../../../shared/errors';
import { fromKafkajs } from './errors';
import type { Cluster } from './kafkajs-types';
import { int32, sendHandmade, string, type ProtocolReader } from './protocol';
import { fetchTopics } from './topic-metadata';

const OFFSET_FOR_LEADER_EPOCH = 23;
const CONSUMER = -1;
const UNKNOWN_EPOCH = -1;

/**
 * @returns exclusive end of the epoch (of the last one up to it that the log knows); null when the broker cannot tell
 * @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED
 */
export async function fetchEpochEnd(
  cluster: Cluster,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  epoch: number,
): Promise<bigint | null> {
  try {
    const [description] = await fetchTopics(cluster, [topic]);
    const leader = description?.partitions.find((each) => each.partition === partition)?.leader ?? -1;
    if (leader < 0) throw notNow(topic, partition, 'it has no leader');
    const broker = await cluster.findBroker({ nodeId: leader.toString() });
    const answer = await sendHandmade(broker, {
      apiKey: OFFSET_FOR_LEADER_EPOCH,
      apiVersion: 3,
      apiName: 'OffsetForLeaderEpoch',
      body: Buffer.concat([int32(CONSUMER, 1), string(topic), int32(1, partition, UNKNOWN_EPOCH, epoch)]),
      decode: readAnswer,
    });
    if (answer.errorCode !== 0) throw notNow(topic, partition, `error ${answer.errorCode}`);
    return answer.endOffset < 0n ? null : answer.endOffset;
  } catch (thrown) {
    throw fromKafkajs(thrown, `Asking for the leader epochs of ${topic}/${partition}`, { topic, partition });
  }
}

function readAnswer(reader: ProtocolReader): { errorCode: number; endOffset: bigint } {
  reader.skip(4);
  const [answer] = reader
    .array(() => {
      reader.string();
      return reader.array(() => {
        const errorCode = reader.int16();
        reader.skip(8);
        return { errorCode, endOffset: reader.int64() };
      });
    })
    .flat();
  if (answer === undefined) throw new RangeError('The OffsetForLeaderEpoch response names no partition');
  return answer;
}

function notNow(topic: string, partition: number, why: string): PermafrostError {
  return new PermafrostError(
    'KAFKA_UNAVAILABLE',
    `Kafka cannot tell the leader epochs of ${topic}/${partition} now (${why}); it is asked again.`,
    { context: { topic, partition } },
  );
}
