import { CompressionTypes, ConfigResourceTypes, type Admin } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import type { SandboxBroker } from '../../../electron/sandbox/kafka/broker';
import { connect, createTopic, makeFolder, receive, send, startBroker } from './support';
import { WireClient, commitRaw } from './wire-client';

async function connectAdmin(broker: SandboxBroker): Promise<Admin> {
  const admin = connect(broker).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  return admin;
}

/** Metadata v12 for one topic, written and read by hand: [topic_id, compact name, tags], two booleans, tags. */
async function topicIdOf(broker: SandboxBroker, topic: string): Promise<string> {
  const client = await WireClient.connect(broker);
  const name = Buffer.from(topic);
  const asked = Buffer.concat([Buffer.alloc(16), Buffer.from([name.length + 1]), name, Buffer.from([0])]);
  const body = Buffer.concat([Buffer.from([2]), asked, Buffer.from([0, 0, 0])]);
  const answer = await client.request(3, 12, body, true);
  const nameAt = answer.indexOf(Buffer.from([name.length + 1, ...name]));
  const idAt = nameAt + 1 + name.length;
  return answer.subarray(idAt, idAt + 16).toString('hex');
}

test('a topic has an id that it keeps over a restart', async () => {
  const dataDir = await makeFolder();
  const broker = await startBroker({ dataDir });
  await createTopic(connect(broker), 'buses');
  const id = await topicIdOf(broker, 'buses');
  await broker.close();

  expect(id).not.toBe('0'.repeat(32));
  expect(await topicIdOf(await startBroker({ dataDir }), 'buses')).toBe(id);
});

test('a topic that is deleted and made anew has another id, no messages and no committed offsets', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  const admin = await connectAdmin(broker);
  await createTopic(kafka, 'buses');
  await send(kafka, 'buses', [{ value: 'old' }]);
  expect(await commitRaw(await WireClient.connect(broker), 'riders', 'buses', 1)).toBe(0);
  const id = await topicIdOf(broker, 'buses');

  await admin.deleteTopics({ topics: ['buses'] });
  expect(await admin.listTopics()).toEqual([]);
  await createTopic(kafka, 'buses');
  await send(kafka, 'buses', [{ value: 'new' }]);

  expect(await topicIdOf(broker, 'buses')).not.toBe(id);
  const received = await receive(kafka, 'buses', 1, 'riders');
  expect(received.map(({ message }) => `${message.offset} ${String(message.value)}`)).toEqual(['0 new']);
});

test('records that were deleted stay deleted', async () => {
  const dataDir = await makeFolder();
  const broker = await startBroker({ dataDir });
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  await send(kafka, 'buses', [{ value: 'a' }, { value: 'b' }]);
  await send(kafka, 'buses', [{ value: 'c' }]);
  const admin = await connectAdmin(broker);
  expect(await admin.fetchTopicOffsets('buses')).toMatchObject([{ high: '3', low: '0' }]);

  await admin.deleteTopicRecords({ topic: 'buses', partitions: [{ partition: 0, offset: '2' }] });

  expect(await admin.fetchTopicOffsets('buses')).toEqual([{ partition: 0, offset: '3', high: '3', low: '2' }]);
  await broker.close();
  const restarted = await startBroker({ dataDir });
  const received = await receive(connect(restarted), 'buses', 1);
  expect(received.map(({ message }) => message.offset)).toEqual(['2']);
});

test('offsets are found by timestamp, also inside a batch', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  const producer = kafka.producer();
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  const at = (...timestamps: string[]) => timestamps.map((timestamp) => ({ value: timestamp, timestamp }));
  await producer.send({ topic: 'buses', messages: at('1000', '2000', '3000') });
  await producer.send({ topic: 'buses', compression: CompressionTypes.GZIP, messages: at('4000', '5000') });
  const admin = await connectAdmin(broker);

  const offsets = await Promise.all(
    [500, 2000, 2001, 4500, 6000].map(async (timestamp) => {
      const [found] = await admin.fetchTopicOffsetsByTimestamp('buses', timestamp);
      return found?.offset;
    }),
  );

  // kafkajs answers with the high watermark where nothing is as young.
  expect(offsets).toEqual(['0', '1', '2', '4', '5']);
});

test('settings are kept and reported, unknown ones refused', async () => {
  const broker = await startBroker();
  const admin = await connectAdmin(broker);
  const configEntries = [{ name: 'retention.ms', value: '1234' }];
  await admin.createTopics({ topics: [{ topic: 'buses', configEntries }] });

  await expect(
    admin.createTopics({ topics: [{ topic: 'trams', configEntries: [{ name: 'colour', value: 'red' }] }] }),
  ).rejects.toMatchObject({ errors: [{ type: 'INVALID_CONFIG' }] });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'buses', configNames: ['retention.ms', 'cleanup.policy'] }],
  });

  const values = resources[0]?.configEntries.map(({ configName, configValue }) => `${configName}=${configValue}`);
  expect(values).toEqual(['cleanup.policy=delete', 'retention.ms=1234']);
});

test('partitions can be added', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses', 1);
  const admin = await connectAdmin(broker);

  await admin.createPartitions({ topicPartitions: [{ topic: 'buses', count: 3 }] });

  await send(kafka, 'buses', [{ value: 'a', partition: 2 }]);
  const { topics } = await admin.fetchTopicMetadata({ topics: ['buses'] });
  expect(topics[0]?.partitions).toHaveLength(3);
});

test('a broker that makes no topics by itself says that there is none', async () => {
  const broker = await startBroker({ autoCreateTopics: false });
  const admin = await connectAdmin(broker);

  await expect(admin.fetchTopicMetadata({ topics: ['buses'] })).rejects.toMatchObject({
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
});
