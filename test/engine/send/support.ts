/** What the tests of sending share: a topic in memory that acknowledges like a broker, and a clock that jumps. */
import type { Acknowledged, OutgoingRecord, RecordProducer } from '../../../electron/engine/send/producer-port';
import type { Clock } from '../../../electron/engine/send/token-bucket';

/** A topic of some partitions; a test can look into each batch before it is acknowledged. */
export class MemoryTopic implements RecordProducer {
  readonly batches: (readonly OutgoingRecord[])[] = [];
  readonly #lengths: bigint[];
  readonly #before: (batch: number) => Promise<void> | void;

  constructor(partitions: number, before: (batch: number) => Promise<void> | void = () => undefined) {
    this.#lengths = Array.from({ length: partitions }, () => 0n);
    this.#before = before;
  }

  get records(): readonly OutgoingRecord[] {
    return this.batches.flat();
  }

  async send(_topic: string, records: readonly OutgoingRecord[]): Promise<readonly Acknowledged[]> {
    await this.#before(this.batches.length);
    this.batches.push(records);
    const partition = (this.batches.length - 1) % this.#lengths.length;
    const firstOffset = this.#lengths[partition]!;
    this.#lengths[partition] = firstOffset + BigInt(records.length);
    return [{ partition, firstOffset, count: records.length }];
  }
}

/** Time passes only while something sleeps. */
export class JumpingClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}
