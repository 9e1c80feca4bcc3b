/**
 * AddOffsetsToTxn, v0-3. Lets a producer's transaction commit offsets of a group, with TxnOffsetCommit.
 *
 *     Request   transactional_id STRING, producer_id INT64, producer_epoch INT16, group_id STRING
 *     Response  throttle_time_ms INT32, error_code INT16
 */
import { defineApi } from './api';
import { outcomeOf } from './outcome';
import { producerErrorOf } from './producer-error';
import type { Producer } from './transactions';

export interface AddOffsetsToTxnRequest {
  readonly transactionalId: string;
  readonly producer: Producer;
  readonly groupId: string;
}

export interface AddOffsetsToTxnResponse {
  readonly errorCode: number;
}

export const addOffsetsToTxn = defineApi<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>({
  key: 25,
  name: 'AddOffsetsToTxn',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 3,

  decode: (reader) => {
    const transactionalId = reader.string();
    const producer = { producerId: reader.int64(), producerEpoch: reader.int16() };
    const groupId = reader.string();
    reader.tags();
    return { transactionalId, producer, groupId };
  },

  handle: async ({ transactionalId, producer, groupId }, { broker, version }) => {
    const { errorCode } = await outcomeOf(() => broker.transactions.addGroup(transactionalId, producer, groupId));
    return { errorCode: producerErrorOf(errorCode, version) };
  },

  encode: ({ errorCode }, writer) => {
    writer.int32(0);
    writer.int16(errorCode);
    writer.tags();
  },
});
