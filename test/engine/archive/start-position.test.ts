import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChainPlace } from '../../../electron/engine/archive/chain';
import { NO_REDUCTION } from '../../../shared/model/reduction';
import { nextLife } from '../../../electron/engine/archive/lives';
import { gapSegment, OpenSegment } from '../../../electron/engine/archive/open-segment';
import type { ArchiveOptions } from '../../../electron/engine/archive/options';
import { findStartPosition, type KafkaSide } from '../../../electron/engine/archive/start-position';
import { uploadSegment } from '../../../electron/engine/archive/upload';
import { recordBatches } from '../../../electron/engine/kafka/record-batch';
import { openFolderStore } from '../../../electron/engine/store/folder-store';
import type { ObjectStore } from '../../../electron/engine/store/port';
import { encodeBatch } from '../kafka/batches';

const LIFE = 'AAAAAAAAAAAAAAAAAAAAAQ';
const BASE: ChainPlace = { prefix: 'archive', topic: 'birds', life: LIFE, partition: 0 };
const OPTIONS: ArchiveOptions = {
  groupId: 'archiver',
  topics: { names: ['birds'], patterns: [] },
  start: 'earliest',
  prefix: 'archive',
  codec: 'zstd',
  level: 3,
  recipients: [],
  reduction: NO_REDUCTION,
  storageClass: null,
  limits: { maxBytes: 1e9, maxRecords: 1e9, maxAgeMs: 1e9 },
  maxHeldBytes: 1e9,
  sessionTimeoutMs: 30_000,
  topicCheckMs: 10_000,
  snapshotEveryMs: null,
};
const { signal } = new AbortController();

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-start-'));
  store = await openFolderStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

/** Puts a segment of so many records, written under a leader's epoch, into a life's chain. */
async function archive(life: string, from: bigint, count: number, leaderEpoch = 0): Promise<string> {
  const segmentPlace = { clusterId: 'cluster', topic: 'birds', topicId: LIFE, partition: 0 };
  const open = new OpenSegment(segmentPlace, from, OPTIONS, 0);
  const [batch] = recordBatches(
    encodeBatch({ baseOffset: from, records: Array.from({ length: count }, () => ({})), leaderEpoch }),
  );
  open.add(batch!, 'records');
  const outcome = await uploadSegment(
    store,
    { place: { ...BASE, life }, ...(await open.close()), storageClass: null },
    {},
  );
  return outcome.object.name;
}

function kafka(side: {
  readonly earliest?: bigint;
  readonly end: bigint;
  readonly epochEnds?: Readonly<Record<number, bigint>>;
  readonly committed?: { readonly offset: bigint; readonly segment: string };
}): KafkaSide {
  const tally = { from: 0n, offset: 0n, messages: 0, digest: 0n };
  return {
    logRange: () => Promise.resolve({ partition: 0, earliest: side.earliest ?? 0n, end: side.end }),
    committed:
      side.committed === undefined
        ? null
        : {
            offset: side.committed.offset,
            note: { location: store.location, segment: side.committed.segment, tally },
          },
    epochEnd: (epoch) => Promise.resolve(side.epochEnds?.[epoch] ?? null),
  };
}

const find = (side: KafkaSide) => findStartPosition(store, BASE, side, signal);

test('an empty chain begins at the first offset, and what has expired is a gap', async () => {
  expect(await find(kafka({ end: 10n }))).toMatchObject({ chainEnd: 0n, position: 0n, gap: null });
  expect(await find(kafka({ earliest: 7n, end: 10n }))).toMatchObject({
    position: 7n,
    gap: { from: 0n, to: 7n, reason: 'expired' },
  });
});

test('it goes on where the chain ends, wherever the committed offset stands', async () => {
  const name = await archive(LIFE, 0n, 5);

  for (const committed of [0n, 5n, 9n]) {
    const start = await find(kafka({ end: 10n, committed: { offset: committed, segment: name } }));
    expect(start).toMatchObject({ place: { life: LIFE }, chainEnd: 5n, position: 5n, gap: null, truncated: null });
  }
});

test('when all archives are gone it goes on from the committed offset, and says that they were removed', async () => {
  const segment = `archive/birds/${LIFE}/partition=0/${'0'.repeat(20)}.permafrost`;

  const start = await find(kafka({ end: 10n, committed: { offset: 6n, segment } }));

  expect(start).toMatchObject({ position: 6n, gap: { from: 0n, to: 6n, reason: 'removed' } });
});

test('a log that ends below the archive begins a life of its own, from its first record', async () => {
  await archive(LIFE, 0n, 5);

  const start = await find(kafka({ end: 3n }));

  expect(start).toMatchObject({ place: { life: `${LIFE}~1` }, chainEnd: 0n, position: 0n, gap: null });
  expect(start.truncated?.code).toBe('LOG_TRUNCATED');
});

test('the log is asked after the bucket: what another archiver adds meanwhile is no truncation', async () => {
  await archive(LIFE, 0n, 5);
  let end = 0n;
  const listed = { ...store, location: store.location, list: store.list.bind(store), head: store.head.bind(store) };
  listed.list = async (query) => {
    const page = await store.list(query);
    end = 9n; // the log grows while the bucket is listed
    return page;
  };

  const side = { ...kafka({ end: 0n }), logRange: () => Promise.resolve({ partition: 0, earliest: 0n, end }) };
  const start = await findStartPosition(listed, BASE, side, signal);

  expect(start).toMatchObject({ place: { life: LIFE }, position: 5n, truncated: null });
});

test('a log that was cut and has grown again is recognised by its leader epochs', async () => {
  await archive(LIFE, 0n, 5, 3);

  const cut = await find(kafka({ end: 100n, epochEnds: { 3: 4n } }));
  const whole = await find(kafka({ end: 100n, epochEnds: { 3: 5n } }));

  expect(cut.place.life).toBe(`${LIFE}~1`);
  expect(whole).toMatchObject({ place: { life: LIFE }, position: 5n, truncated: null });
});

test('the latest life goes on, and a further cut begins the next', async () => {
  await archive(LIFE, 0n, 9);
  await archive(`${LIFE}~1`, 0n, 4);
  await archive(`${LIFE}~2`, 0n, 6);
  await archive(`${LIFE}~10`, 0n, 2);

  expect(await find(kafka({ end: 8n }))).toMatchObject({ place: { life: `${LIFE}~10` }, position: 2n });
  expect(await find(kafka({ end: 1n }))).toMatchObject({ place: { life: `${LIFE}~11` }, position: 0n });
});

test('a life whose archives were removed is not gone back behind', async () => {
  await archive(LIFE, 0n, 5);
  const segment = `archive/birds/${LIFE}~1/partition=0/${'0'.repeat(20)}.permafrost`;

  const start = await find(kafka({ end: 8n, committed: { offset: 3n, segment } }));

  expect(start).toMatchObject({ place: { life: `${LIFE}~1` }, gap: { from: 0n, to: 3n, reason: 'removed' } });
});

test('other partitions, topics and lives that only begin alike are not taken for this chain', async () => {
  await archive(`${LIFE}~x`, 0n, 5);
  await archive(`${LIFE}2`, 0n, 5);

  expect(await find(kafka({ end: 8n }))).toMatchObject({ place: { life: LIFE }, position: 0n });
});

test('a gap in the chain keeps its place', async () => {
  const segmentPlace = { clusterId: 'cluster', topic: 'birds', topicId: LIFE, partition: 0 };
  const closed = await gapSegment(segmentPlace, { from: 0n, to: 4n, reason: 'before-start' }, OPTIONS);
  await uploadSegment(store, { place: BASE, ...closed, storageClass: null }, {});

  expect(await find(kafka({ end: 8n }))).toMatchObject({ chainEnd: 4n, position: 4n, gap: null });
});

test('lives are counted', () => {
  expect([nextLife('id'), nextLife('id~1'), nextLife('id~9')]).toEqual(['id~1', 'id~2', 'id~10']);
});
