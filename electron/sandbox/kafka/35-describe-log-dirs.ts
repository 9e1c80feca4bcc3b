/**
 * DescribeLogDirs, v1-4. How many bytes the logs of partitions take on the disk. This broker has one log directory, and
 * every partition has its only replica there. Topics and partitions that are not there are left out, as Kafka does.
 * not implemented: replicas that move between directories.
 *
 *     Request   [topic STRING, [partition INT32]] nullable: all
 *     Response  throttle_time_ms INT32, error_code INT16 (3+), [directory]
 *     directory error_code INT16, log_dir STRING, [name STRING, [partition]], total_bytes INT64 (4+), usable_bytes INT64 (4+)
 *     partition index INT32, size INT64, offset_lag INT64, is_future_key BOOLEAN
 */
import { statfs } from 'node:fs/promises';
import { defineApi, type BrokerState } from './api';
import { ErrorCode } from './error-codes';

export interface DescribeLogDirsRequest {
  /** null for all. */
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[] | null;
}

export interface DescribeLogDirsResponse {
  readonly errorCode: number;
  readonly directories: readonly {
    readonly logDir: string;
    readonly topics: readonly {
      readonly name: string;
      readonly partitions: readonly { readonly partition: number; readonly byteLength: number }[];
    }[];
    /** -1 where the file system does not tell. */
    readonly totalBytes: number;
    readonly usableBytes: number;
  }[];
}

export const describeLogDirs = defineApi<DescribeLogDirsRequest, DescribeLogDirsResponse>({
  key: 35,
  name: 'DescribeLogDirs',
  minVersion: 1,
  maxVersion: 4,
  flexibleFrom: 2,

  decode: (reader) => {
    const topics = reader.nullableArray(() => {
      const topic = { name: reader.string(), partitions: reader.array(() => reader.int32()) };
      reader.tags();
      return topic;
    });
    reader.tags();
    return { topics };
  },

  handle: async ({ topics }, { broker }) => ({
    errorCode: ErrorCode.NONE,
    directories: [{ logDir: broker.topics.folder, topics: sizesOf(broker, topics), ...(await room(broker)) }],
  }),

  encode: ({ errorCode, directories }, writer, version) => {
    writer.int32(0);
    if (version >= 3) writer.int16(errorCode);
    writer.array(directories, ({ logDir, topics, totalBytes, usableBytes }) => {
      writer.int16(ErrorCode.NONE);
      writer.string(logDir);
      writer.array(topics, ({ name, partitions }) => {
        writer.string(name);
        writer.array(partitions, ({ partition, byteLength }) => {
          writer.int32(partition);
          writer.int64(byteLength);
          writer.int64(0);
          writer.boolean(false);
          writer.tags();
        });
        writer.tags();
      });
      if (version >= 4) writer.int64(totalBytes);
      if (version >= 4) writer.int64(usableBytes);
      writer.tags();
    });
    writer.tags();
  },
});

type Directory = DescribeLogDirsResponse['directories'][number];

function sizesOf(broker: BrokerState, wanted: DescribeLogDirsRequest['topics']): Directory['topics'] {
  const asked = wanted ?? broker.topics.list().map(({ name, partitions }) => ({ name, partitions: partitions.keys() }));
  return asked
    .map(({ name, partitions }) => ({
      name,
      partitions: [...partitions].flatMap((partition) => {
        const log = broker.topics.partition(name, partition);
        return log === undefined ? [] : [{ partition, byteLength: log.byteLength }];
      }),
    }))
    .filter(({ partitions }) => partitions.length > 0);
}

async function room(broker: BrokerState): Promise<Pick<Directory, 'totalBytes' | 'usableBytes'>> {
  try {
    const { bsize, blocks, bavail } = await statfs(broker.topics.folder);
    return { totalBytes: bsize * blocks, usableBytes: bsize * bavail };
  } catch {
    return { totalBytes: -1, usableBytes: -1 }; // as Kafka says that it does not know
  }
}
