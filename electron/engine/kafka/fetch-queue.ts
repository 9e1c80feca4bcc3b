/**
 * What lies between kafkajs and the work: record sets that were fetched and wait for their turn. kafkajs asks for more
 * only when a batch is done, so handing it over counts as done while there is room here: the next fetch is under way
 * while this one is worked on.
 */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { FetchedSet, TopicPartition } from './raw-consumer';

/** Between two looks whether there is room, and two heartbeats at the most. */
const ROOM_CHECK_MS = 20;

export class FetchQueue {
  readonly #maxBytes: number;
  readonly #work: (set: FetchedSet) => Promise<void>;
  #waiting: FetchedSet[] = [];
  #bytes = 0;
  #isWorking = false;
  #isOver = false;
  #roomMade: () => void = () => undefined;

  /**
   * @param maxBytes of record sets; a larger one waits here alone
   * @param work takes them one at a time, in order; must not throw
   */
  constructor(maxBytes: number, work: (set: FetchedSet) => Promise<void>) {
    this.#maxBytes = maxBytes;
    this.#work = work;
  }

  /** bytes of what waits and of what is worked on */
  get heldBytes(): number {
    return this.#bytes;
  }

  /**
   * Resolves when there is room for more.
   * @param heartbeat asked again and again meanwhile; what it throws is passed on
   */
  async room(heartbeat: () => Promise<void>): Promise<void> {
    while (this.#bytes >= this.#maxBytes && !this.#isOver) {
      const stopWaiting = new AbortController();
      const roomMade = new Promise<void>((resolve) => (this.#roomMade = resolve));
      const ignoreAbort = (): void => undefined;
      await Promise.race([roomMade, sleep(ROOM_CHECK_MS, undefined, stopWaiting).catch(ignoreAbort)]);
      stopWaiting.abort();
      await heartbeat();
    }
  }

  push(set: FetchedSet): void {
    if (this.#isOver) return;
    this.#waiting.push(set);
    this.#bytes += set.recordSet.length;
    if (!this.#isWorking) void this.#workThrough();
  }

  /** Forgets what waits of a partition: it is read again from elsewhere, or not at all. */
  drop({ topic, partition }: TopicPartition): void {
    const isOf = (set: FetchedSet): boolean => set.partition === partition && set.topic === topic;
    for (const set of this.#waiting) if (isOf(set)) this.#bytes -= set.recordSet.length;
    this.#waiting = this.#waiting.filter((set) => !isOf(set));
    this.#roomMade();
  }

  /** Nothing more is worked on. */
  end(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#roomMade();
  }

  async #workThrough(): Promise<void> {
    this.#isWorking = true;
    for (let set = this.#waiting.shift(); set !== undefined; set = this.#waiting.shift()) {
      await this.#work(set);
      this.#bytes -= set.recordSet.length;
      this.#roomMade();
      await setImmediate(); // the socket's turn
    }
    this.#isWorking = false;
  }
}
