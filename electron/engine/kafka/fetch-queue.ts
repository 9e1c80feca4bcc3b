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
  readonly #done: (set: FetchedSet) => void;
  #waiting: FetchedSet[] = [];
  #bytes = 0;
  #isWorking = false;
  #isOver = false;
  #roomMade: () => void = () => undefined;

  /**
   * @param maxBytes of record sets; a larger one waits here alone
   * @param work takes them one at a time, in order; must not throw
   * @param done told of each that is worked through or forgotten
   */
  constructor(maxBytes: number, work: (set: FetchedSet) => Promise<void>, done: (set: FetchedSet) => void) {
    this.#maxBytes = maxBytes;
    this.#work = work;
    this.#done = done;
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
    if (this.#isOver) {
      this.#done(set);
      return;
    }
    this.#waiting.push(set);
    this.#bytes += set.recordSet.length;
    if (!this.#isWorking) void this.#workThrough();
  }

  /** Forgets what waits of a partition: it is read again from elsewhere, or not at all. */
  drop({ topic, partition }: TopicPartition): void {
    this.#forget((set) => set.partition === partition && set.topic === topic);
  }

  /** Nothing more is worked on. */
  end(): void {
    this.#isOver = true;
    this.#forget(() => true);
  }

  #forget(isForgotten: (set: FetchedSet) => boolean): void {
    const forgotten = this.#waiting.filter(isForgotten);
    this.#waiting = this.#waiting.filter((set) => !isForgotten(set));
    for (const set of forgotten) this.#left(set);
    this.#roomMade();
  }

  #left(set: FetchedSet): void {
    this.#bytes -= set.recordSet.length;
    this.#done(set);
  }

  async #workThrough(): Promise<void> {
    this.#isWorking = true;
    for (let set = this.#waiting.shift(); set !== undefined; set = this.#waiting.shift()) {
      await this.#work(set);
      this.#left(set);
      this.#roomMade();
      await setImmediate(); // the socket's turn
    }
    this.#isWorking = false;
  }
}
