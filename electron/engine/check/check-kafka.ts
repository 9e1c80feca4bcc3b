/** Whether a Kafka can be reached and used, step by step, so that what is wrong has a name. */
import { lookup } from 'node:dns/promises';
import { messageOf, PermafrostError } from '../../../shared/errors';
import type { CheckStep } from '../../../shared/model/connection';
import { KafkaAdmin } from '../kafka/admin';
import { connectCluster, connectKafka, type KafkaConnection } from '../kafka/client';
import { knock, type Knocked } from '../kafka/knock';
import { fetchTopics } from '../kafka/topic-metadata';
import { Steps, type Found } from './step';

export interface KafkaCheck {
  readonly kafka: KafkaConnection;
  readonly topics: readonly string[];
  /** the archiver's */
  readonly groupId: string;
}

/** @returns whether all of it works. Changes nothing in Kafka. */
export async function checkKafka(
  { kafka, topics, groupId }: KafkaCheck,
  onStep: (step: CheckStep) => void,
): Promise<boolean> {
  const steps = new Steps(onStep);
  await steps.run('resolve', () => resolved(kafka.brokers));
  await steps.run(kafka.tls == null ? 'connect' : 'connect with TLS', () => connected(kafka));
  let admin: KafkaAdmin | null = null;
  try {
    await steps.run(kafka.sasl == null ? 'speak Kafka' : 'log in', async () => {
      admin = await KafkaAdmin.connect(connectKafka(kafka));
      const { clusterId, brokers } = await admin.describe();
      return `Cluster ${clusterId} with ${counted(brokers, 'broker')}${kafka.sasl == null ? '' : `, logged in by ${kafka.sasl.mechanism}`}.`;
    });
    for (const topic of topics) await steps.run(`topic ${topic}`, () => described(kafka, topic));
    await steps.run(`group ${groupId}`, async () => {
      const committed = await admin?.allCommitted(groupId);
      const partitions = committed?.length ?? 0;
      return partitions === 0
        ? 'It may be read, and has committed nothing yet.'
        : `It has committed offsets of ${counted(partitions, 'partition')}.`;
    });
  } finally {
    await (admin as KafkaAdmin | null)?.close();
  }
  return !steps.hasFailed;
}

/** One of the names is enough to begin; those that are not known are told. */
async function resolved(brokers: readonly string[]): Promise<Found> {
  const hosts = [...new Set(brokers.map((broker) => addressOf(broker).host))];
  const { answers, failures } = await settled(hosts.map(resolve));
  if (answers.length === 0) throw failures[0];
  const all = `${answers.join(', ')}.`;
  return failures.length === 0 ? all : { warning: `${all} ${messageOf(failures[0])}` };
}

async function resolve(host: string): Promise<string> {
  try {
    return `${host} is ${(await lookup(host)).address}`;
  } catch (thrown) {
    throw new PermafrostError(
      'KAFKA_UNAVAILABLE',
      `The name ${host} is not known here (${messageOf(thrown)}). Check how it is written, and the network's names.`,
      { context: { host }, cause: thrown },
    );
  }
}

async function settled<Answer>(
  asked: readonly Promise<Answer>[],
): Promise<{ readonly answers: readonly Answer[]; readonly failures: readonly unknown[] }> {
  const results = await Promise.allSettled(asked);
  return {
    answers: results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    failures: results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : [])),
  };
}

/** One of them is enough to begin; those that do not answer are named. */
async function connected({ brokers, tls }: KafkaConnection): Promise<Found> {
  const { answers, failures } = await settled(brokers.map((broker) => knock(addressOf(broker), tls ?? null)));
  const [first] = answers;
  if (first === undefined) throw failures[0];
  const all = `${answers.length} of ${counted(brokers.length, 'broker')} answer${answers.length === 1 ? 's' : ''}${secure(first)}.`;
  return failures.length === 0 ? all : { warning: `${all} ${messageOf(failures[0])}` };
}

function secure({ protocol, certificate }: Knocked): string {
  if (protocol === null) return '';
  return certificate === null
    ? `, ${protocol}`
    : `, ${protocol}, certificate of ${certificate.of} until ${certificate.until}`;
}

async function described(kafka: KafkaConnection, topic: string): Promise<string> {
  const cluster = await connectCluster(connectKafka(kafka));
  try {
    const [found] = await fetchTopics(cluster, [topic]);
    if (found === undefined) {
      throw new PermafrostError('KAFKA_REFUSED', `There is no topic ${topic}. Check its name, or make it first.`, {
        context: { topic },
      });
    }
    return `${counted(found.partitions.length, 'partition')}, ${counted(found.replicationFactor, 'replica')} of each.`;
  } finally {
    await cluster.disconnect();
  }
}

function addressOf(broker: string): { readonly host: string; readonly port: number } {
  const at = broker.lastIndexOf(':');
  const port = Number(broker.slice(at + 1));
  if (at <= 0 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new PermafrostError(
      'INPUT_INVALID',
      `"${broker}" is no broker's address: it is host:port, such as kafka-1:9092.`,
    );
  }
  return { host: broker.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port };
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
