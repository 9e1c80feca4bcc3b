import { expect, test } from 'vitest';
import { coverageOf, type LogView } from '../../../../electron/engine/restore/verify/coverage';
import type { Chain, ChainArchive } from '../../../../electron/engine/restore/verify/chains';
import type { Coverage } from '../../../../electron/engine/store/coverage-metadata';

const PLACE = { topic: 'bus', partition: 0, life: 'id-1' };

function archive(firstOffset: bigint, nextOffset: bigint, facts: Partial<Coverage> = {}): ChainArchive {
  const gap = facts.gap ?? null;
  return {
    object: {
      ...{ name: `bus/${firstOffset}`, generation: '1', size: 100, crc32c: 'AAAAAA==', md5: null },
      ...{ storageClass: 'STANDARD', createdAt: 0, metadata: {} },
    },
    coverage: {
      ...{ topic: 'bus', topicId: 'id-1', partition: 0, firstOffset, nextOffset },
      ...{
        records: gap === null ? Number(nextOffset - firstOffset) : 0,
        dropped: 0,
        control: 0,
        aborted: 0,
        corrupt: 0,
      },
      ...{ gap, reduction: null, firstTimestamp: null, lastTimestamp: null, leaderEpoch: 0, rawBytes: 1 },
      ...{ encodedBytes: 1, compressedBytes: 1, codec: 'zstd', recipients: [] },
      ...facts,
    },
  };
}

function cover(archives: readonly ChainArchive[], log: LogView | null = null) {
  const chain: Chain = { ...PLACE, archives, findings: [] };
  const { stretches, findings } = coverageOf(chain, log);
  return {
    stretches: stretches.map(({ kind, firstOffset, nextOffset }) => `${kind} ${firstOffset}-${nextOffset}`),
    findings: findings.map(({ kind, firstOffset, nextOffset, meaning }) => ({
      what: `${kind} ${firstOffset}-${nextOffset}`,
      meaning,
    })),
  };
}

const log = (earliest: bigint, end: bigint, committed: bigint | null = null): LogView => ({ earliest, end, committed });

test('archives that follow one another are one stretch; holes in it are accounted for by kind', () => {
  const chain: Chain = {
    ...PLACE,
    findings: [],
    archives: [
      archive(0n, 10n, { records: 7, control: 1, aborted: 1 }),
      archive(10n, 20n, { records: 5, dropped: 2, corrupt: 3 }),
    ],
  };

  const { stretches, findings } = coverageOf(chain, null);

  expect(findings).toEqual([]);
  expect(stretches).toEqual([
    {
      ...{ kind: 'archived', firstOffset: 0n, nextOffset: 20n, archives: 2, records: 12 },
      holes: { control: 1, aborted: 1, dropped: 2, corrupt: 3, compacted: 1 },
    },
  ]);
});

test('gaps that the archives tell of are no findings', () => {
  const archives = [archive(0n, 5n, { gap: 'before-start' }), archive(5n, 9n), archive(9n, 12n, { gap: 'expired' })];

  expect(cover(archives, log(12n, 12n, 12n))).toEqual({
    stretches: ['before-start 0-5', 'archived 5-9', 'expired 9-12'],
    findings: [],
  });
});

test('what lies before the first archive that remains is no longer kept, a later break is missing', () => {
  const { stretches, findings } = cover([archive(50n, 60n), archive(70n, 80n)]);

  expect(stretches).toEqual(['no-longer-kept 0-50', 'archived 50-60', 'missing 60-70', 'archived 70-80']);
  expect(findings.map(({ what }) => what)).toEqual(['missing 60-70']);
});

test.each([
  [log(0n, 90n), 'Kafka still holds them: they can be archived again.'],
  [log(65n, 90n), 'Kafka holds those from offset 65 on: the ones before are lost.'],
  [log(80n, 90n), 'Kafka holds them no longer: those records are lost.'],
  [null, 'Those records are not in this archive, and whether they are elsewhere is not known.'],
])('a break says what that means for the records', (view, meaning) => {
  const { findings } = cover([archive(0n, 60n), archive(70n, 80n)], view);

  expect(findings).toEqual([{ what: 'missing 60-70', meaning }]);
});

test('what two archives cover is told, and counted once in the coverage', () => {
  const { stretches, findings } = cover([archive(0n, 10n), archive(6n, 15n), archive(7n, 9n)]);

  expect(stretches).toEqual([
    'archived 0-10',
    'overlapping 6-10',
    'archived 10-15',
    'overlapping 7-9',
    'archived 15-15',
  ]);
  expect(findings.map(({ what }) => what)).toEqual(['overlapping 6-10', 'overlapping 7-9']);
});

test.each([
  ['a log that goes on', log(0n, 30n, 10n), ['archived 0-10', 'not-yet-archived 10-30'], []],
  [
    'a log that was deleted in part',
    log(20n, 30n),
    ['archived 0-10', 'not-recorded 10-20', 'not-yet-archived 20-30'],
    ['expired 10-20'],
  ],
  ['a log that was deleted', log(30n, 30n), ['archived 0-10', 'not-recorded 10-30'], ['expired 10-30']],
  [
    'more committed than archived',
    log(0n, 30n, 25n),
    ['archived 0-10', 'missing 10-25', 'not-yet-archived 25-30'],
    ['missing 10-25'],
  ],
  ['a log that ends before the archive', log(0n, 5n), ['archived 0-10'], []],
] as const)('beside %s', (_what, view, stretches, findings) => {
  const covered = cover([archive(0n, 10n)], view);

  expect(covered.stretches).toEqual(stretches);
  expect(covered.findings.map(({ what }) => what)).toEqual(findings);
});

test('a partition without an archive is not yet archived, and that is no finding', () => {
  expect(cover([], log(3n, 9n))).toEqual({ stretches: ['not-recorded 0-3', 'not-yet-archived 3-9'], findings: [] });
});
