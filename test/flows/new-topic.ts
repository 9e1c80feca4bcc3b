import type { Admin } from 'kafkajs-plain';
import { expect } from 'vitest';

/** Makes a topic and waits until the broker knows it: a moment after it has said that it made it. */
export async function newTopic(
  admin: Admin,
  topic: string,
  numPartitions: number,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions, configEntries }] });
  await expect.poll(() => admin.listTopics(), { timeout: 30_000, interval: 100 }).toContain(topic);
}
