/**
 * CreateTopics, v2-7. Makes topics; answers when they can be used. There is one broker, so the replication factor is 1
 * (or -1, the default) and an explicit assignment may name that broker only.
 *
 *     Request   [topic], timeout_ms INT32, validate_only BOOLEAN
 *     topic     name STRING, num_partitions INT32 (-1: default), replication_factor INT16,
 *               [index INT32, [broker_id INT32]], [name STRING, value NULLABLE_STRING]
 *     Response  throttle_time_ms INT32, [topic]
 *     topic     name STRING, topic_id UUID (7+), error_code INT16, error_message NULLABLE_STRING,
 *               num_partitions INT32 (5+), replication_factor INT16 (5+), [config] (5+)
 *     config    name STRING, value NULLABLE_STRING, read_only BOOLEAN, source INT8, is_sensitive BOOLEAN
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { outcomeOf, type Outcome } from './outcome';
import { ConfigSource } from './32-describe-configs';
import { reportConfigs, type ReportedConfig } from './topic-configs';

interface NewTopic {
  readonly name: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly assignments: readonly { readonly partition: number; readonly brokerIds: readonly number[] }[];
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

export interface CreateTopicsRequest {
  readonly topics: readonly NewTopic[];
  readonly validateOnly: boolean;
}

interface CreatedTopic extends Outcome {
  readonly name: string;
  readonly id: string;
  readonly partitionCount: number;
  readonly configs: readonly ReportedConfig[];
}

export interface CreateTopicsResponse {
  readonly topics: readonly CreatedTopic[];
}

const ZERO_ID = Buffer.alloc(16).toString('base64url');

export const createTopics = defineApi<CreateTopicsRequest, CreateTopicsResponse>({
  key: 19,
  name: 'CreateTopics',
  minVersion: 2,
  maxVersion: 7,
  flexibleFrom: 5,

  decode: (reader) => {
    const tagged = <T>(value: T): T => {
      reader.tags();
      return value;
    };
    const topics = reader.array(() =>
      tagged({
        name: reader.string(),
        partitionCount: reader.int32(),
        replicationFactor: reader.int16(),
        assignments: reader.array(() =>
          tagged({ partition: reader.int32(), brokerIds: reader.array(() => reader.int32()) }),
        ),
        configs: reader.array(() => tagged({ name: reader.string(), value: reader.nullableString() })),
      }),
    );
    reader.int32(); // timeout
    return tagged({ topics, validateOnly: reader.boolean() });
  },

  handle: async ({ topics, validateOnly }, { broker }) => ({
    topics: await Promise.all(topics.map((topic) => createTopic(broker, topic, validateOnly))),
  }),

  encode: ({ topics }, writer, version) => {
    writer.int32(0);
    writer.array(topics, (topic) => {
      writer.string(topic.name);
      if (version >= 7) writer.uuid(topic.id);
      writer.int16(topic.errorCode);
      writer.nullableString(topic.errorMessage);
      if (version >= 5) {
        writer.int32(topic.partitionCount);
        writer.int16(topic.errorCode === ErrorCode.NONE ? 1 : -1);
        writer.array(topic.configs, (config) => {
          writer.string(config.name);
          writer.nullableString(config.value);
          writer.boolean(false);
          writer.int8(config.isDefault ? ConfigSource.DEFAULT : ConfigSource.TOPIC);
          writer.boolean(false);
          writer.tags();
        });
      }
      writer.tags();
    });
    writer.tags();
  },
});

async function createTopic(broker: BrokerState, topic: NewTopic, validateOnly: boolean): Promise<CreatedTopic> {
  const configs = new Map(topic.configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])));
  const outcome = await outcomeOf(async () => {
    const count = checkPlacement(broker, topic);
    if (validateOnly) broker.topics.checkNew(topic.name, count, configs);
    else await broker.topics.create(topic.name, count, configs);
  });
  const made = outcome.errorCode === ErrorCode.NONE ? broker.topics.get(topic.name) : undefined;
  return {
    ...outcome,
    name: topic.name,
    id: made?.id ?? ZERO_ID,
    partitionCount: made?.partitions.length ?? -1,
    configs: outcome.errorCode === ErrorCode.NONE ? reportConfigs(configs) : [],
  };
}

/** @returns how many partitions the topic is to have */
function checkPlacement(broker: BrokerState, { partitionCount, replicationFactor, assignments }: NewTopic): number {
  if (assignments.length === 0) {
    if (replicationFactor !== 1 && replicationFactor !== -1) {
      const message = `Replication factor ${replicationFactor} is larger than the one broker of the sandbox.`;
      throw new KafkaRefusal(ErrorCode.INVALID_REPLICATION_FACTOR, message);
    }
    return partitionCount === -1 ? broker.defaultPartitions : partitionCount;
  }
  const partitions = new Set(assignments.map(({ partition }) => partition));
  const isConsecutive = [...partitions.keys()].every((partition) => partition >= 0 && partition < assignments.length);
  const isHere = assignments.every(({ brokerIds }) => brokerIds.length === 1 && brokerIds[0] === broker.nodeId);
  if (partitions.size !== assignments.length || !isConsecutive || !isHere) {
    throw new KafkaRefusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, `Only broker ${broker.nodeId} can have replicas.`);
  }
  return assignments.length;
}
