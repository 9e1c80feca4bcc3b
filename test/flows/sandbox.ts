/** The sandbox's two servers in this process, for flows from end to end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { startSandboxBucketServer, type SandboxBucketServer } from '../../electron/sandbox/gcs/server';
import { startSandboxBroker, type SandboxBroker } from '../../electron/sandbox/kafka/broker';
import { BUCKET, connect, type Environment } from './environment';

export interface Sandbox extends Environment {
  readonly broker: SandboxBroker;
  /** what only the sandbox can do: faults on request */
  readonly bucketServer: SandboxBucketServer;
}

export async function startSandbox(partitions = 3): Promise<Sandbox> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-flow-'));
  const brokerData = path.join(dataDir, 'kafka');
  let broker = await startSandboxBroker({ dataDir: brokerData, port: 0 });
  const bucketServer = await startSandboxBucketServer({ dataDir: path.join(dataDir, 'bucket'), port: 0 });
  const { endpoint } = bucketServer;
  const owner = connectCloudStorage({ endpoint, projectId: 'test' });
  await owner.admin.createBucket({ name: BUCKET, location: 'EU', storageClass: 'NEARLINE' });
  // the archiver's account may create and read, not overwrite or delete
  const archiver = connectCloudStorage({
    endpoint,
    projectId: 'test',
    credentials: { kind: 'token', accessToken: 'sandbox-archiver' },
  });
  const servers = {
    broker,
    bucketServer,
    kafkaAddress: `${broker.host}:${broker.port}`,
    bucketEndpoint: endpoint,
    store: archiver.bucket(BUCKET),
    restartBroker: async (whileItIsDown: () => Promise<void>) => {
      const { port } = broker;
      await broker.close();
      await whileItIsDown();
      broker = await startSandboxBroker({ dataDir: brokerData, port });
    },
    close: async () => {
      await Promise.all([broker.close(), bucketServer.close()]);
      await rm(dataDir, { recursive: true });
    },
  };
  return connect(servers, partitions);
}
