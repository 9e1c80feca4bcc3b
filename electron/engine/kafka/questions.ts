/** Connections for questions about a cluster; one that is kept while questions come. */
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import { KafkaAdmin } from './admin';
import { connectCluster } from './client';
import type { Cluster, Kafka } from './kafkajs-types';

export interface KafkaQuestions {
  readonly admin: KafkaAdmin;
  readonly cluster: Cluster;
  /** Waits for answers that are under way. */
  close(): Promise<void>;
}

/** @throws PermafrostError KAFKA_* */
export async function connectForQuestions(kafka: Kafka): Promise<KafkaQuestions> {
  const admin = await KafkaAdmin.connect(kafka);
  try {
    const cluster = await connectCluster(kafka);
    const close = async (): Promise<void> => {
      await Promise.all([admin.close(), cluster.disconnect()]);
    };
    return { admin, cluster, close };
  } catch (thrown) {
    await admin.close();
    throw thrown;
  }
}

export interface Patience {
  /** of one question, connecting included; then it is told that Kafka does not answer */
  readonly deadlineMs: number;
  /** how long a connection stays open that nobody asks anything */
  readonly idleMs: number;
}

/** Made at the first question, and anew after one that failed; closed when none comes any more. */
export class KeptConnection {
  readonly #open: () => Promise<KafkaQuestions>;
  readonly #patience: Patience;
  #kept: Promise<KafkaQuestions> | null = null;
  #asking = 0;
  #idle: NodeJS.Timeout | null = null;

  constructor(open: () => Promise<KafkaQuestions>, patience: Patience) {
    this.#open = open;
    this.#patience = patience;
  }

  /** @throws what the question throws; PermafrostError KAFKA_UNAVAILABLE when it takes too long */
  async ask<Answer>(question: (kafka: KafkaQuestions) => Promise<Answer>): Promise<Answer> {
    const over = AbortSignal.timeout(this.#patience.deadlineMs);
    const isFromBefore = this.#kept !== null;
    this.#asking += 1;
    if (this.#idle !== null) clearTimeout(this.#idle);
    try {
      return await this.#askBefore(over, question);
    } catch (thrown) {
      if (!isFromBefore || over.aborted || !asPermafrostError(thrown).retriable) throw thrown;
      return await this.#askBefore(over, question); // it broke since the question before
    } finally {
      this.#asking -= 1;
      if (this.#asking === 0) this.#idle = setTimeout(() => this.close(), this.#patience.idleMs);
    }
  }

  /** The next question opens another one. */
  close(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    if (this.#kept !== null) this.#drop(this.#kept);
  }

  async #askBefore<Answer>(over: AbortSignal, question: (kafka: KafkaQuestions) => Promise<Answer>): Promise<Answer> {
    this.#kept ??= this.#open();
    const kept = this.#kept;
    try {
      return await Promise.race([kept.then(question), this.#refusedAt(over)]);
    } catch (thrown) {
      this.#drop(kept);
      throw thrown;
    }
  }

  #refusedAt(over: AbortSignal): Promise<never> {
    const { deadlineMs } = this.#patience;
    return new Promise((_resolve, reject) => {
      over.addEventListener('abort', () => {
        const message = `Kafka has not answered within ${deadlineMs / 1_000} s. Check that its brokers run and can be reached, then ask again.`;
        reject(new PermafrostError('KAFKA_UNAVAILABLE', message));
      });
    });
  }

  /** Nobody waits for its end, which takes as long as the answers that are under way. */
  #drop(kept: Promise<KafkaQuestions>): void {
    if (this.#kept === kept) this.#kept = null;
    kept.then((questions) => questions.close()).catch(() => undefined); // it was given up
  }
}
