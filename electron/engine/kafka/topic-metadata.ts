/**
 * Topics with their ids (KIP-516), which kafkajs cannot ask for: Metadata version 12 by hand.
 *
 *     Request  => TAGS, topics COMPACT_ARRAY or null for all [topic_id UUID, name COMPACT_NULLABLE_STRING, TAGS],
 *                 allow_auto_topic_creation BOOLEAN, include_topic_authorized_operations BOOLEAN, TAGS
 *     Response => TAGS, throttle_time_ms INT32, brokers COMPACT_ARRAY [node_id INT32, host COMPACT_STRING, port INT32,
 *                 rack COMPACT_NULLABLE_STRING, TAGS], cluster_id COMPACT_NULLABLE_STRING, controller_id INT32,
 *                 topics COMPACT_ARRAY [error_code INT16, name COMPACT_NULLABLE_STRING, topic_id UUID, is_internal
 *                 BOOLEAN, partitions COMPACT_ARRAY [error_code INT16, partition_index INT32, leader_id INT32,
 *                 leader_epoch INT32, replica_nodes, isr_nodes, offline_replicas COMPACT_ARRAY INT32, TAGS],
 *                 topic_authorized_operations INT32, TAGS], TAGS
 *
 * The leading TAGS belong to the flexible request and response headers.
 */
import { PermafrostError } from '../../../shared/errors';
import { fromKafkajs } from './errors';
import type { Cluster } from './kafkajs-types';
import { compactString, sendHandmade, unsignedVarint, type ProtocolReader } from './protocol';

export interface TopicDescription {
  readonly name: string;
  readonly clusterId: string;
  /** 22 characters of base64url as Kafka prints it; null where the broker has no topic ids */
  readonly topicId: string | null;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionLeader[];
  /** of its first partition */
  readonly replicationFactor: number;
}

export interface PartitionLeader {
  readonly partition: number;
  /** node id; -1 while there is none */
  readonly leader: number;
  readonly replicas: number;
}

const METADATA = 3;
const VERSION = 12;
const NO_ERROR = 0;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const INVALID_TOPIC = 17;
const TOPIC_AUTHORIZATION_FAILED = 29;

/**
 * @param names null: all topics of the cluster that this user may see
 * @returns those that exist, in name order
 * @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED
 */
export async function fetchTopics(
  cluster: Cluster,
  names: readonly string[] | null,
): Promise<readonly TopicDescription[]> {
  if (names?.length === 0) return [];
  try {
    const broker = await cluster.findControllerBroker();
    const answers = await sendHandmade(broker, {
      apiKey: METADATA,
      apiVersion: VERSION,
      apiName: 'Metadata',
      body: encodeRequest(names),
      decode: readTopics,
    });
    return answers.flatMap(existing).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    const of = names?.length === 1 ? `topic ${names[0]}` : 'the topics';
    throw fromKafkajs(thrown, `Asking for the metadata of ${of}`, names?.length === 1 ? { topic: names[0] ?? '' } : {});
  }
}

function encodeRequest(names: readonly string[] | null): Buffer {
  const noId = Buffer.alloc(16);
  const topics =
    names === null
      ? [Buffer.from([0])]
      : [unsignedVarint(names.length + 1), ...names.flatMap((name) => [noId, compactString(name), Buffer.from([0])])];
  return Buffer.concat([Buffer.from([0]), ...topics, Buffer.from([0, 0, 0])]); // no auto creation, no operations, tags
}

interface TopicAnswer extends TopicDescription {
  readonly errorCode: number;
}

function readTopics(reader: ProtocolReader): TopicAnswer[] {
  reader.skipTags();
  reader.skip(4);
  reader.compactArray(() => {
    reader.skip(4);
    reader.compactString();
    reader.skip(4);
    reader.compactString();
    reader.skipTags();
  });
  const clusterId = reader.compactString() ?? 'unknown';
  reader.skip(4);
  return reader.compactArray(() => readTopic(reader, clusterId));
}

function readTopic(reader: ProtocolReader, clusterId: string): TopicAnswer {
  const errorCode = reader.int16();
  const name = reader.compactString() ?? '';
  const id = reader.bytes(16);
  const isInternal = reader.int8() !== 0;
  const partitions = reader.compactArray(() => readPartition(reader));
  reader.skip(4);
  reader.skipTags();
  const topicId = id.every((byte) => byte === 0) ? null : id.toString('base64url');
  const replicationFactor = Math.max(1, partitions[0]?.replicas ?? 1);
  return { errorCode, name, clusterId, topicId, isInternal, partitions, replicationFactor };
}

function readPartition(reader: ProtocolReader): PartitionLeader {
  reader.skip(2);
  const partition = reader.int32();
  const leader = reader.int32();
  reader.skip(4);
  const [replicas = 0] = Array.from({ length: 3 }, () => reader.compactArray(() => reader.skip(4)).length);
  reader.skipTags();
  return { partition, leader, replicas };
}

function existing({ errorCode, ...topic }: TopicAnswer): TopicDescription[] {
  if (errorCode === NO_ERROR) return [topic];
  if (errorCode === UNKNOWN_TOPIC_OR_PARTITION) return [];
  const context = { topic: topic.name };
  if (errorCode === TOPIC_AUTHORIZATION_FAILED) {
    const message = `Kafka does not let this user describe topic ${topic.name}. Give it the rights Describe and Read on the topic.`;
    throw new PermafrostError('KAFKA_DENIED', message, { context });
  }
  if (errorCode === INVALID_TOPIC) {
    throw new PermafrostError('KAFKA_REFUSED', `${topic.name} cannot be a topic's name. Check it.`, { context });
  }
  throw new PermafrostError(
    'KAFKA_UNAVAILABLE',
    `Kafka cannot describe topic ${topic.name} now (error ${errorCode}); it is asked again.`,
    { context },
  );
}
