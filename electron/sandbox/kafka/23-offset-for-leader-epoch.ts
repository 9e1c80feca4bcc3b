/**
 * OffsetForLeaderEpoch, v2-4. Where an epoch ends, or the last one before it that there was: there
 * records of a later epoch begin, or the log ends (leader-epochs.ts).
 *
 *     Request   replica_id INT32 (3+), [topic STRING, [index INT32, current_leader_epoch INT32, leader_epoch INT32]]
 *     Response  throttle_time_ms INT32,
 *               [topic STRING, [error_code INT16, index INT32, leader_epoch INT32, end_offset INT64]]
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode } from './error-codes';

interface AskedEpoch {
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly leaderEpoch: number;
}

interface EpochEnd {
  readonly partition: number;
  readonly errorCode: number;
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

export interface OffsetForLeaderEpochRequest {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly AskedEpoch[] }[];
}

export interface OffsetForLeaderEpochResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly EpochEnd[] }[];
}

export const offsetForLeaderEpoch = defineApi<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  minVersion: 2,
  maxVersion: 4,
  flexibleFrom: 4,

  decode: (reader, version) => {
    if (version >= 3) reader.int32();
    const topics = reader.array(() => {
      const name = reader.string();
      const partitions = reader.array(() => {
        const asked = {
          partition: reader.int32(),
          currentLeaderEpoch: reader.int32(),
          leaderEpoch: reader.int32(),
        };
        reader.tags();
        return asked;
      });
      reader.tags();
      return { name, partitions };
    });
    reader.tags();
    return { topics };
  },

  handle: ({ topics }, { broker }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((asked) => endOfEpoch(broker, name, asked)),
    })),
  }),

  encode: ({ topics }, writer) => {
    writer.int32(0);
    writer.array(topics, ({ name, partitions }) => {
      writer.string(name);
      writer.array(partitions, ({ partition, errorCode, leaderEpoch, endOffset }) => {
        writer.int16(errorCode);
        writer.int32(partition);
        writer.int32(leaderEpoch);
        writer.int64(endOffset);
        writer.tags();
      });
      writer.tags();
    });
    writer.tags();
  },
});

function endOfEpoch(broker: BrokerState, topic: string, asked: AskedEpoch): EpochEnd {
  const { partition, currentLeaderEpoch, leaderEpoch } = asked;
  const log = broker.topics.partition(topic, partition);
  const unknown = { partition, errorCode: ErrorCode.NONE, leaderEpoch: -1, endOffset: -1 };
  if (log === undefined) return { ...unknown, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
  if (log.isClosed) return { ...unknown, errorCode: log.closedCode };
  const errorCode = log.epochs.judge(currentLeaderEpoch);
  if (errorCode !== ErrorCode.NONE) return { ...unknown, errorCode };
  return { ...unknown, ...log.epochs.endOf(leaderEpoch, log.highWatermark) };
}
