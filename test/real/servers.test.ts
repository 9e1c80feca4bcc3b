import { Kafka, logLevel } from 'kafkajs-plain';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startFakeGcs } from './fake-gcs';
import { startRealKafka } from './kafka';

const unavailable = inject('unavailable');

test('a real Kafka keeps its topics when it is stopped, killed and started again', async ({ skip }) => {
  if (unavailable.kafka !== null) skip(unavailable.kafka);
  const kafka = await startRealKafka();
  onTestFinished(() => kafka.close());
  const admin = new Kafka({ brokers: [kafka.address], logLevel: logLevel.NOTHING }).admin();
  onTestFinished(() => admin.disconnect());
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 2 }], waitForLeaders: true });

  await kafka.stop();
  await kafka.start();
  await kafka.kill();
  await kafka.start();

  expect(await admin.listTopics()).toEqual(['kept']);
  const described = await kafka.tool('org.apache.kafka.tools.TopicCommand', [
    '--bootstrap-server',
    kafka.address,
    '--describe',
    '--topic',
    'kept',
  ]);
  expect(described).toMatch(/TopicId: \S+\s+PartitionCount: 2/);
});

test('fake-gcs-server keeps its buckets when it is killed and started again', async ({ skip }) => {
  if (unavailable.gcs !== null) skip(unavailable.gcs);
  const gcs = await startFakeGcs();
  onTestFinished(() => gcs.close());
  const buckets = `${gcs.endpoint}/storage/v1/b?project=p`;
  const headers = { 'content-type': 'application/json' };
  await fetch(buckets, { method: 'POST', headers, body: JSON.stringify({ name: 'kept' }) });

  await gcs.kill();
  await gcs.start();

  expect(await (await fetch(buckets)).json()).toMatchObject({ items: [{ name: 'kept' }] });
});
