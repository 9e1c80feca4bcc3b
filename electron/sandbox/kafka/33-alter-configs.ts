/**
 * AlterConfigs, v0-2. Replaces all settings of a topic: what is not named goes back to its default.
 * not implemented: settings of brokers: INVALID_REQUEST.
 *
 *     Request   [type INT8, name STRING, [name STRING, value NULLABLE_STRING]], validate_only BOOLEAN
 *     Response  throttle_time_ms INT32, [error_code INT16, error_message NULLABLE_STRING, type INT8, name STRING]
 */
import { ResourceType } from './32-describe-configs';
import { defineApi, type BrokerState } from './api';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { outcomeOf, type Outcome } from './outcome';
import type { Writer } from './wire';

export interface AlterConfigsRequest {
  readonly resources: readonly {
    readonly type: number;
    readonly name: string;
    readonly configs: readonly { readonly name: string; readonly value: string | null }[];
  }[];
  readonly validateOnly: boolean;
}

export interface AlterConfigsResponse {
  readonly resources: readonly (Outcome & { readonly type: number; readonly name: string })[];
}

export const alterConfigs = defineApi<AlterConfigsRequest, AlterConfigsResponse>({
  key: 33,
  name: 'AlterConfigs',
  minVersion: 0,
  maxVersion: 2,
  flexibleFrom: 2,

  decode: (reader) => {
    const resources = reader.array(() => {
      const type = reader.int8();
      const name = reader.string();
      const configs = reader.array(() => {
        const config = { name: reader.string(), value: reader.nullableString() };
        reader.tags();
        return config;
      });
      reader.tags();
      return { type, name, configs };
    });
    const validateOnly = reader.boolean();
    reader.tags();
    return { resources, validateOnly };
  },

  handle: async ({ resources, validateOnly }, { broker }) => ({
    resources: await Promise.all(
      resources.map(async ({ type, name, configs }) => {
        const replace = (own: Map<string, string>): void => {
          own.clear();
          for (const config of configs) if (config.value !== null) own.set(config.name, config.value);
        };
        return { type, name, ...(await alterTopicConfigs(broker, type, name, replace, validateOnly)) };
      }),
    ),
  }),

  encode: ({ resources }, writer) => encodeAlteredConfigs(resources, writer),
});

/** Shared with IncrementalAlterConfigs. */
export function alterTopicConfigs(
  broker: BrokerState,
  resourceType: number,
  name: string,
  change: (configs: Map<string, string>) => void,
  validateOnly: boolean,
): Promise<Outcome> {
  return outcomeOf(async () => {
    if (resourceType !== ResourceType.TOPIC) {
      throw new KafkaRefusal(ErrorCode.INVALID_REQUEST, 'Only the configs of topics can be changed in the sandbox.');
    }
    await broker.topics.setConfigs(name, change, validateOnly);
  });
}

export function encodeAlteredConfigs(resources: AlterConfigsResponse['resources'], writer: Writer): void {
  writer.int32(0);
  writer.array(resources, ({ errorCode, errorMessage, type, name }) => {
    writer.int16(errorCode);
    writer.nullableString(errorMessage);
    writer.int8(type);
    writer.string(name);
    writer.tags();
  });
  writer.tags();
}
