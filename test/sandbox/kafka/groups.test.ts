import { type Consumer, type Kafka } from 'kafkajs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connect, createTopic, makeFolder, receive, send, startBroker } from './support';
import { WireClient, commitRaw } from './wire-client';

/** A consumer that joins, and what it owns at present. */
async function join(kafka: Kafka, topic: string, groupId: string): Promise<{ consumer: Consumer; owned: number[] }> {
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 50, maxWaitTimeInMs: 50, sessionTimeout: 6000 });
  const member = { consumer, owned: [] as number[] };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.owned = payload.memberAssignment[topic] ?? [];
  });
  await consumer.connect();
  onTestFinished(() => consumer.disconnect());
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async () => undefined });
  return member;
}

test('two members divide the partitions, and who is left gets all of them', { timeout: 20_000 }, async () => {
  const kafka = connect(await startBroker());
  await createTopic(kafka, 'buses', 4);

  const first = await join(kafka, 'buses', 'riders');
  await vi.waitFor(() => expect(first.owned).toHaveLength(4), 5000);

  const second = await join(kafka, 'buses', 'riders');
  await vi.waitFor(() => expect([first.owned.length, second.owned.length]).toEqual([2, 2]), 5000);
  expect([...first.owned, ...second.owned].sort()).toEqual([0, 1, 2, 3]);

  await second.consumer.disconnect();
  await vi.waitFor(() => expect(first.owned).toHaveLength(4), 5000);
});

test('two groups each get every message', async () => {
  const kafka = connect(await startBroker());
  await createTopic(kafka, 'buses', 2);
  await send(kafka, 'buses', [
    { value: 'a', partition: 0 },
    { value: 'b', partition: 1 },
  ]);

  const [pipeline, archiver] = await Promise.all([
    receive(kafka, 'buses', 2, 'pipeline'),
    receive(kafka, 'buses', 2, 'archiver'),
  ]);

  expect(pipeline.map(({ message }) => String(message.value)).sort()).toEqual(['a', 'b']);
  expect(archiver.map(({ message }) => String(message.value)).sort()).toEqual(['a', 'b']);
});

test('committed offsets and their metadata survive a restart', async () => {
  const dataDir = await makeFolder();
  const broker = await startBroker({ dataDir });
  const kafka = connect(broker);
  await createTopic(kafka, 'buses', 2);
  await send(
    kafka,
    'buses',
    ['a', 'b', 'c'].map((value) => ({ value, partition: 1 })),
  );
  const consumer = kafka.consumer({ groupId: 'riders' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'buses' });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ autoCommit: false, eachMessage: async () => undefined });
  await joined;
  await consumer.commitOffsets([{ topic: 'buses', partition: 1, offset: '2', metadata: 'segment 17' }]);
  await consumer.disconnect();
  await broker.close();

  const admin = connect(await startBroker({ dataDir })).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());

  expect(await admin.fetchOffsets({ groupId: 'riders', topics: ['buses'] })).toEqual([
    {
      topic: 'buses',
      partitions: [
        { partition: 0, offset: '-1', metadata: null },
        { partition: 1, offset: '2', metadata: 'segment 17' },
      ],
    },
  ]);
  expect((await admin.listGroups()).groups).toEqual([{ groupId: 'riders', protocolType: '' }]);
});

test('a group is described while it lives, and can be deleted when it is empty', async () => {
  const kafka = connect(await startBroker());
  await createTopic(kafka, 'buses');
  const admin = kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  const member = await join(kafka, 'buses', 'riders');
  await vi.waitFor(() => expect(member.owned).toEqual([0]));

  const { groups } = await admin.describeGroups(['riders']);
  expect(groups[0]).toMatchObject({ groupId: 'riders', state: 'Stable', protocolType: 'consumer' });
  expect(groups[0]?.members).toHaveLength(1);
  await expect(admin.deleteGroups(['riders'])).rejects.toMatchObject({
    groups: [{ groupId: 'riders', errorCode: 68 }],
  });

  await member.consumer.disconnect();
  await admin.deleteGroups(['riders']);
  expect((await admin.listGroups()).groups).toEqual([]);
});

test('offsets can be set while a group has no members', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  await send(kafka, 'buses', [{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
  const client = await WireClient.connect(broker);

  expect(await commitRaw(client, 'riders', 'buses', 2)).toBe(0);
  const received = await receive(kafka, 'buses', 1, 'riders');

  expect(String(received[0]?.message.value)).toBe('c');
});
