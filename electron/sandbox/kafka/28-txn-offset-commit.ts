/**
 * TxnOffsetCommit, v0-3. Offsets of a group that count when the producer's transaction is committed.
 *
 *     Request   transactional_id STRING, group_id STRING, producer_id INT64, producer_epoch INT16,
 *               generation_id INT32 (3+), member_id STRING (3+), group_instance_id NULLABLE_STRING (3+),
 *               [topic STRING, [partition]]
 *     partition index INT32, committed_offset INT64, leader_epoch INT32 (2+), metadata NULLABLE_STRING
 *     Response  throttle_time_ms INT32, [topic STRING, [index INT32, error_code INT16]]
 */
import { judgeCommit, type Commit, type OffsetCommitResponse, encodeCommitted } from './08-offset-commit';
import { defineApi, type BrokerState } from './api';
import { ErrorCode, KafkaRefusal } from './error-codes';
import { outcomeOf } from './outcome';
import type { Producer } from './transactions';

export interface TxnOffsetCommitRequest {
  readonly transactionalId: string;
  readonly groupId: string;
  readonly producer: Producer;
  readonly generationId: number;
  readonly memberId: string;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly Commit[] }[];
}

const NO_GENERATION = -1;

export const txnOffsetCommit = defineApi<TxnOffsetCommitRequest, OffsetCommitResponse>({
  key: 28,
  name: 'TxnOffsetCommit',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 3,

  decode: (reader, version) => {
    const transactionalId = reader.string();
    const groupId = reader.string();
    const producer = { producerId: reader.int64(), producerEpoch: reader.int16() };
    const generationId = version >= 3 ? reader.int32() : NO_GENERATION;
    const memberId = version >= 3 ? reader.string() : '';
    if (version >= 3) reader.nullableString();
    const topics = reader.array(() => {
      const name = reader.string();
      const partitions = reader.array(() => {
        const partition = reader.int32();
        const offset = reader.int64();
        const leaderEpoch = version >= 2 ? reader.int32() : -1;
        const metadata = reader.nullableString();
        reader.tags();
        return { partition, offset, leaderEpoch, metadata };
      });
      reader.tags();
      return { name, partitions };
    });
    reader.tags();
    return { transactionalId, groupId, producer, generationId, memberId, topics };
  },

  handle: async (request, { broker }) => {
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((commit) => ({ ...commit, errorCode: judgeCommit(broker, name, commit) })),
    }));
    const { errorCode: refusal } = await outcomeOf(() => keep(broker, request, topics));
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition, errorCode }) => ({
          partition,
          errorCode: refusal === ErrorCode.NONE ? errorCode : refusal,
        })),
      })),
    };
  },

  encode: ({ topics }, writer) => {
    writer.int32(0);
    encodeCommitted(topics, writer);
  },
});

interface JudgedTopic {
  readonly name: string;
  readonly partitions: readonly (Commit & { readonly errorCode: ErrorCode })[];
}

async function keep(
  broker: BrokerState,
  { transactionalId, groupId, producer, generationId, memberId }: TxnOffsetCommitRequest,
  topics: readonly JudgedTopic[],
): Promise<void> {
  // A producer that does not say which member it works for is not asked.
  const isMember = generationId >= 0 || memberId !== '';
  const groupError = isMember
    ? (broker.groups.get(groupId)?.judgeCommit(memberId, generationId) ?? ErrorCode.ILLEGAL_GENERATION)
    : ErrorCode.NONE;
  if (groupError !== ErrorCode.NONE) throw new KafkaRefusal(groupError, `no such member of ${groupId}`);
  const offsets = topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ errorCode }) => errorCode === ErrorCode.NONE)
      .map(({ partition, offset, leaderEpoch, metadata }) => ({
        group: groupId,
        topic: name,
        partition,
        offset,
        leaderEpoch,
        metadata: metadata ?? '',
        committedAtMs: broker.clock(),
      })),
  );
  await broker.transactions.addOffsets(transactionalId, producer, groupId, offsets);
  broker.groups.getOrCreate(groupId);
}
