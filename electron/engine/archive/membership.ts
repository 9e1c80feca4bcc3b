import type { Kafka } from '../kafka/kafkajs-types';
import {
  RawConsumer,
  type OffsetCommit,
  type RawConsumerHandlers,
  type RawConsumerOptions,
  type TopicPartition,
} from '../kafka/raw-consumer';
import { retrying, type RetryOptions } from '../store/retry';

export type MembershipHandlers = RawConsumerHandlers;
type GroupOptions = Omit<RawConsumerOptions, 'topics' | 'owned'>;

/**
 * Membership in a consumer group whose topics change while it runs. kafkajs fixes a consumer's topics when it starts, so
 * each change leaves the group and joins it anew; what is held meanwhile is kept when the partitions come back.
 */
export class Membership {
  readonly #kafka: Kafka;
  readonly #group: GroupOptions;
  readonly #handlers: MembershipHandlers;
  #consumer: RawConsumer | null = null;
  #turn: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(kafka: Kafka, group: GroupOptions, handlers: MembershipHandlers) {
    this.#kafka = kafka;
    this.#group = group;
    this.#handlers = handlers;
  }

  /**
   * Joins with these topics, after leaving with the former ones; none: only leaves.
   * @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED
   */
  join(topics: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      const owned = this.#consumer?.owned ?? [];
      await this.#stop();
      if (this.#isOver || topics.length === 0) return;
      this.#consumer = await RawConsumer.start(this.#kafka, { ...this.#group, topics, owned }, this.#handlers);
    });
  }

  /** As `join`, again and again while Kafka does not answer. */
  rejoin(topics: readonly string[], retry: RetryOptions): Promise<void> {
    return retrying(() => this.join(topics), retry);
  }

  /** Leaves for good. */
  leave(): Promise<void> {
    this.#isOver = true;
    return this.#inTurn(() => this.#stop());
  }

  /** memory of what was fetched and not worked through */
  get fetchedBytes(): number {
    return this.#consumer?.heldBytes ?? 0;
  }

  pause(target: TopicPartition): void {
    this.#consumer?.pause(target);
  }

  resumeAt(target: TopicPartition, offset: bigint): void {
    this.#consumer?.resumeAt(target, offset);
  }

  /** @returns false when it is not in the group now @throws PermafrostError KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  async commit(offset: OffsetCommit): Promise<boolean> {
    return this.#consumer === null ? false : this.#consumer.commit([offset]);
  }

  async #stop(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = null;
    await consumer?.stop();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch((): void => undefined); // told to who asked for it
    return done;
  }
}
