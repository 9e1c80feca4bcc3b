/**
 * CreatePartitions, v0-3. Gives topics more partitions; they are there when it answers.
 *
 *     Request   [name STRING, count INT32, [[broker_id INT32]] nullable], timeout_ms INT32, validate_only BOOLEAN
 *     Response  throttle_time_ms INT32, [name STRING, error_code INT16, error_message NULLABLE_STRING]
 */
import { defineApi } from './api';
import { outcomeOf, type Outcome } from './outcome';

export interface CreatePartitionsRequest {
  readonly topics: readonly { readonly name: string; readonly count: number }[];
  readonly validateOnly: boolean;
}

export interface CreatePartitionsResponse {
  readonly topics: readonly (Outcome & { readonly name: string })[];
}

export const createPartitions = defineApi<CreatePartitionsRequest, CreatePartitionsResponse>({
  key: 37,
  name: 'CreatePartitions',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 2,

  decode: (reader) => {
    const topics = reader.array(() => {
      const topic = { name: reader.string(), count: reader.int32() };
      // Where to put replicas is no question with one broker.
      reader.nullableArray(() => {
        reader.array(() => reader.int32());
        reader.tags();
      });
      reader.tags();
      return topic;
    });
    reader.int32(); // timeout
    const validateOnly = reader.boolean();
    reader.tags();
    return { topics, validateOnly };
  },

  handle: async ({ topics, validateOnly }, { broker }) => ({
    topics: await Promise.all(
      topics.map(async ({ name, count }) => ({
        name,
        ...(await outcomeOf(() => broker.topics.addPartitions(name, count, validateOnly))),
      })),
    ),
  }),

  encode: ({ topics }, writer) => {
    writer.int32(0);
    writer.array(topics, ({ name, errorCode, errorMessage }) => {
      writer.string(name);
      writer.int16(errorCode);
      writer.nullableString(errorMessage);
      writer.tags();
    });
    writer.tags();
  },
});
