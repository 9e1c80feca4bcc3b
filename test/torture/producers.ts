/** Writes into the topic, plain and in transactions of which some are aborted, and remembers what was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs-plain';
import { pick } from './random';

export interface Written {
  /** keys of messages that Kafka has acknowledged, outside of transactions or in committed ones */
  readonly acknowledged: Set<string>;
  /** of messages in transactions that were aborted: nobody may see them */
  readonly aborted: Set<string>;
}

export class Producers {
  readonly written: Written = { acknowledged: new Set(), aborted: new Set() };
  readonly #kafka: Kafka;
  readonly #address: string;
  readonly #topic: string;
  readonly #random: () => number;
  #isOver = false;
  #number = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor(address: string, topic: string, random: () => number) {
    this.#address = address;
    this.#topic = topic;
    this.#random = random;
    this.#kafka = new Kafka({
      brokers: [address],
      clientId: 'torture',
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      retry: { retries: 0 },
    });
  }

  start(): void {
    this.#work = Promise.all([this.#plainly(), this.#inTransactions(), this.#withKcat()]);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  #plainly(): Promise<void> {
    return this.#again(
      () => this.#kafka.producer({ allowAutoTopicCreation: false }),
      async (producer) => {
        const messages = this.#messages('plain', 1 + Math.floor(this.#random() * 40));
        await producer.send({ topic: this.#topic, messages });
        for (const { key } of messages) this.written.acknowledged.add(String(key));
        await sleep(40);
      },
    );
  }

  #inTransactions(): Promise<void> {
    return this.#again(
      () =>
        this.#kafka.producer({
          transactionalId: 'torture',
          idempotent: true,
          maxInFlightRequests: 1,
          transactionTimeout: 5_000,
          retry: { retries: 3, initialRetryTime: 100 },
          allowAutoTopicCreation: false,
        }),
      async (producer) => {
        const messages = this.#messages('transaction', 1 + Math.floor(this.#random() * 20));
        const isAborted = this.#random() < 0.3;
        const transaction = await producer.transaction();
        await transaction.send({ topic: this.#topic, messages });
        if (isAborted) await transaction.abort();
        else await transaction.commit();
        const set = isAborted ? this.written.aborted : this.written.acknowledged;
        for (const { key } of messages) set.add(String(key));
        await sleep(100);
      },
    );
  }

  /** Repeats with a fresh producer after each failure: what it sent then is unclear, so it counts as nothing. */
  async #again(make: () => Producer, once: (producer: Producer) => Promise<void>): Promise<void> {
    while (!this.#isOver) {
      const producer = make();
      try {
        await producer.connect();
        do await once(producer);
        while (!this.isOver);
      } catch {
        await sleep(200); // the broker is down, or has forgotten us: a fault that was asked for
      }
      await producer.disconnect().catch(() => undefined); // as above
    }
  }

  /** One message a second through librdkafka; kcat's exit code tells whether it was acknowledged. */
  async #withKcat(): Promise<void> {
    while (!this.#isOver) {
      const [message] = this.#messages('kcat', 1);
      const kcat = spawn(
        'kcat',
        [
          '-P',
          '-b',
          this.#address,
          '-t',
          this.#topic,
          '-k',
          String(message?.key),
          '-X',
          'message.timeout.ms=3000',
          '-q',
        ],
        {
          stdio: ['pipe', 'ignore', 'ignore'],
        },
      );
      kcat.stdin.on('error', () => undefined); // it has ended: its exit code tells
      kcat.stdin.end(String(message?.value ?? '') || 'kcat sends nothing for nothing');
      const [code] = (await once(kcat, 'exit')) as [number | null];
      if (code === 0) this.written.acknowledged.add(String(message?.key));
      await sleep(1_000);
    }
  }

  #messages(kind: string, count: number): Message[] {
    return Array.from({ length: count }, () => {
      this.#number += 1;
      const value = pick(this.#random, [
        null,
        '',
        'plain text',
        JSON.stringify({ number: this.#number, text: 'ä "quoted"\n' }),
      ]);
      const binary = this.#random() < 0.1 ? Buffer.from([0xff, 0xfe, 0, this.#number & 0xff]) : null;
      return {
        key: `${kind}-${this.#number}`,
        value: binary ?? value,
        headers: { source: kind, '1': Buffer.from([0xff]) },
      };
    });
  }
}
