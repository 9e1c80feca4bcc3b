/** When the record at an offset was sent: one small fetch. */
import { fetchAlone } from './fetch-alone';
import { framePool } from './frame-pool';
import type { RawRecordSet } from './kafkajs';
import type { Broker } from './kafkajs-types';
import { RecordCursor, recordBatches } from './record-batch';
import type { TopicPartition } from './raw-consumer';

/** whole batches of transaction markers, or whose rest compaction took away */
const MAX_EMPTY_BATCHES = 4;

/**
 * @param leader of the partition
 * @param end exclusive: where to stop looking
 * @returns timestamp of the first record at or behind `from`, ms since 1970; null when it has none, or there is no record
 * before `end`
 * @throws what kafkajs throws; PermafrostError BATCH_DAMAGED, KAFKA_REFUSED for a codec that is not read
 */
export async function fetchTimestamp(
  leader: Broker,
  { topic, partition }: TopicPartition,
  { from, end }: { readonly from: bigint; readonly end: bigint },
): Promise<number | null> {
  for (let offset = from, left = MAX_EMPTY_BATCHES; offset < end && left > 0; left -= 1) {
    const { responses } = await fetchAlone(leader, {
      ...{ maxWaitTime: 0, minBytes: 0, maxBytes: 1 }, // one batch comes all the same (KIP-74)
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset.toString(), maxBytes: 1 }] }],
    });
    const [set] = (responses[0]?.partitions[0]?.messages ?? []) as readonly RawRecordSet[];
    if (set === undefined) return null;
    const found = firstTimestamp(set.recordSet, offset);
    framePool.letGo(set.recordSet);
    if (found !== null) return found < 0 ? null : found;
    offset = BigInt(set.offset) + 1n;
  }
  return null;
}

/** @returns null when there is no record at or behind the offset */
function firstTimestamp(recordSet: Buffer, from: bigint): number | null {
  const cursor = new RecordCursor();
  for (const batch of recordBatches(recordSet)) {
    if (batch.isControl || batch.lastOffset < from) continue;
    cursor.open(batch);
    while (cursor.next()) if (BigInt(cursor.offset) >= from) return Number(cursor.timestamp);
  }
  return null;
}
