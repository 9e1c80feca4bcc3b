/**
 * OffsetCommit, v2-8. Answers when the offsets are on record. A group without members takes commits from anybody
 * (generation -1), as tools that move offsets make them.
 * not implemented: expiry of offsets (retention_time_ms is ignored); static membership.
 *
 *     Request   group_id STRING, generation_id INT32, member_id STRING, group_instance_id NULLABLE_STRING (7+),
 *               retention_time_ms INT64 (2-4), [topic STRING, [partition]]
 *     partition index INT32, committed_offset INT64, leader_epoch INT32 (6+), metadata NULLABLE_STRING
 *     Response  throttle_time_ms INT32 (3+), [topic STRING, [index INT32, error_code INT16]]
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode } from './error-codes';
import type { Writer } from './wire';

export interface Commit {
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string | null;
}

export interface OffsetCommitRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly Commit[] }[];
}

export interface OffsetCommitResponse {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
  }[];
}

/** As Kafka's offset.metadata.max.bytes. */
const MAX_METADATA_BYTES = 4096;

export const offsetCommit = defineApi<OffsetCommitRequest, OffsetCommitResponse>({
  key: 8,
  name: 'OffsetCommit',
  minVersion: 2,
  maxVersion: 8,
  flexibleFrom: 8,

  decode: (reader, version) => {
    const groupId = reader.string();
    const generationId = reader.int32();
    const memberId = reader.string();
    if (version >= 7) reader.nullableString();
    if (version <= 4) reader.int64();
    const topics = reader.array(() => {
      const name = reader.string();
      const partitions = reader.array(() => {
        const partition = reader.int32();
        const offset = reader.int64();
        const leaderEpoch = version >= 6 ? reader.int32() : -1;
        const metadata = reader.nullableString();
        reader.tags();
        return { partition, offset, leaderEpoch, metadata };
      });
      reader.tags();
      return { name, partitions };
    });
    reader.tags();
    return { groupId, generationId, memberId, topics };
  },

  handle: async (request, { broker }) => {
    const groupError = judgeGroup(broker, request);
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((commit) => {
        const errorCode = groupError === ErrorCode.NONE ? judgeCommit(broker, name, commit) : groupError;
        return { ...commit, errorCode };
      }),
    }));
    const accepted = topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ errorCode }) => errorCode === ErrorCode.NONE)
        .map(({ partition, offset, leaderEpoch, metadata }) => ({
          group: request.groupId,
          topic: name,
          partition,
          offset,
          leaderEpoch,
          metadata: metadata ?? '',
          committedAtMs: broker.clock(),
        })),
    );
    await broker.groups.offsets.commit(accepted);
    return { topics };
  },

  encode: ({ topics }, writer, version) => {
    if (version >= 3) writer.int32(0);
    encodeCommitted(topics, writer);
  },
});

/** Shared with TxnOffsetCommit. */
export function encodeCommitted(topics: OffsetCommitResponse['topics'], writer: Writer): void {
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
}

function judgeGroup(broker: BrokerState, { groupId, memberId, generationId }: OffsetCommitRequest): ErrorCode {
  if (groupId === '') return ErrorCode.INVALID_GROUP_ID;
  const known = broker.groups.get(groupId);
  if (known === undefined && generationId >= 0) return ErrorCode.ILLEGAL_GENERATION;
  return broker.groups.getOrCreate(groupId).judgeCommit(memberId, generationId);
}

/** Shared with TxnOffsetCommit. */
export function judgeCommit(broker: BrokerState, topic: string, { partition, offset, metadata }: Commit): ErrorCode {
  if (broker.topics.partition(topic, partition) === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  if (Buffer.byteLength(metadata ?? '') > MAX_METADATA_BYTES) return ErrorCode.OFFSET_METADATA_TOO_LARGE;
  return Number.isSafeInteger(offset) ? ErrorCode.NONE : ErrorCode.INVALID_COMMIT_OFFSET_SIZE;
}
