/**
 * InitProducerId, v0-4. Gives an idempotent producer an id of its own, with epoch 0.
 * not implemented: transactions. A transactional_id is answered with INVALID_REQUEST.
 *
 *     Request   transactional_id NULLABLE_STRING, transaction_timeout_ms INT32, producer_id INT64 (3+),
 *               producer_epoch INT16 (3+)
 *     Response  throttle_time_ms INT32, error_code INT16, producer_id INT64, producer_epoch INT16
 */
import { defineApi } from './api';
import { ErrorCode } from './error-codes';

export interface InitProducerIdRequest {
  readonly transactionalId: string | null;
}

export interface InitProducerIdResponse {
  readonly errorCode: number;
  readonly producerId: number;
  readonly producerEpoch: number;
}

export const initProducerId = defineApi<InitProducerIdRequest, InitProducerIdResponse>({
  key: 22,
  name: 'InitProducerId',
  minVersion: 0,
  maxVersion: 4,
  flexibleFrom: 2,

  decode: (reader, version) => {
    const transactionalId = reader.nullableString();
    reader.int32(); // transaction timeout
    // A producer that asks again after an error is given a new id, so its old one does not matter.
    if (version >= 3) reader.int64();
    if (version >= 3) reader.int16();
    reader.tags();
    return { transactionalId };
  },

  handle: async ({ transactionalId }, { broker }) => {
    if (transactionalId !== null) return { errorCode: ErrorCode.INVALID_REQUEST, producerId: -1, producerEpoch: -1 };
    return { errorCode: ErrorCode.NONE, producerId: await broker.producerIds.take(), producerEpoch: 0 };
  },

  encode: ({ errorCode, producerId, producerEpoch }, writer) => {
    writer.int32(0);
    writer.int16(errorCode);
    writer.int64(producerId);
    writer.int16(producerEpoch);
    writer.tags();
  },
});
