/**
 * Fetch, v4-13 (13 names topics by id). Answers with whole batches from the one that holds the offset on; waits up to
 * max_wait_ms until min_bytes are there, and wakes as soon as something is appended. max_bytes and
 * partition_max_bytes are kept, but the first partition that has something gives one batch at least. Who reads what is
 * committed (isolation_level 1) gets nothing from the last stable offset on, and is told of aborted transactions.
 * not implemented: fetch sessions (KIP-227; a client that asks for one is told it has none, and goes on without),
 * down-conversion of zstd batches for clients before v10, followers.
 *
 *     Request   replica_id INT32, max_wait_ms INT32, min_bytes INT32, max_bytes INT32, isolation_level INT8,
 *               session_id INT32, session_epoch INT32 (7+), [topic], [forgotten] (7+), rack_id STRING (11+)
 *     topic     name STRING (to 12) | topic_id UUID (13), [partition]
 *     partition index INT32, current_leader_epoch INT32 (9+), fetch_offset INT64, last_fetched_epoch INT32 (12+),
 *               log_start_offset INT64 (5+), partition_max_bytes INT32
 *     forgotten name STRING (to 12) | topic_id UUID (13), [index INT32]
 *     Response  throttle_time_ms INT32, error_code INT16, session_id INT32 (7+), [topic]
 *     topic     name STRING (to 12) | topic_id UUID (13), [partition]
 *     partition index INT32, error_code INT16, high_watermark INT64, last_stable_offset INT64,
 *               log_start_offset INT64 (5+), [producer_id INT64, first_offset INT64] aborted, null for
 *               isolation_level 0, preferred_read_replica INT32 (11+), records NULLABLE_BYTES
 */
import { defineApi, type BrokerState, type Call } from './api';
import { ErrorCode } from './error-codes';
import type { RecordSet } from './log-tail';
import { NO_RECORDS } from './log-files';
import type { PartitionLog } from './partition-log';
import type { AbortedTransaction } from './partition-transactions';
import { batchByteLength, batchNextOffset } from './record-batch';
import type { Reader, Writer } from './wire';

interface FetchPartition {
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  readonly maxBytes: number;
}

export interface FetchRequest {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isCommittedOnly: boolean;
  readonly sessionId: number;
  /** `topic` is a name, or an id from version 13 on. */
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly FetchPartition[] }[];
}

interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** null if everything is wanted. */
  readonly aborted: readonly AbortedTransaction[] | null;
  readonly records: RecordSet;
}

export interface FetchResponse {
  readonly errorCode: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly FetchedPartition[] }[];
}

const TOPIC_IDS_FROM_VERSION = 13;
/** The response is held in memory, so what a client asks for has an upper bound. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

export const fetch = defineApi<FetchRequest, FetchResponse>({
  key: 1,
  name: 'Fetch',
  minVersion: 4,
  maxVersion: 13,
  flexibleFrom: 12,
  decode: decodeFetch,

  handle: async (request, call) => {
    if (request.sessionId !== 0) return { errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, topics: [] };
    const wanted = resolvePartitions(request, call);
    await untilReadable(wanted, request, call.closed);
    return readPartitions(wanted, request);
  },

  encode: encodeFetch,
});

interface WantedPartition extends FetchPartition {
  readonly log: PartitionLog | undefined;
  /** The error if there is no such log. */
  readonly missingCode: ErrorCode;
}

interface WantedTopic {
  readonly topic: string;
  readonly partitions: readonly WantedPartition[];
}

function resolvePartitions(request: FetchRequest, { broker, version }: Call): WantedTopic[] {
  const isById = version >= TOPIC_IDS_FROM_VERSION;
  return request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => resolvePartition(broker, topic, isById, partition)),
  }));
}

function resolvePartition(
  broker: BrokerState,
  topic: string,
  isById: boolean,
  partition: FetchPartition,
): WantedPartition {
  const found = isById ? broker.topics.getById(topic) : broker.topics.get(topic);
  const isUnknownId = isById && found === undefined;
  const missingCode = isUnknownId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return { ...partition, log: found?.partitions[partition.partition], missingCode };
}

/** Asked again after a wait: in between the topic may have been deleted, or records of it. */
function judge({ log, missingCode, fetchOffset, currentLeaderEpoch }: WantedPartition): ErrorCode {
  if (log === undefined) return missingCode;
  if (log.isClosed) return log.closedCode;
  const epochError = log.epochs.judge(currentLeaderEpoch);
  if (epochError !== ErrorCode.NONE) return epochError;
  const isInRange = fetchOffset >= log.logStartOffset && fetchOffset <= log.highWatermark;
  return isInRange ? ErrorCode.NONE : ErrorCode.OFFSET_OUT_OF_RANGE;
}

/** Returns when there is enough to read, an error to tell, or no time left. */
async function untilReadable(
  wanted: readonly WantedTopic[],
  { minBytes, maxWaitMs, isCommittedOnly }: FetchRequest,
  closed: AbortSignal,
): Promise<void> {
  const partitions = wanted.flatMap((topic) => topic.partitions);
  const isTime = (): boolean =>
    partitions.some((partition) => judge(partition) !== ErrorCode.NONE) ||
    readableBytes(partitions, isCommittedOnly) >= minBytes;
  // Asked for nothing, there is nothing to wait for.
  if (partitions.length === 0 || maxWaitMs <= 0 || closed.aborted || isTime()) return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      closed.removeEventListener('abort', finish);
      for (const stop of stops) stop();
      resolve();
    };
    const timer = setTimeout(finish, maxWaitMs);
    closed.addEventListener('abort', finish);
    const onAppend = (): void => {
      if (isTime()) finish();
    };
    const stops = partitions.map(({ log }) => log?.onAppend(onAppend) ?? (() => undefined));
  });
}

function readableBytes(partitions: readonly WantedPartition[], isCommittedOnly: boolean): number {
  return partitions.reduce((sum, { log, fetchOffset, maxBytes }) => {
    const readable = log?.readableBytes(fetchOffset, readableBefore(log, isCommittedOnly)) ?? 0;
    return sum + Math.min(readable, Math.max(maxBytes, 1));
  }, 0);
}

function readableBefore(log: PartitionLog, isCommittedOnly: boolean): number {
  return isCommittedOnly ? log.lastStableOffset : Infinity;
}

async function readPartitions(wanted: readonly WantedTopic[], request: FetchRequest): Promise<FetchResponse> {
  let bytesLeft = Math.min(request.maxBytes, MAX_RESPONSE_BYTES);
  let isFirst = true;
  const topics: FetchResponse['topics'][number][] = [];
  for (const { topic, partitions } of wanted) {
    const fetched: FetchedPartition[] = [];
    for (const partition of partitions) {
      const answer = await readPartition(partition, {
        maxBytes: Math.min(partition.maxBytes, bytesLeft),
        atLeastOne: isFirst,
        isCommittedOnly: request.isCommittedOnly,
      });
      bytesLeft -= answer.records.byteLength;
      if (answer.records.byteLength > 0) isFirst = false;
      fetched.push(answer);
    }
    topics.push({ topic, partitions: fetched });
  }
  return { errorCode: ErrorCode.NONE, topics };
}

interface ReadTerms {
  readonly maxBytes: number;
  readonly atLeastOne: boolean;
  readonly isCommittedOnly: boolean;
}

async function readPartition(wanted: WantedPartition, terms: ReadTerms): Promise<FetchedPartition> {
  const { partition, log, fetchOffset: offset } = wanted;
  const errorCode = judge(wanted);
  const aborted = terms.isCommittedOnly ? [] : null;
  if (log === undefined) {
    const nowhere = { highWatermark: -1, lastStableOffset: -1, logStartOffset: -1 };
    return { partition, errorCode, ...nowhere, aborted, records: NO_RECORDS };
  }
  const { highWatermark, lastStableOffset, logStartOffset } = log;
  const answer = { partition, errorCode, highWatermark, lastStableOffset, logStartOffset, aborted };
  if (errorCode !== ErrorCode.NONE) return { ...answer, records: NO_RECORDS };
  if (!terms.isCommittedOnly)
    return { ...answer, records: await log.read({ ...terms, offset, beforeOffset: Infinity }) };
  const records = await log.read({ ...terms, offset, beforeOffset: lastStableOffset });
  return { ...answer, records, aborted: abortedIn(log, offset, records) };
}

function abortedIn(log: PartitionLog, offset: number, { chunks }: RecordSet): readonly AbortedTransaction[] {
  if (!log.hasAborted) return [];
  let endOffset = offset;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += batchByteLength(chunk, at)) endOffset = batchNextOffset(chunk, at);
  }
  return log.abortedBetween(offset, endOffset);
}

function decodeFetch(reader: Reader, version: number): FetchRequest {
  const topicKey = (): string => (version >= TOPIC_IDS_FROM_VERSION ? reader.uuid() : reader.string());
  reader.int32(); // replica id
  const maxWaitMs = reader.int32();
  const minBytes = reader.int32();
  const maxBytes = reader.int32();
  const isCommittedOnly = reader.int8() === 1;
  const sessionId = version >= 7 ? reader.int32() : 0;
  if (version >= 7) reader.int32();
  const topics = reader.array(() => {
    const topic = topicKey();
    const partitions = reader.array(() => decodePartition(reader, version));
    reader.tags();
    return { topic, partitions };
  });
  if (version >= 7) {
    reader.array(() => {
      topicKey();
      reader.array(() => reader.int32());
      reader.tags();
    });
  }
  if (version >= 11) reader.string();
  reader.tags();
  return { maxWaitMs, minBytes, maxBytes, isCommittedOnly, sessionId, topics };
}

function decodePartition(reader: Reader, version: number): FetchPartition {
  const partition = reader.int32();
  const currentLeaderEpoch = version >= 9 ? reader.int32() : -1;
  const fetchOffset = reader.int64();
  if (version >= 12) reader.int32();
  if (version >= 5) reader.int64();
  const maxBytes = reader.int32();
  reader.tags();
  return { partition, currentLeaderEpoch, fetchOffset, maxBytes };
}

function encodeFetch({ errorCode, topics }: FetchResponse, writer: Writer, version: number): void {
  writer.int32(0);
  if (version >= 7) writer.int16(errorCode);
  if (version >= 7) writer.int32(0);
  writer.array(topics, ({ topic, partitions }) => {
    if (version >= TOPIC_IDS_FROM_VERSION) writer.uuid(topic);
    else writer.string(topic);
    writer.array(partitions, (partition) => {
      writer.int32(partition.partition);
      writer.int16(partition.errorCode);
      writer.int64(partition.highWatermark);
      writer.int64(partition.lastStableOffset);
      if (version >= 5) writer.int64(partition.logStartOffset);
      writer.nullableArray(partition.aborted, ({ producerId, firstOffset }) => {
        writer.int64(producerId);
        writer.int64(firstOffset);
        writer.tags();
      });
      if (version >= 11) writer.int32(-1);
      writer.bytesByReference(partition.records.chunks);
      writer.tags();
    });
    writer.tags();
  });
  writer.tags();
}
