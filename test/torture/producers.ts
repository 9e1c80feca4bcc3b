/**
 * Writes to the topic while the archivers are tortured: kafkajs (plain and transactional) and kcat. Every record has
 * an id of its own: in the header `id`, or, of kcat's, in front of its value. What was acknowledged, and what was aborted, is noted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs-plain';
import type { Random } from './random';

export interface Sent {
  /** ids whose send, or whose transaction's commit, was acknowledged */
  readonly acknowledged: string[];
  /** ids of transactions whose abort was acknowledged */
  readonly aborted: string[];
  /** how many sends, commits and aborts had an unclear end */
  unclear: number;
}

export interface ProducerOptions {
  readonly kafkaAddress: string;
  readonly topic: string;
  /** records a second of each kind of producer, about */
  readonly ratePerSecond: number;
}

const BATCHES_PER_SECOND = 4;
/** an unclear send is given up after this */
const PATIENCE_MS = 5_000;

/** Produces until the signal is aborted. */
export async function produce(options: ProducerOptions, random: Random, signal: AbortSignal): Promise<Sent> {
  const sent: Sent = { acknowledged: [], aborted: [], unclear: 0 };
  await Promise.all([
    plain(options, random, sent, signal),
    transactional(options, random, sent, signal),
    kcat(options, random, sent, signal),
  ]);
  return sent;
}

async function plain(options: ProducerOptions, random: Random, sent: Sent, signal: AbortSignal): Promise<void> {
  const producer = clientOf(options).producer();
  await patiently(() => producer.connect());
  for await (const batch of batches('plain', options, random, signal)) {
    try {
      await producer.send({ topic: options.topic, messages: batch.messages, acks: -1 });
      sent.acknowledged.push(...batch.ids);
    } catch {
      sent.unclear += 1; // a broker that is down: the batch may be in the topic or not
    }
  }
  await producer.disconnect();
}

async function transactional(options: ProducerOptions, random: Random, sent: Sent, signal: AbortSignal): Promise<void> {
  let producer = await transactionalProducer(options);
  for await (const batch of batches('transactional', options, random, signal)) {
    const isAborted = random.chance(0.25);
    try {
      const transaction = await producer.transaction();
      const half = Math.floor(batch.messages.length / 2);
      await transaction.send({ topic: options.topic, messages: batch.messages.slice(0, half) });
      await transaction.send({ topic: options.topic, messages: batch.messages.slice(half) });
      if (isAborted) await transaction.abort();
      else await transaction.commit();
      (isAborted ? sent.aborted : sent.acknowledged).push(...batch.ids);
    } catch {
      sent.unclear += 1; // as above; the next producer of this id ends what is left open
      await producer.disconnect().catch(() => undefined);
      producer = await transactionalProducer(options);
    }
  }
  await producer.disconnect();
}

async function transactionalProducer(options: ProducerOptions): Promise<Producer> {
  const producer = clientOf(options).producer({
    transactionalId: 'torture',
    maxInFlightRequests: 1,
    idempotent: true,
    transactionTimeout: PATIENCE_MS,
  });
  await patiently(() => producer.connect());
  return producer;
}

async function kcat(options: ProducerOptions, random: Random, sent: Sent, signal: AbortSignal): Promise<void> {
  for await (const batch of batches('kcat', options, random, signal)) {
    const codec = random.pick(['none', 'gzip', 'snappy', 'lz4', 'zstd']);
    const lines = batch.ids.map((id, at) => `bus ${at % 7}\t${id} ${'ø'.repeat(random.between(0, 60))}\n`).join('');
    const timeout = ['-X', `message.timeout.ms=${PATIENCE_MS}`, '-X', 'enable.idempotence=true'];
    const flags = ['-b', options.kafkaAddress, '-P', '-t', options.topic, '-K', '\t', '-z', codec, '-H', 'by=kcat'];
    const child = spawn('kcat', [...flags, ...timeout], { stdio: ['pipe', 'ignore', 'ignore'] });
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.stdin.on('error', () => undefined); // it ended before it had read all: its exit code says so
    child.stdin.end(lines);
    const [exitCode] = await exited;
    if (exitCode === 0) sent.acknowledged.push(...batch.ids);
    else sent.unclear += 1;
  }
}

interface Batch {
  readonly ids: readonly string[];
  readonly messages: Message[];
}

async function* batches(
  name: string,
  { ratePerSecond }: ProducerOptions,
  random: Random,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const size = Math.max(2, Math.round((2 * ratePerSecond) / BATCHES_PER_SECOND));
  let number = 0;
  while (!signal.aborted) {
    const ids = Array.from({ length: random.between(1, size) }, () => `${name}-${(number += 1)}`);
    yield { ids, messages: ids.map((id) => message(id, random)) };
    await sleep(1_000 / BATCHES_PER_SECOND);
  }
}

/** Of all shapes that kafkajs can send: no key, an empty one, bytes that are no text, headers that come twice. */
function message(id: string, random: Random): Message {
  const bytes = Buffer.from(Array.from({ length: random.between(0, 120) }, () => random.between(0, 255)));
  const text = `{"at":"Zürich","number":${random.between(0, 1e9)},"text":"\\"\u2028\u0001"}`;
  return {
    key: random.pick([null, '', `bus ${random.between(0, 16)}`, bytes.subarray(0, 8)]),
    value: random.weighted([
      [6, Buffer.from(text)],
      [3, bytes],
      [1, Buffer.alloc(0)],
      [1, null],
    ]),
    headers: { id, ...(random.chance(0.5) ? { twice: ['1', bytes.subarray(0, 3)], 7: '', empty: '' } : {}) },
    ...(random.chance(0.1) ? { timestamp: String(random.between(0, 2_000_000_000)) } : {}),
  };
}

function clientOf({ kafkaAddress }: ProducerOptions): Kafka {
  return new Kafka({
    brokers: [kafkaAddress],
    clientId: 'torture',
    logLevel: logLevel.NOTHING,
    requestTimeout: PATIENCE_MS,
    enforceRequestTimeout: true,
    connectionTimeout: 1_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
  });
}

/** The broker may be down: tries until it works. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (thrown) {
      if (attempt === 100) throw thrown;
      await sleep(300);
    }
  }
}
