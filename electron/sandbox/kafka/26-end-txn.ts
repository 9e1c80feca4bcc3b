/**
 * EndTxn, v0-3. Commits or aborts a producer's transaction; answered when the markers are in all its partitions and its
 * offsets are committed.
 *
 *     Request   transactional_id STRING, producer_id INT64, producer_epoch INT16, committed BOOLEAN
 *     Response  throttle_time_ms INT32, error_code INT16
 */
import { defineApi } from './api';
import type { MarkerType } from './control-batch';
import { outcomeOf } from './outcome';
import { producerErrorOf } from './producer-error';
import type { Producer } from './transactions';

export interface EndTxnRequest {
  readonly transactionalId: string;
  readonly producer: Producer;
  readonly type: MarkerType;
}

export interface EndTxnResponse {
  readonly errorCode: number;
}

export const endTxn = defineApi<EndTxnRequest, EndTxnResponse>({
  key: 26,
  name: 'EndTxn',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 3,

  decode: (reader) => {
    const transactionalId = reader.string();
    const producer = { producerId: reader.int64(), producerEpoch: reader.int16() };
    const type = reader.boolean() ? 'commit' : 'abort';
    reader.tags();
    return { transactionalId, producer, type };
  },

  handle: async ({ transactionalId, producer, type }, { broker, version }) => {
    const { errorCode } = await outcomeOf(() => broker.transactions.end(transactionalId, producer, type));
    return { errorCode: producerErrorOf(errorCode, version) };
  },

  encode: ({ errorCode }, writer) => {
    writer.int32(0);
    writer.int16(errorCode);
    writer.tags();
  },
});
