/**
 * The sizes of logs, which kafkajs cannot ask for: DescribeLogDirs version 3 by hand, where a broker is older than Kafka
 * 3.2 version 2, which is the same without the error of the whole.
 *
 *     Request  => TAGS, topics COMPACT_ARRAY or null for all [topic COMPACT_STRING, partitions COMPACT_ARRAY INT32, TAGS], TAGS
 *     Response => TAGS, throttle_time_ms INT32, error_code INT16 (3+), directories COMPACT_ARRAY [error_code INT16, log_dir
 *                 COMPACT_STRING, topics COMPACT_ARRAY [name COMPACT_STRING, partitions COMPACT_ARRAY [partition INT32,
 *                 size INT64, offset_lag INT64, is_future_key BOOLEAN, TAGS], TAGS], TAGS], TAGS
 *
 * A broker answers for the replicas that it has; of each partition the leader's is taken. What lies in tiered storage
 * (KIP-405) is not counted.
 */
import { protocolError } from './kafkajs';
import type { Broker, Cluster } from './kafkajs-types';
import { askLeaders } from './leaders';
import { sendHandmade, type ProtocolReader } from './protocol';
import type { TopicDescription } from './topic-metadata';

const DESCRIBE_LOG_DIRS = 35;
const CLUSTER_AUTHORIZATION_FAILED = 31;
const ALL_TOPICS = Buffer.from([0, 0, 0]); // tags, null, tags

export interface LogSizes {
  /** bytes by topic, of all its partitions; a topic with a partition that nobody told of is not among them */
  readonly bytes: ReadonlyMap<string, number>;
  /** one sentence: why some are not known; null when all were told, but for partitions without a leader */
  readonly unknownBecause: string | null;
}

/** Never throws for what a broker does not tell: sizes are nice to know. */
export async function fetchLogSizes(cluster: Cluster, topics: readonly TopicDescription[]): Promise<LogSizes> {
  const { answers, failures } = await askLeaders(cluster, topics, 'Asking for the sizes of logs', describeLogDirs);
  const bytes = new Map<string, number>();
  for (const { name, partitions } of topics) {
    const sizes = partitions.map(({ partition, leader }) => answers.get(leader)?.get(placeOf(name, partition)));
    const sum = sizes.reduce(
      (total, size) => (total === undefined || size === undefined ? undefined : total + size),
      0,
    );
    if (sum !== undefined) bytes.set(name, sum);
  }
  return { bytes, unknownBecause: failures[0]?.message ?? null };
}

type Sizes = ReadonlyMap<string, number>;

async function describeLogDirs(broker: Broker): Promise<Sizes> {
  const offered = broker.versions === null ? undefined : broker.versions[DESCRIBE_LOG_DIRS];
  const apiVersion = offered !== undefined && offered.maxVersion >= 3 ? 3 : 2;
  return sendHandmade(broker, {
    apiKey: DESCRIBE_LOG_DIRS,
    apiVersion,
    apiName: 'DescribeLogDirs',
    body: ALL_TOPICS,
    decode: (reader) => readSizes(reader, apiVersion),
  });
}

/** @throws the protocol's error, also where version 2 says that there is nothing: so it tells that there is no right */
function readSizes(reader: ProtocolReader, version: number): Sizes {
  reader.skipTags();
  reader.skip(4);
  const errorCode = version >= 3 ? reader.int16() : 0;
  if (errorCode !== 0) throw protocolError(errorCode);
  const sizes = new Map<string, number>();
  const directories = reader.compactArray(() => {
    reader.skip(2);
    reader.compactString();
    reader.compactArray(() => readTopic(reader, sizes));
    reader.skipTags();
  });
  if (directories.length === 0) throw protocolError(CLUSTER_AUTHORIZATION_FAILED);
  return sizes;
}

function readTopic(reader: ProtocolReader, sizes: Map<string, number>): void {
  const name = reader.compactString() ?? '';
  reader.compactArray(() => {
    const partition = reader.int32();
    const size = Number(reader.int64());
    reader.skip(8);
    const isFuture = reader.int8() !== 0; // a copy on its way to another directory
    reader.skipTags();
    if (!isFuture) sizes.set(placeOf(name, partition), size);
  });
  reader.skipTags();
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
