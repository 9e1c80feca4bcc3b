/**
 * OffsetFetch, v1-8. The committed offsets of named partitions, or of all a group has (topics null, from v2 on); from v8
 * on of several groups at once. A partition without a commit has offset -1 and no error.
 *
 *     Request   group_id STRING, [topic] nullable from 2 on (1-7); [group_id STRING, [topic] nullable] (8+),
 *               require_stable BOOLEAN (7+): UNSTABLE_OFFSET_COMMIT for what an open transaction commits
 *     topic     name STRING, [index INT32]
 *     Response  throttle_time_ms INT32 (3+), [topic], error_code INT16 (2+) (1-7);
 *               throttle_time_ms INT32, [group_id STRING, [topic], error_code INT16] (8+)
 *     topic     name STRING, [index INT32, offset INT64, leader_epoch INT32 (5+), metadata NULLABLE_STRING,
 *               error_code INT16]
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode } from './error-codes';
import type { Reader, Writer } from './wire';

interface WantedTopic {
  readonly name: string;
  readonly partitions: readonly number[];
}

interface WantedGroup {
  readonly groupId: string;
  readonly topics: readonly WantedTopic[] | null;
}

export interface OffsetFetchRequest {
  readonly requireStable: boolean;
  readonly groups: readonly WantedGroup[];
}

interface GroupOffsets {
  readonly groupId: string;
  readonly errorCode: number;
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly offset: number;
      readonly leaderEpoch: number;
      readonly metadata: string;
      readonly errorCode: number;
    }[];
  }[];
}

export interface OffsetFetchResponse {
  readonly groups: readonly GroupOffsets[];
}

const GROUPS_FROM_VERSION = 8;

export const offsetFetch = defineApi<OffsetFetchRequest, OffsetFetchResponse>({
  key: 9,
  name: 'OffsetFetch',
  minVersion: 1,
  maxVersion: 8,
  flexibleFrom: 6,

  decode: (reader, version) => {
    const groups =
      version >= GROUPS_FROM_VERSION ? reader.array(() => decodeGroup(reader, true)) : [decodeGroup(reader, false)];
    const requireStable = version >= 7 ? reader.boolean() : false;
    reader.tags();
    return { requireStable, groups };
  },

  handle: ({ requireStable, groups }, { broker }) => ({
    groups: groups.map((group) => offsetsOf(broker, group, requireStable)),
  }),

  encode: ({ groups }, writer, version) => {
    if (version >= 3) writer.int32(0);
    if (version >= GROUPS_FROM_VERSION) {
      writer.array(groups, (group) => {
        writer.string(group.groupId);
        encodeTopics(group, writer, version);
        writer.int16(group.errorCode);
        writer.tags();
      });
    } else {
      for (const group of groups) {
        encodeTopics(group, writer, version);
        if (version >= 2) writer.int16(group.errorCode);
      }
    }
    writer.tags();
  },
});

function decodeGroup(reader: Reader, hasTags: boolean): WantedGroup {
  const groupId = reader.string();
  const topics = reader.nullableArray(() => {
    const name = reader.string();
    const partitions = reader.array(() => reader.int32());
    reader.tags();
    return { name, partitions };
  });
  if (hasTags) reader.tags();
  return { groupId, topics };
}

function offsetsOf(broker: BrokerState, { groupId, topics }: WantedGroup, requireStable: boolean): GroupOffsets {
  const { offsets } = broker.groups;
  const committed = [...offsets.topicsOf(groupId)].map(([name, partitions]) => ({ name, partitions }));
  return {
    groupId,
    errorCode: ErrorCode.NONE,
    topics: (topics ?? committed).map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => {
        if (requireStable && broker.transactions.hasPendingOffset(groupId, name, partition)) {
          const errorCode = ErrorCode.UNSTABLE_OFFSET_COMMIT;
          return { partition, offset: -1, leaderEpoch: -1, metadata: '', errorCode };
        }
        const commit = offsets.get(groupId, name, partition);
        const { offset = -1, leaderEpoch = -1, metadata = '' } = commit ?? {};
        return { partition, offset, leaderEpoch, metadata, errorCode: ErrorCode.NONE };
      }),
    })),
  };
}

function encodeTopics({ topics }: GroupOffsets, writer: Writer, version: number): void {
  writer.array(topics, ({ name, partitions }) => {
    writer.string(name);
    writer.array(partitions, ({ partition, offset, leaderEpoch, metadata, errorCode }) => {
      writer.int32(partition);
      writer.int64(offset);
      if (version >= 5) writer.int32(leaderEpoch);
      writer.nullableString(metadata);
      writer.int16(errorCode);
      writer.tags();
    });
    writer.tags();
  });
}
