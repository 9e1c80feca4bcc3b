/**
 * Produce, v3-9. Appends one record batch a partition and answers when it is on disk (acks 1 and all), or not at all
 * (acks 0). The versions 0-2 are advertised, as Apache Kafka 4 does, because librdkafka concludes from them that
 * compression is possible (KAFKA-18659); a request of theirs is answered with UNSUPPORTED_VERSION.
 * A transactional batch must be of the producer that has the transactional id, in a partition of its open transaction.
 * not implemented: recompression by compression.type.
 *
 *     Request   transactional_id NULLABLE_STRING, acks INT16, timeout_ms INT32, [topic]
 *     topic     name STRING, [partition INT32, records NULLABLE_BYTES]
 *     Response  [name STRING, [partition]], throttle_time_ms INT32
 *     partition index INT32, error_code INT16, base_offset INT64, log_append_time_ms INT64, log_start_offset INT64 (5+),
 *               [batch_index INT32, message NULLABLE_STRING] (8+), error_message NULLABLE_STRING (8+)
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { hasKeysOnly } from './compaction';
import { inspectProducedBatch, stampAppendTime, Attributes, Codec, type BatchHeader } from './record-batch';
import type { Topic } from './topics';

export interface ProduceRequest {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partition: number; readonly records: Buffer | null }[];
  }[];
}

interface ProducedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly baseOffset: number;
  /** -1 where the producer's own timestamps count. */
  readonly appendTimeMs: number;
  readonly logStartOffset: number;
}

export interface ProduceResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly ProducedPartition[] }[];
}

const ZSTD_SINCE_VERSION = 7;
const REPLICAS = 1;

export const produce = defineApi<ProduceRequest, ProduceResponse>({
  key: 0,
  name: 'Produce',
  minVersion: 3,
  maxVersion: 9,
  flexibleFrom: 9,
  advertisedMinVersion: 0,
  isPipelined: true,

  decode: (reader) => {
    const transactionalId = reader.nullableString();
    const acks = reader.int16();
    reader.int32(); // timeout: there are no replicas to wait for
    const topics = reader.array(() => {
      const name = reader.string();
      const partitions = reader.array(() => {
        const partition = { partition: reader.int32(), records: reader.nullableBytes() };
        reader.tags();
        return partition;
      });
      reader.tags();
      return { name, partitions };
    });
    reader.tags();
    return { transactionalId, acks, topics };
  },

  handle: async (request, { broker, version }) => {
    const terms = { transactionalId: request.transactionalId, acks: request.acks, version };
    const topics = await Promise.all(
      request.topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map(({ partition, records }) => produceTo(broker, terms, name, partition, records)),
        ),
      })),
    );
    return request.acks === 0 ? 'silence' : { topics };
  },

  encode: ({ topics }, writer, version) => {
    writer.array(topics, ({ name, partitions }) => {
      writer.string(name);
      writer.array(partitions, (partition) => {
        writer.int32(partition.partition);
        writer.int16(partition.errorCode);
        writer.int64(partition.baseOffset);
        writer.int64(partition.appendTimeMs);
        if (version >= 5) writer.int64(partition.logStartOffset);
        if (version >= 8) writer.array([], () => undefined);
        if (version >= 8) writer.nullableString(partition.errorMessage);
        writer.tags();
      });
      writer.tags();
    });
    writer.int32(0);
    writer.tags();
  },
});

/** What the whole request says of each of its batches. */
interface Terms {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly version: number;
}

/** Runs up to the append without waiting, so that batches stand in the log in the order they were sent. */
async function produceTo(
  broker: BrokerState,
  terms: Terms,
  name: string,
  partition: number,
  records: Buffer | null,
): Promise<ProducedPartition> {
  const topic = broker.topics.get(name);
  const log = topic?.partitions[partition];
  try {
    if (topic === undefined || log === undefined) {
      throw new KafkaRefusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `there is no partition ${name}-${partition}`);
    }
    const bytes = records ?? Buffer.alloc(0);
    const header = admit(topic, terms, bytes);
    if ((header.attributes & Attributes.TRANSACTIONAL) !== 0) {
      broker.transactions.checkAppend(terms.transactionalId, header, { topic: name, partition });
    }
    const appendTimeMs = topic.policy.isAppendTime ? broker.clock() : -1;
    const stamped = appendTimeMs < 0 ? header : stampAppendTime(bytes, header, appendTimeMs);
    const baseOffset = await log.append(bytes, stamped);
    const { logStartOffset } = log;
    return { partition, errorCode: ErrorCode.NONE, errorMessage: null, baseOffset, appendTimeMs, logStartOffset };
  } catch (error) {
    if (!(error instanceof KafkaRefusal)) throw error;
    const { errorCode, message: errorMessage } = error;
    const logStartOffset = log?.logStartOffset ?? -1;
    return { partition, errorCode, errorMessage, baseOffset: -1, appendTimeMs: -1, logStartOffset };
  }
}

/** @throws KafkaRefusal unless the topic takes such a batch */
function admit({ policy }: Topic, { acks, version }: Terms, bytes: Buffer): BatchHeader {
  if (acks < -1 || acks > 1) throw new KafkaRefusal(ErrorCode.INVALID_REQUIRED_ACKS, `acks ${acks}`);
  if (acks === -1 && policy.minInsyncReplicas > REPLICAS) {
    throw new KafkaRefusal(ErrorCode.NOT_ENOUGH_REPLICAS, `there is ${REPLICAS} replica`);
  }
  const batch = inspectProducedBatch(bytes, policy.maxMessageBytes);
  if (batch.kind === 'refused') throw new KafkaRefusal(batch.errorCode, batch.message);
  const { header } = batch;
  if ((header.attributes & Attributes.CODEC_MASK) === Codec.ZSTD && version < ZSTD_SINCE_VERSION) {
    throw new KafkaRefusal(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, 'zstd needs Produce v7');
  }
  if (policy.isCompacted && !hasKeysOnly(bytes, header)) {
    throw new KafkaRefusal(ErrorCode.INVALID_RECORD, 'a compacted topic takes no records without a key');
  }
  return header;
}
