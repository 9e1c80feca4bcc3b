/**
 * AddPartitionsToTxn, v0-3: all that clients use. Makes partitions part of a producer's transaction, before it writes to
 * them. All or none: if one is unknown the others are answered with OPERATION_NOT_ATTEMPTED.
 *
 *     Request   transactional_id STRING, producer_id INT64, producer_epoch INT16, [topic STRING, [index INT32]]
 *     Response  throttle_time_ms INT32, [topic STRING, [index INT32, error_code INT16]]
 */
import { defineApi } from './api';
import { ErrorCode } from './error-codes';
import { outcomeOf } from './outcome';
import { producerErrorOf } from './producer-error';
import type { TransactionPartition } from './transaction-state';
import type { Producer } from './transactions';

export interface AddPartitionsToTxnRequest {
  readonly transactionalId: string;
  readonly producer: Producer;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[];
}

export interface AddPartitionsToTxnResponse {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
  }[];
}

export const addPartitionsToTxn = defineApi<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>({
  key: 24,
  name: 'AddPartitionsToTxn',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 3,

  decode: (reader) => {
    const transactionalId = reader.string();
    const producer = { producerId: reader.int64(), producerEpoch: reader.int16() };
    const topics = reader.array(() => {
      const topic = { name: reader.string(), partitions: reader.array(() => reader.int32()) };
      reader.tags();
      return topic;
    });
    reader.tags();
    return { transactionalId, producer, topics };
  },

  handle: async ({ transactionalId, producer, topics }, { broker, version }) => {
    const isKnown = ({ topic, partition }: TransactionPartition): boolean =>
      broker.topics.partition(topic, partition) !== undefined;
    const wanted = topics.flatMap(({ name, partitions }) =>
      partitions.map((partition) => ({ topic: name, partition })),
    );
    const areAllKnown = wanted.every(isKnown);
    const { errorCode } = await outcomeOf(async () => {
      if (areAllKnown) await broker.transactions.addPartitions(transactionalId, producer, wanted);
    });
    const errorOf = (at: TransactionPartition): ErrorCode => {
      if (areAllKnown) return producerErrorOf(errorCode, version);
      return isKnown(at) ? ErrorCode.OPERATION_NOT_ATTEMPTED : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    };
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => ({ partition, errorCode: errorOf({ topic: name, partition }) })),
      })),
    };
  },

  encode: ({ topics }, writer) => {
    writer.int32(0);
    writer.array(topics, ({ name, partitions }) => {
      writer.string(name);
      writer.array(partitions, ({ partition, errorCode }) => {
        writer.int32(partition);
        writer.int16(errorCode);
        writer.tags();
      });
      writer.tags();
    });
    writer.tags();
  },
});
