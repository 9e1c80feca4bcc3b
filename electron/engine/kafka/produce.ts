/**
 * Produce version 7 by hand, one batch of one partition: kafkajs builds batches record by record, and knows no batch that
 * is there already.
 *
 *     Request  => transactional_id NULLABLE_STRING, acks INT16, timeout_ms INT32,
 *                 [name STRING, [index INT32, records BYTES]]
 *     Response => [name STRING, [index INT32, error_code INT16, base_offset INT64, log_append_time_ms INT64,
 *                 log_start_offset INT64]], throttle_time_ms INT32
 */
import { protocolError } from './kafkajs';
import type { Broker } from './kafkajs-types';
import { int32, sendHandmade, string, type ProtocolReader } from './protocol';

const PRODUCE = 0;
/** the first one that takes zstd; Kafka 2.1 */
const VERSION = 7;
const ALL_IN_SYNC = Buffer.from([0xff, 0xff]);
const TIMEOUT_MS = 30_000;

export interface ProducedBatch {
  readonly transactionalId: string;
  readonly topic: string;
  readonly partition: number;
  /** one record batch */
  readonly batch: Buffer;
}

/** @returns the offset of the batch's first record @throws what kafkajs throws */
export function produceBatch(leader: Broker, produced: ProducedBatch): Promise<bigint> {
  const { transactionalId, topic, partition, batch } = produced;
  return sendHandmade(leader, {
    apiKey: PRODUCE,
    apiVersion: VERSION,
    apiName: 'Produce',
    body: Buffer.concat([
      string(transactionalId),
      ALL_IN_SYNC,
      int32(TIMEOUT_MS, 1),
      string(topic),
      int32(1, partition, batch.length),
      batch,
    ]),
    decode: readBaseOffset,
  });
}

function readBaseOffset(reader: ProtocolReader): bigint {
  const [base] = reader
    .array(() => {
      reader.string();
      return reader.array(() => {
        reader.skip(4);
        const errorCode = reader.int16();
        const baseOffset = reader.int64();
        reader.skip(16);
        if (errorCode !== 0) throw protocolError(errorCode);
        return baseOffset;
      });
    })
    .flat();
  if (base === undefined) throw new RangeError('The Produce response tells of no partition');
  return base;
}
