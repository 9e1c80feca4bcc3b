import { describe, expect, test } from 'vitest';
import {
  everythingOf,
  mayHold,
  recordTest,
  selectionDigest,
  takesAll,
  type RestoreSelection,
} from '../../../../electron/engine/restore/to-kafka/selection';
import type { ArchivedRecord } from '../../../../electron/engine/segment/record';
import type { Coverage } from '../../../../electron/engine/store/coverage-metadata';

const ALL = everythingOf('archive', 'bus');
const select = (choice: Partial<RestoreSelection>): RestoreSelection => ({ ...ALL, ...choice });

function record(offset: bigint, timestamp: bigint, key: string | null = 'k'): ArchivedRecord {
  return { kind: 'record', offset, timestamp, key: key === null ? null : Buffer.from(key), value: null, headers: [] };
}

describe('one record', () => {
  test.each([
    [{}, record(5n, -1n, null), true],
    [{ fromOffset: 5n }, record(5n, 0n), true],
    [{ fromOffset: 6n }, record(5n, 0n), false],
    [{ untilOffset: 5n }, record(5n, 0n), false],
    [{ untilOffset: 6n }, record(5n, 0n), true],
    [{ fromTime: 10n }, record(5n, 10n), true],
    [{ untilTime: 10n }, record(5n, 10n), false],
    [{ untilTime: 10n }, record(5n, -1n), false],
    [{ keys: ['k', 'ä'] }, record(5n, 0n, 'ä'), true],
    [{ keys: ['k'] }, record(5n, 0n, 'kk'), false],
    [{ keys: [''] }, record(5n, 0n, null), false],
    [{ keys: [''] }, record(5n, 0n, ''), true],
  ])('%o', (choice, candidate, isTaken) => {
    expect(recordTest(select(choice))(candidate)).toBe(isTaken);
  });
});

test('a block is taken as a whole when all of it is selected, and nobody has to look at its records', () => {
  const extent = {
    firstOffset: 10n,
    lastOffset: 19n,
    timestamps: { min: 100n, max: 200n },
    someWithoutTimestamp: false,
  };

  expect(takesAll(ALL, extent)).toBe(true);
  expect(takesAll(select({ fromOffset: 10n, untilOffset: 20n, fromTime: 100n, untilTime: 201n }), extent)).toBe(true);
  expect(takesAll(select({ fromOffset: 11n }), extent)).toBe(false);
  expect(takesAll(select({ untilOffset: 19n }), extent)).toBe(false);
  expect(takesAll(select({ fromTime: 101n }), extent)).toBe(false);
  expect(takesAll(select({ untilTime: 200n }), extent)).toBe(false);
  expect(takesAll(select({ fromTime: 0n }), { ...extent, someWithoutTimestamp: true })).toBe(false);
  expect(takesAll(select({ keys: ['k'] }), extent)).toBe(false);
});

test('an archive that cannot hold anything of the selection is not downloaded', () => {
  const coverage = { firstOffset: 10n, nextOffset: 20n, firstTimestamp: 100n, lastTimestamp: 200n } as Coverage;

  expect(mayHold(ALL, coverage)).toBe(true);
  expect(mayHold(select({ fromOffset: 19n, untilOffset: 20n }), coverage)).toBe(true);
  expect(mayHold(select({ fromOffset: 20n }), coverage)).toBe(false);
  expect(mayHold(select({ untilOffset: 10n }), coverage)).toBe(false);
  expect(mayHold(select({ fromTime: 200n }), coverage)).toBe(true);
  expect(mayHold(select({ fromTime: 201n }), coverage)).toBe(false);
  expect(mayHold(select({ untilTime: 100n }), coverage)).toBe(false);
  expect(mayHold(select({ untilTime: 1_000n }), { ...coverage, firstTimestamp: null, lastTimestamp: null })).toBe(
    false,
  );
});

test("a job's name stands for one selection and one target", () => {
  const digest = selectionDigest(ALL, 'life', 'cluster/topic');

  expect(selectionDigest(ALL, 'life', 'cluster/topic')).toBe(digest);
  expect(selectionDigest(select({ fromOffset: 1n }), 'life', 'cluster/topic')).not.toBe(digest);
  expect(selectionDigest(ALL, 'other', 'cluster/topic')).not.toBe(digest);
  expect(selectionDigest(ALL, 'life', 'cluster/other')).not.toBe(digest);
});
