/**
 * The marker that ends a transaction in a partition: a control batch of one record, as Kafka writes it.
 *
 *     key    version INT16 (0), type INT16: 0 abort, 1 commit
 *     value  version INT16 (0), coordinator_epoch INT32
 */
import { Attributes, BATCH_HEADER_BYTES, sealBatch } from './record-batch';

export type MarkerType = 'commit' | 'abort';

export interface Marker {
  readonly type: MarkerType;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly timestampMs: number;
}

const NO_SEQUENCE = -1;
const COORDINATOR_EPOCH = 0;
/** Length, attributes, timestamp delta and offset delta (all 0), key length: all of them zigzag, so twice their value. */
const RECORD_HEAD = [32, 0, 0, 0, 8] as const;
const KEY_AT = BATCH_HEADER_BYTES + RECORD_HEAD.length;
const KEY_BYTES = 4;
const VALUE_BYTES = 6;

export function encodeMarker({ type, producerId, producerEpoch, timestampMs }: Marker): Buffer {
  const batch = Buffer.alloc(KEY_AT + KEY_BYTES + 1 + VALUE_BYTES + 1);
  Buffer.from(RECORD_HEAD).copy(batch, BATCH_HEADER_BYTES);
  batch.writeInt16BE(type === 'commit' ? 1 : 0, KEY_AT + 2);
  batch.writeUInt8(2 * VALUE_BYTES, KEY_AT + KEY_BYTES);
  batch.writeInt32BE(COORDINATOR_EPOCH, KEY_AT + KEY_BYTES + 1 + 2);
  return sealBatch(batch, {
    attributes: Attributes.TRANSACTIONAL | Attributes.CONTROL,
    lastOffsetDelta: 0,
    baseTimestamp: BigInt(timestampMs),
    maxTimestamp: BigInt(timestampMs),
    producerId,
    producerEpoch,
    baseSequence: NO_SEQUENCE,
    recordCount: 1,
  });
}

/** @param batch a control batch of this broker: nobody else can write one */
export function markerType(batch: Buffer): MarkerType {
  return batch.readInt16BE(KEY_AT + 2) === 1 ? 'commit' : 'abort';
}
