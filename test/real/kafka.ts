/** A real Apache Kafka: one KRaft node on free ports of the loopback interface, with a plain listener and, on request, others. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs-plain';
import { exitCodeOf, read } from '../../scripts/child-process.mjs';
import { kafkaJars } from './kafka-jars';
import { freePorts, ServerProcess } from './process';

export interface RealKafkaOptions {
  /** settings of the broker, above those below */
  readonly properties?: Readonly<Record<string, string>>;
  /** by their names, beside the plain one: the protocol of each */
  readonly listeners?: Readonly<Record<string, 'SSL' | 'SASL_SSL'>>;
  readonly scramUsers?: readonly ScramUser[];
  readonly heapMegabytes?: number;
  /** it lives for a minute: what the JVM compiles well would cost more than it gives */
  readonly isShortLived?: boolean;
  /** where its data lies; without it a fresh temporary folder */
  readonly dataDir?: string;
}

export interface ScramUser {
  readonly name: string;
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly password: string;
}

export interface RealKafka {
  /** host:port of the plain listener, the same after a restart */
  readonly address: string;
  /** of the other listeners, by their names; on localhost, which certificates name */
  readonly more: Readonly<Record<string, string>>;
  /** in order; `start` brings it back on its data and ports */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** Runs one of Kafka's own command-line tools, by its class, and gives what it printed. @throws unless it ends well */
  tool(className: string, args: readonly string[], input?: string): Promise<string>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

/** One node, fast to start and to stop, groups with short sessions, offsets and transactions in one partition each. */
const PROPERTIES: Readonly<Record<string, string>> = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'PLAIN',
  'num.partitions': '3',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // tests send records of 2022: by Kafka's default they are gone half a minute after its start, whatever a test is about
  'log.retention.ms': '-1',
  'log.retention.check.interval.ms': '1000',
  'log.cleaner.backoff.ms': '500',
  'log.segment.delete.delay.ms': '1000',
  'delete.records.purgatory.purge.interval.requests': '1',
};

const PORT_ATTEMPTS = 3;

/**
 * Starts it and waits until it answers; about 5 s.
 * @throws Unavailable when it can't be had on this machine (`reasonWhyNot(kafkaJars)` tells beforehand)
 */
export async function startRealKafka(options: RealKafkaOptions = {}): Promise<RealKafka> {
  const jars = await kafkaJars();
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'permafrost-kafka-')));
  await mkdir(dataDir, { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const protocols = options.listeners ?? {};
    const [port = 0, controllerPort = 0, ...others] = await freePorts(2 + Object.keys(protocols).length);
    const address = `127.0.0.1:${port}`;
    const more = Object.fromEntries(Object.keys(protocols).map((name, at) => [name, `localhost:${others[at] ?? 0}`]));
    const config = path.join(dataDir, 'server.properties');
    const properties = {
      ...PROPERTIES,
      ...places(controllerPort, dataDir),
      ...listeners(address, controllerPort, more, protocols),
      ...options.properties,
    };
    await writeFile(config, toProperties(properties));
    await formatStorage(jars, config, options.scramUsers ?? []);
    const server = new ServerProcess({
      name: 'Apache Kafka',
      command: 'java',
      args: [...javaArgs(jars, options.heapMegabytes ?? 512, options.isShortLived), 'kafka.Kafka', config],
      logFile: path.join(dataDir, 'server.log'),
      probe: () => probe(address),
    });
    try {
      await server.start();
      return running(server, { address, more }, jars, dataDir);
    } catch (thrown) {
      const isPortTaken = thrown instanceof Error && thrown.message.includes('BindException');
      if (!isPortTaken || attempt === PORT_ATTEMPTS) throw thrown;
    }
  }
}

function running(
  server: ServerProcess,
  addresses: Pick<RealKafka, 'address' | 'more'>,
  jars: string,
  dataDir: string,
): RealKafka {
  return {
    ...addresses,
    stop: () => server.stop(),
    kill: () => server.kill(),
    start: () => server.start(),
    tool: (className, args, input) => runTool(jars, className, args, input ?? ''),
    close: async () => {
      await server.kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The plain listener's and all others'. */
function listeners(
  address: string,
  controllerPort: number,
  more: Readonly<Record<string, string>>,
  protocols: Readonly<Record<string, string>>,
): Record<string, string> {
  const advertised = [`PLAIN://${address}`, ...Object.entries(more).map(([name, at]) => `${name}://${at}`)];
  const local = advertised.map((each) => each.replace('localhost', '127.0.0.1'));
  const map = Object.entries({ PLAIN: 'PLAINTEXT', CONTROLLER: 'PLAINTEXT', ...protocols });
  return {
    listeners: [...local, `CONTROLLER://127.0.0.1:${controllerPort}`].join(','),
    'advertised.listeners': advertised.join(','),
    'listener.security.protocol.map': map.map((pair) => pair.join(':')).join(','),
  };
}

function places(controllerPort: number, dataDir: string): Record<string, string> {
  return {
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'log.dirs': path.join(dataDir, 'data'),
  };
}

/** Backslashes begin an escape in Java's properties. */
function toProperties(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}

function javaArgs(jars: string, heapMegabytes: number, isShortLived = false): string[] {
  const machine = isShortLived ? ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] : ['-XX:+UseG1GC'];
  const log = ['-Dlog4j2.level=WARN', '-Dlog4j2.statusLoggerLevel=OFF'];
  return [`-Xmx${heapMegabytes}m`, ...machine, ...log, '-cp', path.join(jars, '*')];
}

async function formatStorage(jars: string, config: string, users: readonly ScramUser[]): Promise<void> {
  const scram = users.flatMap(({ name, mechanism, password }) => [
    '--add-scram',
    `${mechanism}=[name=${name},password=${password}]`,
  ]);
  const args = ['format', '--ignore-formatted', '-t', clusterId(), '-c', config, ...scram];
  const java = javaArgs(jars, 256, true);
  const { exitCode, stdout, stderr } = await read('java', [...java, 'kafka.tools.StorageTool', ...args]);
  if (exitCode !== 0) throw new Error(`Kafka's storage could not be formatted:\n${stdout}${stderr}`);
}

/** Kafka's form of a UUID: 16 bytes in base64url; its tools take a leading dash for a flag. */
function clusterId(): string {
  return `P${randomBytes(16).toString('base64url').slice(1)}`;
}

async function probe(address: string): Promise<void> {
  const admin = new Kafka({
    brokers: [address],
    clientId: 'probe',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (brokers.length === 0) throw new Error('no broker is registered yet');
    await admin.fetchOffsets({ groupId: 'probe', topics: [] }); // a fresh one has to make the topic of groups first
  } finally {
    await admin.disconnect();
  }
}

async function runTool(jars: string, className: string, args: readonly string[], input: string): Promise<string> {
  const java = javaArgs(jars, 256, true);
  const child = spawn('java', [...java, className, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(input);
  const exitCode = await exitCodeOf(child);
  if (exitCode === 0) return stdout;
  throw new Error(`${className} ended with ${exitCode}:\n${stdout}${stderr}`);
}
