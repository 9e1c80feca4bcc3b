/** Snapshots of a real Kafka: what it says of groups of every kind and of settings that were set on several levels. */
import { Kafka, logLevel } from 'kafkajs-plain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kafkajs } from '../../electron/engine/kafka/kafkajs';
import { listSnapshots, readSnapshot } from '../../electron/engine/restore/snapshot';
import { send, startArchiver } from '../flows/archiving';
import { connect, TOPIC, type Environment } from '../flows/environment';
import { startRealServers, type RealServers } from './environment';

const ON = { snapshotEveryMs: 300, topicCheckMs: 100 };
const PATIENCE = { timeout: 30_000 };

let environment: Environment & RealServers;

beforeEach(async () => {
  environment = await connect(await startRealServers(), 3);
});
afterEach(() => environment.close());

/** A consumer that reads everything, commits with a note, and leaves. */
async function consume(groupId: string): Promise<void> {
  const client = new Kafka({ brokers: [environment.kafkaAddress], logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  let read = 0;
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      read += 1;
      const offset = (BigInt(message.offset) + 1n).toString();
      await consumer.commitOffsets([{ topic: TOPIC, partition, offset, metadata: `note of ${groupId}` }]);
    },
  });
  await expect.poll(() => read, PATIENCE).toBe(30);
  await consumer.disconnect();
}

async function latest() {
  const [last] = (await listSnapshots(environment.store, 'archive')).slice(-1);
  return last === undefined ? null : readSnapshot(environment.store, last, []);
}

test('groups, their notes and the topic’s own settings are told; a group that is deleted is stale', async () => {
  await send(environment, 0, 30);
  await consume('pipeline');
  await consume('reports');
  const admin = environment.kafka.admin();
  await admin.connect();
  const configEntries = [
    { name: 'cleanup.policy', value: 'compact,delete' },
    { name: 'retention.ms', value: '86400000' },
  ];
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: TOPIC, configEntries };
  await admin.alterConfigs({ validateOnly: false, resources: [resource] });

  const watched = await startArchiver(environment, ON);
  await expect
    .poll(async () => (await latest())?.groups.map(({ groupId }) => groupId), PATIENCE)
    .toEqual(['pipeline', 'reports']);
  const before = await latest();
  await admin.deleteGroups(['reports']);
  await expect.poll(async () => (await latest())?.groups.map(({ stale }) => stale), PATIENCE).toEqual([false, true]);
  await watched.archiver.stop();
  await admin.disconnect();

  const after = await latest();
  expect(before?.topics).toEqual([
    {
      name: TOPIC,
      topicId: expect.stringMatching(/^[\w-]{22}$/) as string,
      partitions: 3,
      replicationFactor: 1,
      stale: false,
      settings: { 'cleanup.policy': 'compact,delete', 'retention.ms': '86400000' },
    },
  ]);
  for (const { groupId, offsets } of before?.groups ?? []) {
    expect(offsets.map(({ metadata }) => metadata)).toEqual(offsets.map(() => `note of ${groupId}`));
    expect(offsets.reduce((sum, { offset }) => sum + Number(offset), 0)).toBe(30);
  }
  expect(after?.groups[1]?.offsets).toEqual(before?.groups[1]?.offsets);
  expect(watched.problems).toEqual([]);
});
