import { expect, test } from 'vitest';
import type { ArchiveOptions } from '../../../electron/engine/archive/options';
import { PartitionArchive, type PartitionSurroundings } from '../../../electron/engine/archive/partition-archive';
import type { FetchedSet } from '../../../electron/engine/kafka/raw-consumer';
import type { StoredObject } from '../../../electron/engine/store/port';
import { retrying } from '../../../electron/engine/store/retry';
import { PermafrostError } from '../../../shared/errors';
import { NO_REDUCTION } from '../../../shared/model/reduction';
import { encodeBatch } from '../kafka/batches';

const IDENTITY = { clusterId: 'cluster-1', topicId: 'topic-1' };
const START = {
  place: { prefix: '', topic: 'bus', life: 'topic-1', partition: 0 },
  ...{ chainEnd: 0n, lastObject: null, gap: null, position: 0n, tally: null, truncated: null },
};
const OPTIONS: ArchiveOptions = {
  ...{ groupId: 'archiver', topics: { names: ['bus'], patterns: [] }, start: 'earliest', prefix: '' },
  ...{ codec: 'zstd', level: 3, recipients: [], reduction: NO_REDUCTION, storageClass: null },
  limits: { maxBytes: 1e9, maxRecords: 1e9, maxAgeMs: 1e9 },
  ...{ maxHeldBytes: 1e9, sessionTimeoutMs: 30_000, topicCheckMs: 10_000, snapshotEveryMs: null },
};

const OBJECT: StoredObject = {
  ...{ name: 'segment', generation: '1', size: 1, crc32c: 'AAAAAA==', md5: null, storageClass: 'STANDARD' },
  ...{ createdAt: 0, metadata: {} },
};

const unexpected = (): never => expect.unreachable();

function surroundings(upload: PartitionSurroundings['upload']): PartitionSurroundings {
  return {
    options: OPTIONS,
    clock: { now: () => 0 },
    currentTopic: () => Promise.resolve(IDENTITY),
    upload,
    ...{ commit: unexpected, readAgainFrom: unexpected, uploaded: unexpected, lost: unexpected },
    ...{ problem: unexpected, failed: unexpected },
  };
}

/** One record at this offset, fetched from there. */
function fetched(offset: bigint): FetchedSet {
  const recordSet = encodeBatch({ baseOffset: offset, records: [{ value: Buffer.from('wren') }] });
  return { topic: 'bus', partition: 0, fetchedOffset: offset, highWatermark: 9n, recordSet, abortedTransactions: [] };
}

test('a segment that is closed at the very moment when the one before is done is uploaded, too', async () => {
  for (let moment = 0; moment < 12; moment += 1) {
    const uploads: string[] = [];
    const commits: (() => void)[] = [];
    const partition = new PartitionArchive(IDENTITY, START, {
      ...surroundings((_place, { segment }) => {
        uploads.push(segment.identity.firstOffset.toString());
        return Promise.resolve({ kind: 'stored', object: OBJECT, adopted: false });
      }),
      uploaded: () => undefined,
      commit: () => new Promise((resolve) => void commits.push(resolve)),
    });
    partition.take(fetched(0n));
    partition.close();
    await expect.poll(() => commits.length, { interval: 1 }).toBe(1);
    partition.take(fetched(1n));

    commits[0]?.();
    for (let turn = 0; turn < moment; turn += 1) await Promise.resolve();
    partition.close();

    await expect.poll(() => commits.length, { interval: 1 }).toBe(2);
    expect(uploads).toEqual(['0', '1']);
    commits[1]?.();
    await partition.drained();
  }
});

test('an upload that the bucket does not take is given up when the partition goes elsewhere', async () => {
  let tries = 0;
  const partition = new PartitionArchive(
    IDENTITY,
    START,
    surroundings((_place, _closed, { retries }) =>
      retrying(
        () => {
          tries += 1;
          return Promise.reject(new PermafrostError('STORE_UNAVAILABLE', 'down'));
        },
        { signal: retries },
      ),
    ),
  );
  partition.take(fetched(0n));
  partition.close();
  await expect.poll(() => tries).toBeGreaterThan(0);

  partition.discard();

  await partition.drained();
  expect(partition.heldBytes).toBe(0);
});

test("an upload under way when the partition goes elsewhere is let end and told; its commit is the next owner's", async () => {
  let answer: (() => void) | null = null as (() => void) | null;
  let isCut = false;
  const uploaded: string[] = [];
  const partition = new PartitionArchive(IDENTITY, START, {
    ...surroundings(
      (_place, _closed, { request }) =>
        new Promise((resolve) => {
          request.addEventListener('abort', () => (isCut = true));
          answer = () => resolve({ kind: 'stored', object: OBJECT, adopted: false });
        }),
    ),
    uploaded: ({ segment }) => uploaded.push(segment.identity.nextOffset.toString()),
  });
  partition.take(fetched(0n));
  partition.close();
  await expect.poll(() => answer).not.toBeNull();

  partition.leave();
  answer?.();

  await partition.drained();
  expect({ isCut, uploaded }).toEqual({ isCut: false, uploaded: ['1'] });
});
