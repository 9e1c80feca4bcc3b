/**
 * DescribeConfigs, v1-4. The settings of topics; those of the broker are few and read-only.
 * not implemented: other resources (loggers, client metrics): INVALID_REQUEST.
 *
 *     Request   [resource], include_synonyms BOOLEAN, include_documentation BOOLEAN (3+)
 *     resource  type INT8 (2 topic, 4 broker), name STRING, [name STRING] nullable: all
 *     Response  throttle_time_ms INT32,
 *               [error_code INT16, error_message NULLABLE_STRING, type INT8, name STRING, [config]]
 *     config    name STRING, value NULLABLE_STRING, read_only BOOLEAN, source INT8, is_sensitive BOOLEAN,
 *               [name STRING, value NULLABLE_STRING, source INT8] synonyms, type INT8 (3+),
 *               documentation NULLABLE_STRING (3+)
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { outcomeOf, type Outcome } from './outcome';
import { ConfigType, reportConfigs, type ReportedConfig } from './topic-configs';

export const ResourceType = { TOPIC: 2, BROKER: 4 } as const;
export const ConfigSource = { TOPIC: 1, STATIC_BROKER: 4, DEFAULT: 5 } as const;

interface Resource {
  readonly type: number;
  readonly name: string;
  /** null for all. */
  readonly configNames: readonly string[] | null;
}

export interface DescribeConfigsRequest {
  readonly resources: readonly Resource[];
}

export interface DescribeConfigsResponse {
  readonly resources: readonly (Outcome & {
    readonly type: number;
    readonly name: string;
    readonly configs: readonly ReportedConfig[];
  })[];
}

export const describeConfigs = defineApi<DescribeConfigsRequest, DescribeConfigsResponse>({
  key: 32,
  name: 'DescribeConfigs',
  minVersion: 1,
  maxVersion: 4,
  flexibleFrom: 4,

  decode: (reader, version) => {
    const resources = reader.array(() => {
      const type = reader.int8();
      const name = reader.string();
      const configNames = reader.nullableArray(() => reader.string());
      reader.tags();
      return { type, name, configNames };
    });
    reader.boolean();
    if (version >= 3) reader.boolean();
    reader.tags();
    return { resources };
  },

  handle: async ({ resources }, { broker }) => ({
    resources: await Promise.all(resources.map((resource) => describe(broker, resource))),
  }),

  encode: ({ resources }, writer, version) => {
    writer.int32(0);
    writer.array(resources, (resource) => {
      writer.int16(resource.errorCode);
      writer.nullableString(resource.errorMessage);
      writer.int8(resource.type);
      writer.string(resource.name);
      writer.array(resource.configs, (config) => {
        writer.string(config.name);
        writer.nullableString(config.value);
        writer.boolean(resource.type === ResourceType.BROKER);
        writer.int8(sourceOf(resource.type, config));
        writer.boolean(false);
        writer.array([], () => undefined);
        if (version >= 3) writer.int8(config.type);
        if (version >= 3) writer.nullableString(null);
        writer.tags();
      });
      writer.tags();
    });
    writer.tags();
  },
});

function sourceOf(resourceType: number, config: ReportedConfig): number {
  if (resourceType === ResourceType.BROKER) return ConfigSource.STATIC_BROKER;
  return config.isDefault ? ConfigSource.DEFAULT : ConfigSource.TOPIC;
}

async function describe(
  broker: BrokerState,
  { type, name, configNames }: Resource,
): Promise<DescribeConfigsResponse['resources'][number]> {
  let configs: ReportedConfig[] = [];
  const outcome = await outcomeOf(() => {
    configs = configsOf(broker, type, name).filter((config) => configNames?.includes(config.name) ?? true);
  });
  return { ...outcome, type, name, configs };
}

function configsOf(broker: BrokerState, type: number, name: string): ReportedConfig[] {
  if (type === ResourceType.BROKER && name === String(broker.nodeId)) return brokerConfigs(broker);
  if (type !== ResourceType.TOPIC) {
    throw new KafkaRefusal(ErrorCode.INVALID_REQUEST, `The sandbox has no configs of ${name} (resource type ${type}).`);
  }
  const topic = broker.topics.get(name);
  if (topic === undefined) throw new KafkaRefusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic ${name}.`);
  return reportConfigs(topic.configs);
}

function brokerConfigs({ nodeId, autoCreateTopics, defaultPartitions }: BrokerState): ReportedConfig[] {
  const fixed = (name: string, value: string, type: number): ReportedConfig => ({
    name,
    value,
    type,
    isDefault: false,
  });
  return [
    fixed('node.id', String(nodeId), ConfigType.INT),
    fixed('auto.create.topics.enable', String(autoCreateTopics), ConfigType.BOOLEAN),
    fixed('num.partitions', String(defaultPartitions), ConfigType.INT),
    fixed('default.replication.factor', '1', ConfigType.INT),
    fixed('log.retention.ms', '-1', ConfigType.LONG),
  ];
}
