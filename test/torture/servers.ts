/** The servers of a torture run: each a process of its own, so that it can be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs-plain';
import { COMMAND } from './members';
import { reasonWhyNot } from '../real/unavailable';
import { kafkaJars } from '../real/kafka-jars';
import { startRealKafka } from '../real/kafka';

export interface Servers {
  readonly kafka: string;
  readonly endpoint: string;
  /** Ends the broker, in order or not, and starts it again on its data and port. */
  restart(isKill: boolean, whileItIsDown: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** The sandbox: broker and bucket in one process, so that both go and come together. */
export async function startSandboxServers(folder: string): Promise<Servers> {
  let sandbox = await startSandbox(folder, 0, 0);
  const { kafka, gcs } = sandbox;
  const ports = [kafka, gcs].map((address) => Number(address.slice(address.lastIndexOf(':') + 1)));
  return {
    kafka,
    endpoint: gcs,
    restart: async (isKill, whileItIsDown) => {
      await end(sandbox.process, isKill);
      await whileItIsDown();
      sandbox = await startSandbox(folder, ports[0] ?? 0, ports[1] ?? 0);
    },
    close: () => end(sandbox.process, false),
  };
}

/** A real Apache Kafka, and the sandbox's bucket. @throws when it cannot be had here */
export async function startRealServers(folder: string): Promise<Servers> {
  const reason = await reasonWhyNot(kafkaJars);
  if (reason !== null) throw new Error(`There is no real Kafka here: ${reason}`);
  const [kafka, sandbox] = await Promise.all([startRealKafka(), startSandbox(folder, 0, 0)]);
  return {
    kafka: kafka.address,
    endpoint: sandbox.gcs,
    restart: async (isKill, whileItIsDown) => {
      await (isKill ? kafka.kill() : kafka.stop());
      await whileItIsDown();
      await kafka.start();
    },
    close: async () => {
      await Promise.all([kafka.close(), end(sandbox.process, false)]);
    },
  };
}

export async function makeTopic(address: string, topic: string, partitions: number): Promise<void> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
  await admin.disconnect();
}

export async function makeBucket(endpoint: string, bucket: string): Promise<void> {
  const answer = await fetch(`${endpoint}/storage/v1/b?project=torture`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: bucket }),
  });
  if (!answer.ok) throw new Error(`The bucket could not be made: ${await answer.text()}`);
}

async function startSandbox(
  folder: string,
  kafkaPort: number,
  gcsPort: number,
): Promise<{ process: ChildProcess; kafka: string; gcs: string }> {
  const flags = ['--kafka-port', String(kafkaPort), '--gcs-port', String(gcsPort), '--data', folder, '--json'];
  const sandbox = spawn(process.execPath, [COMMAND, 'sandbox', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => sandbox.kill('SIGKILL'));
  const [line] = (await Promise.race([
    once(sandbox.stdout, 'data'),
    once(sandbox, 'exit').then(() => {
      throw new Error('The sandbox ended while it was started');
    }),
  ])) as [Buffer];
  return { process: sandbox, ...(JSON.parse(line.toString('utf8')) as { kafka: string; gcs: string }) };
}

async function end(child: ChildProcess, isKill: boolean): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(isKill ? 'SIGKILL' : 'SIGTERM');
  await exited;
}
