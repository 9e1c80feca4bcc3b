import { expect, test } from 'vitest';
import { CommitQueue } from '../../../electron/engine/kafka/commit-queue';
import type { OffsetCommit } from '../../../electron/engine/kafka/raw-consumer';

const at = (partition: number, offset: bigint): OffsetCommit => ({ topic: 'bus', partition, offset, metadata: '' });

/** A queue whose requests wait for their answer. */
function queue() {
  const requests: { readonly offsets: readonly OffsetCommit[]; answer(taken: boolean): void; fail(): void }[] = [];
  const commits = new CommitQueue(
    (offsets) =>
      new Promise((resolve, reject) => {
        requests.push({ offsets, answer: resolve, fail: () => reject(new Error('Kafka is away')) });
      }),
  );
  return { commits, requests };
}

test('commits that come while one is under way go together, of each partition the latest', async () => {
  const { commits, requests } = queue();
  const first = commits.add([at(0, 1n)]);
  await expect.poll(() => requests.length).toBe(1);

  const others = [commits.add([at(1, 5n)]), commits.add([at(0, 2n)]), commits.add([at(1, 6n)])];
  requests[0]!.answer(true);
  await expect.poll(() => requests.length).toBe(2);
  requests[1]!.answer(false);

  expect(requests[0]!.offsets).toEqual([at(0, 1n)]);
  expect(requests[1]!.offsets).toEqual([at(1, 6n), at(0, 2n)]);
  expect([await first, ...(await Promise.all(others))]).toEqual([true, false, false, false]);
});

test('one that fails is told to those who waited for it, and not to the next', async () => {
  const { commits, requests } = queue();
  const first = commits.add([at(0, 1n)]);
  await expect.poll(() => requests.length).toBe(1);
  const second = commits.add([at(0, 2n)]);

  requests[0]!.fail();

  await expect(first).rejects.toThrow('Kafka is away');
  await expect.poll(() => requests.length).toBe(2);
  requests[1]!.answer(true);
  expect(await second).toBe(true);
});
