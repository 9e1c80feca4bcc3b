/**
 * DeleteRecords, v0-2. Moves the log start offset on (-1: to the high watermark). What lies before it can't be fetched
 * any more, also after a restart; disk space is given back file by file.
 *
 *     Request   [topic STRING, [index INT32, offset INT64]], timeout_ms INT32
 *     Response  throttle_time_ms INT32, [topic STRING, [index INT32, low_watermark INT64, error_code INT16]]
 */
import { defineApi, type BrokerState } from './api';
import { outcomeOf } from './outcome';

export interface DeleteRecordsRequest {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partition: number; readonly beforeOffset: number }[];
  }[];
}

export interface DeleteRecordsResponse {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly lowWatermark: number;
      readonly errorCode: number;
    }[];
  }[];
}

export const deleteRecords = defineApi<DeleteRecordsRequest, DeleteRecordsResponse>({
  key: 21,
  name: 'DeleteRecords',
  minVersion: 0,
  maxVersion: 2,
  flexibleFrom: 2,

  decode: (reader) => {
    const topics = reader.array(() => {
      const name = reader.string();
      const partitions = reader.array(() => {
        const partition = { partition: reader.int32(), beforeOffset: reader.int64() };
        reader.tags();
        return partition;
      });
      reader.tags();
      return { name, partitions };
    });
    reader.int32(); // timeout
    reader.tags();
    return { topics };
  },

  handle: async ({ topics }, { broker }) => ({
    topics: await Promise.all(
      topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map(({ partition, beforeOffset }) => deleteBefore(broker, name, partition, beforeOffset)),
        ),
      })),
    ),
  }),

  encode: ({ topics }, writer) => {
    writer.int32(0);
    writer.array(topics, ({ name, partitions }) => {
      writer.string(name);
      writer.array(partitions, ({ partition, lowWatermark, errorCode }) => {
        writer.int32(partition);
        writer.int64(lowWatermark);
        writer.int16(errorCode);
        writer.tags();
      });
      writer.tags();
    });
    writer.tags();
  },
});

async function deleteBefore(
  broker: BrokerState,
  topic: string,
  partition: number,
  beforeOffset: number,
): Promise<{ partition: number; lowWatermark: number; errorCode: number }> {
  let lowWatermark = -1;
  const { errorCode } = await outcomeOf(async () => {
    lowWatermark = await broker.topics.deleteRecords(topic, partition, beforeOffset);
  });
  return { partition, lowWatermark, errorCode };
}
