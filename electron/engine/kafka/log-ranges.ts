/**
 * Where the logs of many topics begin and end: ListOffsets version 2 by hand, two requests for each leader. kafkajs asks
 * topic by topic, and fails for all where one partition has no answer.
 *
 *     Request  => replica_id INT32, isolation_level INT8, [topic STRING, [partition INT32, timestamp INT64]]
 *     Response => throttle_time_ms INT32, [topic STRING, [partition INT32, error_code INT16, timestamp INT64, offset INT64]]
 */
import type { PermafrostError } from '../../../shared/errors';
import type { LogRange } from './admin';
import type { Broker, Cluster } from './kafkajs-types';
import { askLeaders, type LedTopic } from './leaders';
import { int32, int64, sendHandmade, string, type ProtocolReader } from './protocol';
import type { TopicDescription } from './topic-metadata';

const LIST_OFFSETS = 2;
const CONSUMER = int32(-1);
/** the end is where the first open transaction begins, as for the archiver */
const READ_COMMITTED = Buffer.from([1]);
const LATEST = -1n;
const EARLIEST = -2n;

export interface LogRanges {
  /** by topic, in partition order; partitions that nobody told of are not among them */
  readonly ranges: ReadonlyMap<string, readonly LogRange[]>;
  readonly failures: readonly PermafrostError[];
}

/** Never throws: who did not answer is among the failures. */
export async function fetchLogRanges(cluster: Cluster, topics: readonly TopicDescription[]): Promise<LogRanges> {
  const { answers, failures } = await askLeaders(cluster, topics, 'Asking where logs end', async (broker, led) => {
    const earliest = await listOffsets(broker, led, EARLIEST);
    return { earliest, end: await listOffsets(broker, led, LATEST) };
  });
  const ranges = topics.map(({ name, partitions }): [string, readonly LogRange[]] => [
    name,
    partitions
      .flatMap(({ partition, leader }) => {
        const answer = answers.get(leader);
        const [earliest, end] = [answer?.earliest, answer?.end].map((each) => each?.get(`${name}/${partition}`));
        return earliest === undefined || end === undefined ? [] : [{ partition, earliest, end }];
      })
      .sort((a, b) => a.partition - b.partition),
  ]);
  return { ranges: new Map(ranges), failures };
}

function listOffsets(
  broker: Broker,
  led: readonly LedTopic[],
  timestamp: bigint,
): Promise<ReadonlyMap<string, bigint>> {
  const topics = led.flatMap(({ topic, partitions }) => [
    string(topic),
    int32(partitions.length),
    ...partitions.flatMap((partition) => [int32(partition), int64(timestamp)]),
  ]);
  return sendHandmade(broker, {
    apiKey: LIST_OFFSETS,
    apiVersion: 2,
    apiName: 'ListOffsets',
    body: Buffer.concat([CONSUMER, READ_COMMITTED, int32(led.length), ...topics]),
    decode: readOffsets,
  });
}

function readOffsets(reader: ProtocolReader): ReadonlyMap<string, bigint> {
  const offsets = new Map<string, bigint>();
  reader.skip(4);
  reader.array(() => {
    const topic = reader.string();
    reader.array(() => {
      const partition = reader.int32();
      const errorCode = reader.int16();
      reader.skip(8);
      const offset = reader.int64();
      if (errorCode === 0 && offset >= 0n) offsets.set(`${topic}/${partition}`, offset);
    });
  });
  return offsets;
}
