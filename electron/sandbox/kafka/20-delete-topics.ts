/**
 * DeleteTopics, v1-6. Deletes topics by name, or by id from v6 on, with their records and the offsets groups committed
 * for them. A topic that is made anew under the same name has another id and begins at offset 0.
 *
 *     Request   [name STRING] (1-5), [name NULLABLE_STRING, topic_id UUID] (6), timeout_ms INT32
 *     Response  throttle_time_ms INT32,
 *               [name STRING (nullable from 6 on), topic_id UUID (6), error_code INT16, error_message NULLABLE_STRING (5+)]
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { outcomeOf, type Outcome } from './outcome';

interface DoomedTopic {
  readonly name: string | null;
  readonly id: string;
}

export interface DeleteTopicsRequest {
  readonly topics: readonly DoomedTopic[];
}

export interface DeleteTopicsResponse {
  readonly topics: readonly (DoomedTopic & Outcome)[];
}

const IDS_FROM_VERSION = 6;
const ZERO_ID = Buffer.alloc(16).toString('base64url');

export const deleteTopics = defineApi<DeleteTopicsRequest, DeleteTopicsResponse>({
  key: 20,
  name: 'DeleteTopics',
  minVersion: 1,
  maxVersion: 6,
  flexibleFrom: 4,

  decode: (reader, version) => {
    const topics = reader.array(() => {
      if (version < IDS_FROM_VERSION) return { name: reader.string(), id: ZERO_ID };
      const topic = { name: reader.nullableString(), id: reader.uuid() };
      reader.tags();
      return topic;
    });
    reader.int32(); // timeout
    reader.tags();
    return { topics };
  },

  handle: async ({ topics }, { broker }) => ({
    topics: await Promise.all(topics.map((topic) => deleteTopic(broker, topic))),
  }),

  encode: ({ topics }, writer, version) => {
    writer.int32(0);
    writer.array(topics, ({ name, id, errorCode, errorMessage }) => {
      writer.nullableString(version >= IDS_FROM_VERSION ? name : (name ?? ''));
      if (version >= IDS_FROM_VERSION) writer.uuid(id);
      writer.int16(errorCode);
      if (version >= 5) writer.nullableString(errorMessage);
      writer.tags();
    });
    writer.tags();
  },
});

async function deleteTopic(broker: BrokerState, doomed: DoomedTopic): Promise<DoomedTopic & Outcome> {
  const topic = doomed.name === null ? broker.topics.getById(doomed.id) : broker.topics.get(doomed.name);
  const outcome = await outcomeOf(async () => {
    if (topic === undefined) throw unknownTopic(doomed);
    await broker.topics.delete(topic.name);
    await broker.groups.offsets.deleteTopic(topic.name);
  });
  return { name: topic?.name ?? doomed.name, id: topic?.id ?? doomed.id, ...outcome };
}

function unknownTopic({ name, id }: DoomedTopic): KafkaRefusal {
  return name === null
    ? new KafkaRefusal(ErrorCode.UNKNOWN_TOPIC_ID, `This server does not host topic id ${id}.`)
    : new KafkaRefusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `This server does not host topic ${name}.`);
}
