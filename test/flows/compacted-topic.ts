/** A topic that Kafka's log cleaner made holes in, also whole batches wide. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigResourceTypes, type Admin, type Kafka } from 'kafkajs-plain';
import { expect } from 'vitest';
import { numbers } from './archiving';
import { newTopic } from './new-topic';
import { readTopic } from './truth';

const COMPACTED: Readonly<Record<string, string>> = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
  'segment.ms': '1000',
  'delete.retention.ms': '0',
  'max.compaction.lag.ms': '1000',
};
const FOREVER = { name: 'retention.ms', value: '-1' };
const ROUNDS = 6;
const KEPT_KEYS = 60;
const GONE_KEYS = 20;

/**
 * Makes it, with one partition, waits for the holes, and ends its compaction.
 * @returns how many offsets it has; less than half of them have a record
 */
export async function makeCompactedTopic(kafka: Kafka, admin: Admin, address: string, topic: string): Promise<number> {
  await newTopic(admin, topic, 1, COMPACTED);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const started = Date.now();
  for (const round of numbers(ROUNDS)) {
    // each round is newer than a segment may be old, so that it begins one; only the newest is not compacted
    const timestamp = String(started - 60_000 + round * 5_000);
    const keep = numbers(KEPT_KEYS).map((key) => ({
      ...{ key: `bus ${key % 17}`, value: `{"round ${round}":${key}}`, timestamp },
    }));
    const gone = numbers(GONE_KEYS).map((key) => ({ key: `gone ${key}`, value: round < 3 ? 'x' : null, timestamp }));
    await producer.send({ topic, messages: [...keep, { key: `only ${round}`, value: 'y', timestamp }] });
    await producer.send({ topic, messages: gone });
  }
  await producer.disconnect();
  const end = ROUNDS * (KEPT_KEYS + 1 + GONE_KEYS);
  const left = async (): Promise<number> => (await readTopic(address, topic)).length;
  await expect.poll(left, { timeout: 60_000, interval: 100 }).toBeLessThan(end / 2);
  const frozen = { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [FOREVER] };
  await admin.alterConfigs({ validateOnly: false, resources: [frozen] }); // no compaction any more
  await sleep(2_000); // one that is under way
  return end;
}
