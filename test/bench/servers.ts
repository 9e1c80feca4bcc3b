/** The servers that subjects are measured against, each in a process of its own, whose CPU does not count. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT } from '../../scripts/child-process.mjs';
import { connectKafka } from '../../electron/engine/kafka/client';
import { KafkaAdmin } from '../../electron/engine/kafka/admin';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { KAFKA_VERSION } from '../real/kafka-jars';
import { startRealKafka } from '../real/kafka';
import { Unavailable } from '../real/unavailable';
import { tell } from './table';
import { retrying } from '../../electron/engine/store/retry';
import { startSwallower, type Swallower } from './swallower';

export const COMMAND = path.join(PROJECT, 'scripts/permafrost.mjs');
export const BUCKET = 'permafrost-bench';

export interface Servers {
  /** host:port */
  readonly kafka: string;
  /** what it is, for the table */
  readonly kafkaName: string;
  /** the sandbox's bucket server, with a bucket */
  readonly bucketEndpoint: string;
  readonly swallower: Swallower;
  /** makes a topic; the caller fills it */
  makeTopic(topic: string, partitions: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  close(): Promise<void>;
}

interface Kafka {
  readonly address: string;
  readonly name: string;
  close(): Promise<void>;
}

/** @param kafka as BenchOptions.kafka */
export async function startServers(kafka: string | null, dataDir: string): Promise<Servers> {
  const sandbox = await startSandboxProcess(dataDir);
  const storage = connectCloudStorage({ endpoint: sandbox.gcs, projectId: 'bench' });
  await storage.admin.createBucket({ name: BUCKET, location: 'EU', storageClass: 'STANDARD' });
  const swallower = await startSwallower();
  const broker = await kafkaOf(kafka, sandbox.kafka);
  const admin = await KafkaAdmin.connect(connectKafka({ brokers: [broker.address], clientId: 'bench' }));
  return {
    kafka: broker.address,
    kafkaName: broker.name,
    bucketEndpoint: sandbox.gcs,
    swallower,
    makeTopic: async (topic, partitions) => {
      await admin.ensureTopic(topic, partitions);
      await retrying(() => admin.logRanges(topic), { maxAttempts: 8 }); // until its leaders know of it
    },
    deleteTopic: (topic) => admin.deleteTopic(topic),
    close: async () => {
      await admin.close();
      await swallower.close();
      await broker.close();
      sandbox.process.kill('SIGTERM');
      if (sandbox.process.exitCode === null) await once(sandbox.process, 'close');
    },
  };
}

async function kafkaOf(wanted: string | null, sandboxAddress: string): Promise<Kafka> {
  const nothing = (): Promise<void> => Promise.resolve();
  const sandbox: Kafka = { address: sandboxAddress, name: "the sandbox's Kafka", close: nothing };
  if (wanted === 'sandbox') return sandbox;
  if (wanted !== null && wanted !== 'real') return { address: wanted, name: `Kafka on ${wanted}`, close: nothing };
  try {
    const real = await startRealKafka();
    return { address: real.address, name: `Apache Kafka ${KAFKA_VERSION}`, close: () => real.close() };
  } catch (thrown) {
    if (wanted === 'real' || !(thrown instanceof Unavailable)) throw thrown;
    tell(`no real Kafka, the sandbox's takes its place: ${thrown.message}`);
    return sandbox;
  }
}

async function startSandboxProcess(
  dataDir: string,
): Promise<{ readonly process: ChildProcess; readonly kafka: string; readonly gcs: string }> {
  const args = [COMMAND, 'sandbox', '--kafka-port', '0', '--gcs-port', '0', '--data', dataDir, '--json'];
  const child = spawn(process.execPath, args, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    return { process: child, ...(JSON.parse(line) as { readonly kafka: string; readonly gcs: string }) };
  }
  throw new Error('The sandbox did not start, see above.');
}
