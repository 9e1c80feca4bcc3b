import { expect, test } from 'vitest';
import { FetchQueue } from '../../../electron/engine/kafka/fetch-queue';
import type { FetchedSet } from '../../../electron/engine/kafka/raw-consumer';

const set = (partition: number, fetchedOffset: bigint, bytes = 100): FetchedSet => ({
  topic: 'birds',
  partition,
  fetchedOffset,
  highWatermark: 1_000n,
  recordSet: Buffer.alloc(bytes),
  abortedTransactions: [],
});

/** Work that ends when it is told to. */
function slowWork() {
  const begun: FetchedSet[] = [];
  const done: FetchedSet[] = [];
  let end: () => void = () => undefined;
  const work = (taken: FetchedSet): Promise<void> => {
    begun.push(taken);
    return new Promise((resolve) => (end = resolve));
  };
  return { begun, done, work, endOne: () => end() };
}

test('sets are worked through one at a time, in the order they came', async () => {
  const slow = slowWork();
  const queue = new FetchQueue(1_000, slow.work, (each) => slow.done.push(each));
  const sets = [set(0, 0n), set(1, 0n), set(0, 5n)];
  for (const each of sets) queue.push(each);

  for (let round = 1; round <= sets.length; round += 1) {
    await expect.poll(() => slow.begun.length).toBe(round);
    slow.endOne();
  }

  await expect.poll(() => queue.heldBytes).toBe(0);
  expect(slow.begun).toEqual(sets);
  expect(slow.done).toEqual(sets);
});

test('a full queue has no room until something is done; the membership is kept meanwhile', async () => {
  const slow = slowWork();
  const queue = new FetchQueue(150, slow.work, () => undefined);
  let heartbeats = 0;
  await queue.room(() => Promise.reject(new Error('there is room: nobody asks')));
  queue.push(set(0, 0n));
  queue.push(set(0, 5n));
  let hasRoom = false;
  const waiting = queue
    .room(() => {
      heartbeats += 1;
      return Promise.resolve();
    })
    .then(() => (hasRoom = true));

  await expect.poll(() => heartbeats).toBeGreaterThan(2);
  expect(hasRoom).toBe(false);
  slow.endOne();
  await waiting;

  expect(queue.heldBytes).toBe(100);
});

test('a heartbeat that throws ends the wait: the group is joined anew', async () => {
  const slow = slowWork();
  const queue = new FetchQueue(50, slow.work, () => undefined);
  queue.push(set(0, 0n));

  await expect(queue.room(() => Promise.reject(new Error('rebalancing')))).rejects.toThrow('rebalancing');
});

test('what waits of a partition is forgotten with it, what is worked on is not', async () => {
  const slow = slowWork();
  const queue = new FetchQueue(1_000, slow.work, (each) => slow.done.push(each));
  const [working, forgotten, other] = [set(0, 0n), set(0, 5n), set(1, 0n)];
  for (const each of [working, forgotten, other]) queue.push(each);

  queue.drop({ topic: 'birds', partition: 0 });
  expect(slow.done).toEqual([forgotten]);
  slow.endOne();
  await expect.poll(() => slow.begun).toEqual([working, other]);

  queue.end();
  queue.push(set(2, 0n));
  slow.endOne();
  await expect.poll(() => slow.done).toHaveLength(4);
  expect(slow.begun).toHaveLength(2);
});
