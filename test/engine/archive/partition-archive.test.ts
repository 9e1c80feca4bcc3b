import { expect, test } from 'vitest';
import type { ArchiveOptions } from '../../../electron/engine/archive/options';
import { PartitionArchive, type PartitionSurroundings } from '../../../electron/engine/archive/partition-archive';
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

test('an upload that the bucket does not take is given up when the partition goes elsewhere', async () => {
  let tries = 0;
  const partition = new PartitionArchive(
    IDENTITY,
    START,
    surroundings((_place, _closed, over) =>
      retrying(
        () => {
          tries += 1;
          return Promise.reject(new PermafrostError('STORE_UNAVAILABLE', 'down'));
        },
        { signal: over },
      ),
    ),
  );
  const recordSet = encodeBatch({ baseOffset: 0n, records: [{ value: Buffer.from('wren') }] });
  partition.take({
    ...{ topic: 'bus', partition: 0, fetchedOffset: 0n, highWatermark: 1n, recordSet, abortedTransactions: [] },
  });
  partition.close();
  await expect.poll(() => tries).toBeGreaterThan(0);

  partition.discard();

  await partition.drained();
  expect(partition.heldBytes).toBe(0);
});
