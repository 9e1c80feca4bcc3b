/** The bucket of flows on real servers: an independent server's where that can be had, else the sandbox's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandboxBucketServer } from '../../electron/sandbox/gcs/server';
import { startFakeGcs } from './fake-gcs';

export interface BucketServer {
  /** http://host:port */
  readonly endpoint: string;
  close(): Promise<void>;
}

export async function startBucketServer(hasFakeGcs: boolean): Promise<BucketServer> {
  if (hasFakeGcs) return startFakeGcs();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-real-'));
  const server = await startSandboxBucketServer({ dataDir, port: 0 });
  return {
    endpoint: server.endpoint,
    close: async () => {
      await server.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
