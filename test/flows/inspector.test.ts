/** The inspector's thread, as the app starts it: what it answers about a connection. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, type Channel } from '../../electron/worker/channel';
import type { InspectorEvents, InspectorRequests } from '../../electron/worker/inspector-protocol';
import type { ListedTopic, TopicsView } from '../../shared/model/topic';
import { send } from './archiving';
import { TOPIC, type Environment } from './environment';
import { startEnvironment } from './start-environment';

const THREAD = pathToFileURL(path.resolve(import.meta.dirname, '../../out/main/inspector.thread.js'));
const QUESTION = { groupId: 'archiver', choice: { names: [TOPIC, 'not-there'], patterns: ['bus-.*'] } };
let environment: Environment;
let thread: Worker;
let inspector: Channel<InspectorRequests>;

beforeEach(async () => {
  environment = await startEnvironment(2);
  thread = new Worker(THREAD);
  inspector = connect<InspectorRequests, InspectorEvents>(thread, {});
});
afterEach(async () => {
  await thread.terminate();
  await environment.close();
});

function configure(kafkaAddress: string): Promise<null> {
  const { bucketEndpoint: endpoint } = environment;
  return inspector.request('configure', {
    connections: {
      kafka: { brokers: [kafkaAddress], clientId: 'test' },
      storage: { kind: 'cloud-storage', endpoint, projectId: 'test' },
    },
  });
}

/** A real Kafka lists its own as well. */
const foreign = ({ topics }: TopicsView): readonly ListedTopic[] => topics.filter(({ isInternal }) => !isInternal);

test('it lists the topics, which of them are chosen, and how far the archiver is behind in those', async () => {
  await environment.admin.ensureTopic('bus-1', 1);
  await environment.admin.ensureTopic('tram-1', 1);
  await send(environment, 0, 100);
  await configure(environment.kafkaAddress);

  // a real broker that has just started does not know of groups yet, and says so
  const ask = () => inspector.request('topics', QUESTION);
  await expect.poll(async () => (await ask()).lagUnknownBecause, { timeout: 60_000 }).toBeNull();
  const view = await ask();

  const { clusterId } = await environment.admin.describe();
  expect(view).toMatchObject({ clusterId, groupId: 'archiver', missing: ['not-there'] });
  expect(view).toMatchObject({ sizesUnknownBecause: null, lagUnknownBecause: null });
  expect(foreign(view)).toMatchObject([
    { name: TOPIC, chosen: 'name', lag: { hasBegun: false, records: 100 } },
    { name: 'bus-1', chosen: 'pattern', lag: { records: 0, behindMs: 0 } },
    { name: 'tram-1', chosen: null, lag: null },
  ]);
});

test('a connection that fails is told, and another one is asked then', async () => {
  await expect(inspector.request('topics', QUESTION)).rejects.toMatchObject({ code: 'INTERNAL' });
  await configure('127.0.0.1:1');
  await expect(inspector.request('topics', QUESTION)).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  await configure(environment.kafkaAddress);

  expect(foreign(await inspector.request('topics', QUESTION))).toMatchObject([{ name: TOPIC }]);
});
