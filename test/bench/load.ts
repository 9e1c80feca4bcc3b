/** Fills a topic once, as fast as the broker takes it: whole batches, several requests under way, no client library. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { breadcrumbs } from '../../electron/engine/send/breadcrumbs';
import type { OutgoingRecord } from '../../electron/engine/send/producer-port';
import { BatchBuilder } from './batches';
import type { DataSet } from './options';

export interface Loaded {
  readonly messages: number;
  /** keys, values and headers */
  readonly rawBytes: number;
}

const CRUMBS_IN_A_KIBIBYTE = 4;
/** a batch's records differ in time */
const SENT_WITHIN_MS = 3_600_000;

/**
 * The messages of a set, the same every time but for their timestamps. Each key has its partition, as a producer's hash
 * would give it.
 */
function* messagesOf(set: DataSet): Generator<{ readonly record: OutgoingRecord; readonly partition: number }> {
  const beganAt = Date.now() - SENT_WITHIN_MS; // an old one would soon be gone: topics have a retention
  const source = breadcrumbs({
    vehicles: Math.min(1_000, Math.max(24, set.partitions * 4)),
    seed: 1,
    now: () => beganAt,
  });
  const partitions = new Map<string, number>();
  for (let made = 0; made < set.messages;) {
    const count = Math.min(1_000, set.messages - made);
    for (const record of set.size === 250 ? source.next(count) : kibibytes(source, count)) {
      const key = record.key?.toString('latin1') ?? '';
      let partition = partitions.get(key);
      if (partition === undefined) partitions.set(key, (partition = partitions.size % set.partitions));
      yield {
        record: { ...record, timestamp: record.timestamp + Math.floor((made / set.messages) * SENT_WITHIN_MS) },
        partition,
      };
      made += 1;
    }
  }
}

function kibibytes(source: { next(count: number): OutgoingRecord[] }, count: number): OutgoingRecord[] {
  const crumbs = source.next(count * CRUMBS_IN_A_KIBIBYTE);
  return Array.from({ length: count }, (_, index) => {
    const some = crumbs.slice(index * CRUMBS_IN_A_KIBIBYTE, (index + 1) * CRUMBS_IN_A_KIBIBYTE);
    const first = some[0] as OutgoingRecord;
    const values = some.map(({ value }) => value?.toString('latin1') ?? '');
    return { ...first, value: Buffer.from(`[${values.join(', ')}]`, 'latin1') };
  });
}

/** Sends all of a set to a topic that exists, on a cluster of one broker. */
export async function loadTopic(broker: string, topic: string, set: DataSet, batchBytes: number): Promise<Loaded> {
  const producer = await RawProducer.connect(broker, topic);
  const builders = Array.from({ length: set.partitions }, () => new BatchBuilder(batchBytes));
  let rawBytes = 0;
  for (const { record, partition } of messagesOf(set)) {
    rawBytes += rawBytesOf(record);
    const batch = builders[partition]?.add(record) ?? null;
    if (batch !== null) await producer.send(partition, batch);
  }
  for (const [partition, builder] of builders.entries()) {
    const batch = builder.take();
    if (batch !== null) await producer.send(partition, batch);
  }
  await producer.close();
  return { messages: set.messages, rawBytes };
}

function rawBytesOf({ key, value, headers }: OutgoingRecord): number {
  const start = (key?.length ?? 0) + (value?.length ?? 0);
  return headers.reduce((sum, [name, content]) => sum + name.length + content.length, start);
}

const PRODUCE = 0;
const VERSION = 7;
const MAX_UNDER_WAY = 32;

/**
 *     Produce v7 => transactionalId NULLABLE_STRING, acks INT16, timeoutMs INT32, [topic STRING [partition INT32, records BYTES]]
 *     answer     => [topic STRING [partition INT32, error INT16, ...]], ...
 *
 * Source: kafka.apache.org/protocol. One batch a request: the broker takes no more of a partition.
 */
class RawProducer {
  readonly #socket: Socket;
  readonly #topic: Buffer;
  #underWay = 0;
  #correlation = 0;
  #received: Buffer = Buffer.alloc(0);
  #failure: Error | null = null;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket, topic: string) {
    this.#socket = socket;
    this.#topic = string(topic);
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#answered(bytes));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('The broker closed the connection while the topic was filled')));
  }

  static async connect(broker: string, topic: string): Promise<RawProducer> {
    const colon = broker.lastIndexOf(':');
    const socket = connect({ host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) });
    await once(socket, 'connect');
    return new RawProducer(socket, topic);
  }

  async send(partition: number, batch: Buffer): Promise<void> {
    while (this.#underWay >= MAX_UNDER_WAY) await this.#nextAnswer();
    if (this.#failure !== null) throw this.#failure;
    this.#underWay += 1;
    const head = Buffer.concat([
      int16(PRODUCE),
      int16(VERSION),
      int32((this.#correlation += 1)),
      string('bench'),
      int16(-1),
      int16(1),
      int32(30_000),
      int32(1),
      this.#topic,
      int32(1),
      int32(partition),
      int32(batch.length),
    ]);
    this.#socket.cork();
    this.#socket.write(int32(head.length + batch.length));
    this.#socket.write(head);
    this.#socket.write(batch);
    this.#socket.uncork();
  }

  /** When all are acknowledged. */
  async close(): Promise<void> {
    while (this.#underWay > 0) await this.#nextAnswer();
    if (this.#failure !== null) throw this.#failure;
    this.#socket.removeAllListeners('close');
    this.#socket.end();
  }

  #nextAnswer(): Promise<void> {
    return this.#failure === null ? new Promise((resolve) => (this.#wake = resolve)) : Promise.reject(this.#failure);
  }

  #answered(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readInt32BE(0)) {
      const answer = this.#received.subarray(4, 4 + this.#received.readInt32BE(0));
      // correlation id, one topic, its name, one partition, its number, then the error
      const error = answer.readInt16BE(4 + 4 + this.#topic.length + 4 + 4);
      if (error !== 0) this.#fail(new Error(`The broker refused a batch with error ${error}`));
      this.#received = this.#received.subarray(4 + answer.length);
      this.#underWay -= 1;
    }
    this.#wake();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#underWay = 0;
    this.#wake();
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([int16(bytes.length), bytes]);
}
