/**
 * InitProducerId, v0-4. Gives an idempotent producer an id of its own, with epoch 0; or the id of a transactional_id with
 * the next epoch, which fences whoever had it and aborts the transaction that is open.
 *
 *     Request   transactional_id NULLABLE_STRING, transaction_timeout_ms INT32, producer_id INT64 (3+),
 *               producer_epoch INT16 (3+)
 *     Response  throttle_time_ms INT32, error_code INT16, producer_id INT64, producer_epoch INT16
 */
import { defineApi, type BrokerState } from './api';
import { outcomeOf } from './outcome';
import { producerErrorOf } from './producer-error';
import type { Producer } from './transactions';

export interface InitProducerIdRequest {
  readonly transactionalId: string | null;
  readonly timeoutMs: number;
  /** What it was given before, if it asks again. */
  readonly current: Producer | undefined;
}

export interface InitProducerIdResponse extends Producer {
  readonly errorCode: number;
}

const FENCED_FROM_VERSION = 4;

export const initProducerId = defineApi<InitProducerIdRequest, InitProducerIdResponse>({
  key: 22,
  name: 'InitProducerId',
  minVersion: 0,
  maxVersion: 4,
  flexibleFrom: 2,

  decode: (reader, version) => {
    const transactionalId = reader.nullableString();
    const timeoutMs = reader.int32();
    const producerId = version >= 3 ? reader.int64() : -1;
    const producerEpoch = version >= 3 ? reader.int16() : -1;
    reader.tags();
    return { transactionalId, timeoutMs, current: producerId < 0 ? undefined : { producerId, producerEpoch } };
  },

  handle: async (request, { broker, version }) => {
    let producer: Producer = { producerId: -1, producerEpoch: -1 };
    const { errorCode } = await outcomeOf(async () => {
      producer = await begin(broker, request);
    });
    return { ...producer, errorCode: producerErrorOf(errorCode, version, FENCED_FROM_VERSION) };
  },

  encode: ({ errorCode, producerId, producerEpoch }, writer) => {
    writer.int32(0);
    writer.int16(errorCode);
    writer.int64(producerId);
    writer.int16(producerEpoch);
    writer.tags();
  },
});

async function begin(
  { producerIds, transactions }: BrokerState,
  { transactionalId, timeoutMs, current }: InitProducerIdRequest,
): Promise<Producer> {
  // A producer without transactions that asks again is given a new id, so its old one does not matter.
  if (transactionalId === null) return { producerId: await producerIds.take(), producerEpoch: 0 };
  const { producerId, producerEpoch } = await transactions.begin(transactionalId, timeoutMs, current);
  return { producerId, producerEpoch };
}
