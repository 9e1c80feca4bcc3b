import { PermafrostError } from '../../../shared/errors';
import { RecordCursor, recordBatches } from '../kafka/record-batch';
import type { FetchedSet } from '../kafka/raw-consumer';

export interface LatestMessage {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  /** the first bytes of the value */
  readonly value: Buffer | null;
  readonly valueBytes: number;
}

const SHOWN_BYTES = 200;

/** Keeps each partition's last fetch, and decodes its tail only when somebody looks. */
export class LatestMessages {
  readonly #last = new Map<number, Buffer>();

  saw(set: FetchedSet): void {
    this.#last.set(set.partition, set.recordSet);
  }

  /** Newest first by timestamp, at most `count`. */
  latest(count: number): readonly LatestMessage[] {
    const messages = [...this.#last].flatMap(([partition, recordSet]) => tail(partition, recordSet, count));
    return messages
      .sort((a, b) => Number(b.timestamp - a.timestamp) || a.partition - b.partition || Number(b.offset - a.offset))
      .slice(0, count);
  }
}

function tail(partition: number, recordSet: Buffer, count: number): LatestMessage[] {
  const batch = [...recordBatches(recordSet)].filter(({ isControl }) => !isControl).at(-1);
  if (batch === undefined) return [];
  const messages: LatestMessage[] = [];
  const cursor = new RecordCursor();
  try {
    cursor.open(batch);
    for (let index = 0; cursor.next(); index += 1) {
      if (index >= batch.count - count) messages.push(copy(partition, cursor));
    }
  } catch (thrown) {
    if (!(thrown instanceof PermafrostError)) throw thrown;
    return []; // it cannot be read, so there is nothing to show of it; the archiver keeps it as it came
  }
  return messages;
}

function copy(partition: number, cursor: RecordCursor): LatestMessage {
  const slice = (start: number, length: number): Buffer | null =>
    length < 0 ? null : Buffer.from(cursor.bytes.subarray(start, start + Math.min(length, SHOWN_BYTES)));
  return {
    partition,
    offset: BigInt(cursor.offset),
    timestamp: BigInt(cursor.timestamp),
    key: slice(cursor.keyStart, cursor.keyLength),
    value: slice(cursor.valueStart, cursor.valueLength),
    valueBytes: Math.max(cursor.valueLength, 0),
  };
}
