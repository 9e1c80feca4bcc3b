/** All topics of the sandbox's cluster, with sizes and settings. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectCluster } from '../../../electron/engine/kafka/client';
import type { Cluster } from '../../../electron/engine/kafka/kafkajs-types';
import { fetchKeeping } from '../../../electron/engine/kafka/topic-keeping';
import { fetchTopics } from '../../../electron/engine/kafka/topic-metadata';
import { listTopics } from '../../../electron/engine/kafka/topic-list';
import { metadata } from '../../../electron/sandbox/kafka/03-metadata';
import { describeConfigs } from '../../../electron/sandbox/kafka/32-describe-configs';
import { describeLogDirs } from '../../../electron/sandbox/kafka/35-describe-log-dirs';
import { DONE } from '../../../electron/sandbox/kafka/outcome';
import { startSandbox, type Sandbox } from '../../flows/sandbox';
import { TOPIC } from '../../flows/environment';

const TOPIC_AUTHORIZATION_FAILED = 29;
const CLUSTER_AUTHORIZATION_FAILED = 31;
let environment: Sandbox;
let cluster: Cluster;

beforeEach(async () => {
  environment = await startSandbox(2);
  cluster = await connectCluster(environment.kafka);
});
afterEach(async () => {
  await cluster.disconnect();
  await environment.close();
});

async function make(topic: string, configs: Readonly<Record<string, string>>): Promise<void> {
  const admin = environment.kafka.admin();
  await admin.connect();
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
  await admin.disconnect();
}

test('each topic is listed with its partitions, its size and how long it is kept', async () => {
  await make('a-week', { 'retention.ms': '604800000', 'retention.bytes': '1000000' });
  await make('latest-only', { 'cleanup.policy': 'compact' });
  await make('both', { 'cleanup.policy': 'delete,compact', 'retention.ms': '9223372036854775807' });
  await environment.producer.send(TOPIC, [{ key: null, value: Buffer.alloc(1000), headers: [], timestamp: 0 }]);

  const { rows, sizesUnknownBecause } = await listTopics(cluster);

  const forEver = { retentionMs: null, retentionBytes: null };
  const row = { partitions: 1, replication: 1, isInternal: false, sizeBytes: 0 };
  expect(rows).toEqual([
    { ...row, name: 'a-week', keeping: { cleanup: 'delete', retentionMs: 604_800_000, retentionBytes: 1_000_000 } },
    {
      ...row,
      name: TOPIC,
      partitions: 2,
      sizeBytes: expect.any(Number) as number,
      keeping: { cleanup: 'delete', ...forEver },
    },
    { ...row, name: 'both', keeping: { cleanup: 'compact,delete', ...forEver } },
    { ...row, name: 'latest-only', keeping: { cleanup: 'compact', ...forEver } },
  ]);
  expect(rows[1]?.sizeBytes).toBeGreaterThan(1000);
  expect(rows[1]?.sizeBytes).toBeLessThan(1200);
  expect(sizesUnknownBecause).toBeNull();
});

test('without the right to the sizes they are not known, and it is told why', async () => {
  environment.broker.intercept(describeLogDirs, () => ({ errorCode: CLUSTER_AUTHORIZATION_FAILED, directories: [] }));

  const { rows, sizesUnknownBecause } = await listTopics(cluster);

  expect(rows).toMatchObject([{ name: TOPIC, sizeBytes: null, keeping: { cleanup: 'delete' } }]);
  expect(sizesUnknownBecause).toMatch(/Asking for the sizes of logs.*Give it Describe on the cluster/);
});

test('brokers older than Kafka 3.2 are asked in their way, and an empty answer is a denial', async () => {
  const { versions } = await cluster.findBroker({
    nodeId: (await fetchTopics(cluster, [TOPIC]))[0]!.partitions[0]!.leader.toString(),
  });
  Reflect.set(versions?.[35] ?? {}, 'maxVersion', 2);
  const asked: number[] = [];
  environment.broker.intercept(describeLogDirs, (_request, _next, { version }) => {
    asked.push(version);
    return asked.length === 1 ? undefined : { errorCode: 0, directories: [] };
  });

  const [told, denied] = [await listTopics(cluster), await listTopics(cluster)];

  expect(told).toMatchObject({ rows: [{ name: TOPIC, sizeBytes: 0 }], sizesUnknownBecause: null });
  expect(denied.rows).toMatchObject([{ sizeBytes: null }]);
  expect(denied.sizesUnknownBecause).toContain('Give it Describe on the cluster');
  expect(asked).toEqual([2, 2]);
});

test('settings that this user may not read are not known, and those of other topics are', async () => {
  await make('secret', {});
  environment.broker.intercept(describeConfigs, async (_request, next) => {
    const answer = await next();
    if (typeof answer === 'string') return answer;
    const resources = answer.resources.map((resource) =>
      resource.name === 'secret'
        ? { ...resource, configs: [], errorCode: TOPIC_AUTHORIZATION_FAILED as 0, errorMessage: 'no' }
        : resource,
    );
    return { resources };
  });

  const { rows } = await listTopics(cluster);

  expect(rows).toMatchObject([
    { name: TOPIC, keeping: { cleanup: 'delete' } },
    { name: 'secret', keeping: null, sizeBytes: 0 },
  ]);
});

test('a partition that nobody leads makes the size of its topic unknown', async () => {
  environment.broker.intercept(describeLogDirs, async (_request, next) => {
    const answer = await next();
    if (typeof answer === 'string') return answer;
    const firstPartition = ({ name }: { name: string }) => ({ name, partitions: [{ partition: 0, byteLength: 17 }] });
    return {
      ...answer,
      directories: answer.directories.map((each) => ({ ...each, topics: each.topics.map(firstPartition) })),
    };
  });

  expect((await listTopics(cluster)).rows).toMatchObject([{ name: TOPIC, partitions: 2, sizeBytes: null }]);
});

test('a thousand topics are asked for in a few requests', async () => {
  const names = Array.from({ length: 1_001 }, (_, at) => `many-${at}`);
  const asked: number[] = [];
  environment.broker.intercept(describeConfigs, ({ resources }) => {
    asked.push(resources.length);
    return {
      resources: resources.map(({ type, name }) => ({ ...DONE, type, name, configs: [] })),
    };
  });

  const keeping = await fetchKeeping(cluster, names);

  expect(keeping.size).toBe(1_001);
  expect(asked).toEqual([500, 500, 1]);
});

test('the list takes one request for the topics, one for their settings and one for each broker', async () => {
  for (const name of ['a', 'b', 'c']) await make(name, {});
  const asked: string[] = [];
  environment.broker.intercept(metadata, () => void asked.push('metadata'));
  environment.broker.intercept(describeConfigs, () => void asked.push('settings'));
  environment.broker.intercept(describeLogDirs, () => void asked.push('sizes'));

  expect((await listTopics(cluster)).rows).toHaveLength(4);

  expect(asked.sort()).toEqual(['metadata', 'settings', 'sizes']);
});
