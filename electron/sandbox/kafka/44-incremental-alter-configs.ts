/**
 * IncrementalAlterConfigs, v0-1. Sets single settings of a topic or puts them back to their default.
 * not implemented: appending to and subtracting from lists, settings of brokers: INVALID_REQUEST.
 *
 *     Request   [type INT8, name STRING, [name STRING, operation INT8, value NULLABLE_STRING]], validate_only BOOLEAN
 *     Response  throttle_time_ms INT32, [error_code INT16, error_message NULLABLE_STRING, type INT8, name STRING]
 */
import { alterTopicConfigs, encodeAlteredConfigs, type AlterConfigsResponse } from './33-alter-configs';
import { defineApi } from './api';
import { ErrorCode, KafkaRefusal } from './error-codes';

const Operation = { SET: 0, DELETE: 1 } as const;

interface ConfigChange {
  readonly name: string;
  readonly operation: number;
  readonly value: string | null;
}

export interface IncrementalAlterConfigsRequest {
  readonly resources: readonly {
    readonly type: number;
    readonly name: string;
    readonly changes: readonly ConfigChange[];
  }[];
  readonly validateOnly: boolean;
}

export const incrementalAlterConfigs = defineApi<IncrementalAlterConfigsRequest, AlterConfigsResponse>({
  key: 44,
  name: 'IncrementalAlterConfigs',
  minVersion: 0,
  maxVersion: 1,
  flexibleFrom: 1,

  decode: (reader) => {
    const resources = reader.array(() => {
      const type = reader.int8();
      const name = reader.string();
      const changes = reader.array(() => {
        const change = { name: reader.string(), operation: reader.int8(), value: reader.nullableString() };
        reader.tags();
        return change;
      });
      reader.tags();
      return { type, name, changes };
    });
    const validateOnly = reader.boolean();
    reader.tags();
    return { resources, validateOnly };
  },

  handle: async ({ resources, validateOnly }, { broker }) => ({
    resources: await Promise.all(
      resources.map(async ({ type, name, changes }) => {
        const change = (own: Map<string, string>): void => changes.forEach((one) => applyChange(own, one));
        return { type, name, ...(await alterTopicConfigs(broker, type, name, change, validateOnly)) };
      }),
    ),
  }),

  encode: ({ resources }, writer) => encodeAlteredConfigs(resources, writer),
});

function applyChange(own: Map<string, string>, { name, operation, value }: ConfigChange): void {
  if (operation === Operation.DELETE) own.delete(name);
  else if (operation === Operation.SET && value !== null) own.set(name, value);
  else throw new KafkaRefusal(ErrorCode.INVALID_REQUEST, `Operation ${operation} on ${name} is not possible here.`);
}
