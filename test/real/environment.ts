/** Real servers for the archiver's flows: one Kafka for a test file, emptied behind each test, and a bucket a test. */
import { Kafka, KafkaJSDeleteGroupsError, logLevel } from 'kafkajs-plain';
import { afterAll, beforeEach, inject } from 'vitest';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { BUCKET, type Environment, type Servers } from '../flows/environment';
import { startBucketServer } from './bucket-server';
import { startRealKafka, type RealKafka } from './kafka';

export interface RealServers extends Servers, Pick<Environment, 'restartBroker'> {
  readonly server: RealKafka;
}

let shared: RealKafka | null = null;

// before the hooks of the file that imports this: they need a Kafka
beforeEach(({ skip }) => {
  const whyNot = inject('servers') === 'real' ? inject('unavailable').kafka : null;
  if (whyNot !== null) skip(whyNot);
});
afterAll(async () => {
  await shared?.close();
  shared = null;
});

export async function startRealServers(): Promise<RealServers> {
  shared ??= await startRealKafka({ isShortLived: true });
  const server = shared;
  const gcs = await startBucketServer(inject('unavailable').gcs === null);
  const storage = connectCloudStorage({ endpoint: gcs.endpoint, projectId: 'test' });
  await storage.admin.createBucket({ name: BUCKET, location: 'EU', storageClass: 'NEARLINE' });
  return {
    server,
    kafkaAddress: server.address,
    bucketEndpoint: gcs.endpoint,
    store: storage.bucket(BUCKET),
    restartBroker: async (whileItIsDown) => {
      await server.stop();
      await whileItIsDown();
      await server.start();
    },
    close: async () => {
      await gcs.close();
      await empty(server);
    },
  };
}

/** Deletes topics and groups. A server with members left in a group (a flow that kills leaves some) is not used again. */
async function empty(server: RealKafka): Promise<void> {
  const admin = new Kafka({ brokers: [server.address], logLevel: logLevel.NOTHING }).admin();
  try {
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const { groups } = await admin.listGroups();
    if (groups.length > 0) await admin.deleteGroups(groups.map(({ groupId }) => groupId));
  } catch (thrown) {
    shared = null;
    await server.close();
    if (!(thrown instanceof KafkaJSDeleteGroupsError)) throw thrown;
  } finally {
    await admin.disconnect();
  }
}
