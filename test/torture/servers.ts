/** A Kafka broker and a bucket server, each in a process of its own, so that they can be killed. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startRealKafka } from '../real/kafka';
import { freePorts, ServerProcess } from '../real/process';

export const COMMAND = path.join(import.meta.dirname, 'permafrost.mjs');

export interface Server {
  /** in order */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
  /** on its data and its ports; resolves when it answers */
  start(): Promise<void>;
}

export interface TortureServers {
  /** host:port */
  readonly kafkaAddress: string;
  readonly bucketEndpoint: string;
  readonly broker: Server;
  readonly bucket: Server;
  close(): Promise<void>;
}

/** @throws Unavailable when the real Kafka can't be had here */
export async function startServers(dataDir: string, isReal: boolean): Promise<TortureServers> {
  const bucket = await startSandbox(path.join(dataDir, 'bucket-server'));
  const kafka = isReal ? await startReal(dataDir) : await startSandbox(path.join(dataDir, 'broker'));
  return {
    kafkaAddress: kafka.kafkaAddress,
    bucketEndpoint: bucket.bucketEndpoint,
    broker: kafka.server,
    bucket: bucket.server,
    close: async () => {
      await Promise.all([kafka.server.kill(), bucket.server.kill()]);
    },
  };
}

/** Both of the sandbox's servers run in it; one of them is used. */
async function startSandbox(
  dataDir: string,
): Promise<{ readonly kafkaAddress: string; readonly bucketEndpoint: string; readonly server: Server }> {
  await mkdir(dataDir, { recursive: true });
  const [kafkaPort = 0, bucketPort = 0] = await freePorts(2);
  const bucketEndpoint = `http://127.0.0.1:${bucketPort}`;
  const ports = ['--kafka-port', String(kafkaPort), '--gcs-port', String(bucketPort)];
  const server = new ServerProcess({
    name: 'The sandbox',
    command: process.execPath,
    args: [COMMAND, 'sandbox', ...ports, '--data', dataDir],
    logFile: path.join(dataDir, 'server.log'),
    probe: async () => {
      // it begins to listen when Kafka does already
      await fetch(`${bucketEndpoint}/storage/v1/b?project=torture`, { signal: AbortSignal.timeout(1_000) });
    },
  });
  await server.start();
  return { kafkaAddress: `127.0.0.1:${kafkaPort}`, bucketEndpoint, server };
}

async function startReal(dataDir: string): Promise<{ readonly kafkaAddress: string; readonly server: Server }> {
  const properties = {
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
    'log.retention.ms': '-1',
  };
  const server = await startRealKafka({ dataDir: path.join(dataDir, 'broker'), properties });
  return { kafkaAddress: server.address, server };
}
