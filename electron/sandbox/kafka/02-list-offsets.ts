/**
 * ListOffsets, v1-7. Earliest (-2), latest (-1), highest timestamp (-3, from v7 on), or the first record that is not
 * older than a timestamp. For that the one batch it lies in is opened; if that fails, the first offset of the batch is
 * answered, with its timestamp: at most a batch too early, never too late.
 * For who reads what is committed (isolation_level 1) the log ends at the last stable offset.
 *
 *     Request   replica_id INT32, isolation_level INT8 (2+), [topic STRING, [partition]]
 *     partition index INT32, current_leader_epoch INT32 (4+), timestamp INT64
 *     Response  throttle_time_ms INT32 (2+), [topic STRING, [partition]]
 *     partition index INT32, error_code INT16, timestamp INT64, offset INT64, leader_epoch INT32 (4+)
 */
import { defineApi, type BrokerState } from './api';
import { ErrorCode } from './error-codes';
import { findTimestamp } from './record-timestamps';

interface WantedOffset {
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly timestamp: bigint;
}

interface ListedOffset {
  readonly partition: number;
  readonly errorCode: number;
  readonly timestamp: bigint;
  readonly offset: number;
  readonly leaderEpoch: number;
}

export interface ListOffsetsRequest {
  readonly isCommittedOnly: boolean;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly WantedOffset[] }[];
}

export interface ListOffsetsResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly ListedOffset[] }[];
}

const LATEST = -1n;
const EARLIEST = -2n;
const MAX_TIMESTAMP = -3n;

export const listOffsets = defineApi<ListOffsetsRequest, ListOffsetsResponse>({
  key: 2,
  name: 'ListOffsets',
  minVersion: 1,
  maxVersion: 7,
  flexibleFrom: 6,

  decode: (reader, version) => {
    reader.int32(); // replica id
    const isCommittedOnly = version >= 2 ? reader.int8() === 1 : false;
    const topics = reader.array(() => {
      const name = reader.string();
      const partitions = reader.array(() => {
        const partition = reader.int32();
        const currentLeaderEpoch = version >= 4 ? reader.int32() : -1;
        const timestamp = reader.bigint64();
        reader.tags();
        return { partition, currentLeaderEpoch, timestamp };
      });
      reader.tags();
      return { name, partitions };
    });
    reader.tags();
    return { isCommittedOnly, topics };
  },

  handle: async ({ isCommittedOnly, topics }, { broker }) => ({
    topics: await Promise.all(
      topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(partitions.map((wanted) => listOffset(broker, name, wanted, isCommittedOnly))),
      })),
    ),
  }),

  encode: ({ topics }, writer, version) => {
    if (version >= 2) writer.int32(0);
    writer.array(topics, ({ name, partitions }) => {
      writer.string(name);
      writer.array(partitions, ({ partition, errorCode, timestamp, offset, leaderEpoch }) => {
        writer.int32(partition);
        writer.int16(errorCode);
        writer.bigint64(timestamp);
        writer.int64(offset);
        if (version >= 4) writer.int32(leaderEpoch);
        writer.tags();
      });
      writer.tags();
    });
    writer.tags();
  },
});

async function listOffset(
  broker: BrokerState,
  topic: string,
  wanted: WantedOffset,
  isCommittedOnly: boolean,
): Promise<ListedOffset> {
  const { partition, timestamp } = wanted;
  const log = broker.topics.partition(topic, partition);
  const nowhere = { partition, errorCode: ErrorCode.NONE, timestamp: -1n, offset: -1, leaderEpoch: -1 };
  if (log === undefined) return { ...nowhere, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
  const errorCode = log.epochs.judge(wanted.currentLeaderEpoch);
  if (errorCode !== ErrorCode.NONE) return { ...nowhere, errorCode };
  const at = (offset: number): ListedOffset => ({ ...nowhere, offset, leaderEpoch: log.epochs.at(offset) });
  const endOffset = isCommittedOnly ? log.lastStableOffset : log.highWatermark;
  if (timestamp === LATEST) return at(endOffset);
  if (timestamp === EARLIEST) return at(log.logStartOffset);
  if (timestamp < MAX_TIMESTAMP) return { ...nowhere, errorCode: ErrorCode.INVALID_REQUEST };
  const from = timestamp === MAX_TIMESTAMP ? log.maxTimestamp : timestamp;
  const found = await log.searchTimestamp(from, (batches) => findTimestamp(batches, from, log.logStartOffset));
  return found !== undefined && found.offset < endOffset ? { ...at(found.offset), ...found } : nowhere;
}
