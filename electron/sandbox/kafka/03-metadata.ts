/**
 * Metadata, v0-12. This broker is all there is: node, controller and leader of every partition. From v10 on a topic
 * has its id (KIP-516), and may be asked for by it. A topic that is not there is made, if the broker does so
 * (autoCreateTopics) and the request allows it; it can be used at once.
 * not implemented: authorized operations (answered as not asked for).
 *
 *     Request   [topic] nullable from v1 on: all topics (v0: none named is all),
 *               allow_auto_topic_creation BOOLEAN (4+), include_cluster_authorized_operations BOOLEAN (8-10),
 *               include_topic_authorized_operations BOOLEAN (8+)
 *     topic     topic_id UUID (10+), name STRING (nullable from 10 on)
 *     Response  throttle_time_ms INT32 (3+), [node_id INT32, host STRING, port INT32, rack NULLABLE_STRING (1+)],
 *               cluster_id NULLABLE_STRING (2+), controller_id INT32 (1+), [topic],
 *               cluster_authorized_operations INT32 (8-10)
 *     topic     error_code INT16, name STRING (nullable from 12 on), topic_id UUID (10+), is_internal BOOLEAN (1+),
 *               [partition], topic_authorized_operations INT32 (8+)
 *     partition error_code INT16, index INT32, leader_id INT32, leader_epoch INT32 (7+), [replica INT32], [isr INT32],
 *               [offline INT32] (5+)
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode, KafkaRefusal } from './error-codes';
import type { Topic } from './topics';
import type { Writer } from './wire';

export interface MetadataRequest {
  /** null for all. */
  readonly topics: readonly { readonly id: string; readonly name: string | null }[] | null;
  readonly mayCreateTopics: boolean;
}

interface DescribedTopic {
  readonly errorCode: number;
  readonly name: string | null;
  readonly id: string;
  /** One a partition. */
  readonly leaderEpochs: readonly number[];
}

export interface MetadataResponse {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly clusterId: string;
  readonly topics: readonly DescribedTopic[];
}

const ZERO_ID = Buffer.alloc(16).toString('base64url');
const OPERATIONS_NOT_ASKED_FOR = -0x80000000;

export const metadata = defineApi<MetadataRequest, MetadataResponse>({
  key: 3,
  name: 'Metadata',
  minVersion: 0,
  maxVersion: 12,
  flexibleFrom: 9,

  decode: (reader, version) => {
    const named = reader.nullableArray(() => {
      const id = version >= 10 ? reader.uuid() : ZERO_ID;
      const name = version >= 10 ? reader.nullableString() : reader.string();
      reader.tags();
      return { id, name };
    });
    const topics = version === 0 && named?.length === 0 ? null : named;
    const mayCreateTopics = version >= 4 ? reader.boolean() : true;
    if (version >= 8 && version <= 10) reader.boolean();
    if (version >= 8) reader.boolean();
    reader.tags();
    return { topics, mayCreateTopics };
  },

  handle: async ({ topics, mayCreateTopics }, { broker }) => {
    const { nodeId, host, port, clusterId } = broker;
    const described = topics?.map(async ({ id, name }) =>
      name === null ? describeById(broker, id) : describeByName(broker, name, mayCreateTopics),
    );
    const all = described === undefined ? broker.topics.list().map(describe) : await Promise.all(described);
    return { nodeId, host, port, clusterId, topics: all };
  },

  encode: (response, writer, version) => {
    const { nodeId, topics } = response;
    if (version >= 3) writer.int32(0);
    writer.array([response], ({ host, port }) => {
      writer.int32(nodeId);
      writer.string(host);
      writer.int32(port);
      if (version >= 1) writer.nullableString(null);
      writer.tags();
    });
    if (version >= 2) writer.nullableString(response.clusterId);
    if (version >= 1) writer.int32(nodeId);
    writer.array(topics, (topic) => encodeTopic(topic, nodeId, writer, version));
    if (version >= 8 && version <= 10) writer.int32(OPERATIONS_NOT_ASKED_FOR);
    writer.tags();
  },
});

function describe({ name, id, partitions }: Topic): DescribedTopic {
  return { errorCode: ErrorCode.NONE, name, id, leaderEpochs: partitions.map((log) => log.epochs.current) };
}

function describeById(broker: BrokerState, id: string): DescribedTopic {
  const topic = broker.topics.getById(id);
  if (topic !== undefined) return describe(topic);
  return { errorCode: ErrorCode.UNKNOWN_TOPIC_ID, name: null, id, leaderEpochs: [] };
}

async function describeByName(broker: BrokerState, name: string, mayCreate: boolean): Promise<DescribedTopic> {
  const missing = { name, id: ZERO_ID, leaderEpochs: [] };
  try {
    const known = broker.topics.get(name);
    if (known !== undefined) return describe(known);
    if (!mayCreate || !broker.autoCreateTopics) return { ...missing, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
    return describe(await broker.topics.getOrCreate(name, broker.defaultPartitions));
  } catch (error) {
    if (error instanceof KafkaRefusal) return { ...missing, errorCode: error.errorCode };
    throw error;
  }
}

function encodeTopic(topic: DescribedTopic, nodeId: number, writer: Writer, version: number): void {
  writer.int16(topic.errorCode);
  writer.nullableString(version >= 12 ? topic.name : (topic.name ?? ''));
  if (version >= 10) writer.uuid(topic.id);
  if (version >= 1) writer.boolean(false);
  writer.array([...topic.leaderEpochs.entries()], ([index, leaderEpoch]) => {
    writer.int16(ErrorCode.NONE);
    writer.int32(index);
    writer.int32(nodeId);
    if (version >= 7) writer.int32(leaderEpoch);
    writer.array([nodeId], (id) => writer.int32(id));
    writer.array([nodeId], (id) => writer.int32(id));
    if (version >= 5) writer.array([], () => undefined);
    writer.tags();
  });
  if (version >= 8) writer.int32(OPERATIONS_NOT_ASKED_FOR);
  writer.tags();
}
