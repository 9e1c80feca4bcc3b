import { describe, expect, it, test } from 'vitest';
import { OpenSegment } from '../../../electron/engine/archive/open-segment';
import { recordBatches } from '../../../electron/engine/kafka/record-batch';
import { NO_REDUCTION, type Reduction } from '../../../shared/model/reduction';
import { metadataOf, parseCoverage } from '../../../electron/engine/store/coverage-metadata';
import { bodyOf, open, readLines } from '../segment/support';
import { encodeBatch, type TestBatch } from '../kafka/batches';

const PLACE = { clusterId: 'cluster-1', topic: 'bus', topicId: 'topic-id-1', partition: 3 };
const OPTIONS = { codec: 'zstd', level: 3, recipients: [], reduction: NO_REDUCTION } as const;

const value = Buffer.from('wren');

/** A batch whose CRC holds and whose records do not. */
function poisoned(batch: TestBatch): Buffer {
  const bytes = encodeBatch(batch);
  bytes[bytes.length - 1] = 0x7f; // the last record says that it has headers
  return bytes;
}

/** The lines of a segment that was given these batches. */
async function archived(batches: readonly Buffer[], firstOffset: bigint, rule: Partial<Reduction> = {}) {
  const segment = new OpenSegment(PLACE, firstOffset, { ...OPTIONS, reduction: { ...NO_REDUCTION, ...rule } }, 0);
  for (const batch of recordBatches(Buffer.concat(batches))) segment.add(batch, 'records');
  const closed = await segment.close();
  const lines = await readLines(await open(bodyOf(closed.segment)));
  return { lines, coverage: closed.coverage, reduction: closed.reduction };
}

test('a batch whose structure does not hold is kept as it came, and the archive goes on behind it', async () => {
  const damaged = poisoned({ baseOffset: 1n, lastOffsetDelta: 4, records: [{ value }, { value }] });
  const good = (baseOffset: bigint) => encodeBatch({ baseOffset, records: [{ value }] });

  const { lines, coverage } = await archived([good(0n), damaged, good(6n)], 0n);

  expect(lines).toMatchObject([
    { kind: 'record', offset: 0n },
    { kind: 'corrupt', offset: 1n, lastOffset: 5n, bytes: damaged },
    { kind: 'record', offset: 6n },
  ]);
  expect(coverage).toMatchObject({ firstOffset: 0n, nextOffset: 7n, records: 2, corrupt: 5 });
});

test.each(['aborted', 'control'] as const)(
  'of an %s batch that it begins within it counts its own offsets',
  async (kind) => {
    const segment = new OpenSegment(PLACE, 3n, OPTIONS, 0);
    const bytes = encodeBatch({ baseOffset: 0n, records: [{ value }, { value }, { value }, { value }, { value }] });
    for (const batch of recordBatches(bytes)) segment.add(batch, kind);

    const { coverage } = await segment.close();

    expect(coverage).toMatchObject({ firstOffset: 3n, nextOffset: 5n, [kind]: 2 });
    expect(parseCoverage({ name: 'archive', metadata: metadataOf(coverage) })).toEqual(coverage);
  },
);

test('a segment closes by its age, also when the clock is set back meanwhile', () => {
  const limits = { maxBytes: 1e9, maxRecords: 1e9, maxAgeMs: 1_000 };
  const segment = new OpenSegment(PLACE, 0n, OPTIONS, 1_000_000);

  const due = [1_000_999, 500_000, 500_999, 501_000].map((now) => segment.isDue(limits, now));

  expect(due).toEqual([false, false, false, true]);
});

test('such a batch that the segment begins within is kept from there on', async () => {
  const damaged = poisoned({ baseOffset: 1n, lastOffsetDelta: 4, records: [{ value }, { value }] });

  const { lines, coverage } = await archived([damaged], 3n);

  expect(lines).toMatchObject([{ kind: 'corrupt', offset: 3n, lastOffset: 5n, bytes: damaged }]);
  expect(coverage).toMatchObject({ firstOffset: 3n, nextOffset: 6n, records: 0, corrupt: 3 });
});

test.each([
  ['cannot be decompressed', 4],
  ['were compressed with a codec that nobody knows', 7],
])('a batch whose records %s is kept as it came', async (_, attributes) => {
  const unreadable = encodeBatch({ baseOffset: 0n, attributes, records: [{ value }] });

  const { lines } = await archived([unreadable], 0n);

  expect(lines).toMatchObject([{ kind: 'corrupt', offset: 0n, lastOffset: 0n, bytes: unreadable }]);
});

test('a batch is taken from the position on', async () => {
  const batch = encodeBatch({ baseOffset: 10n, records: [{ value }, { value }, { value }] });

  const { lines, coverage } = await archived([batch], 11n);

  expect(lines.map(({ offset }) => offset)).toEqual([11n, 12n]);
  expect(coverage).toMatchObject({ firstOffset: 11n, nextOffset: 13n, records: 2 });
});

describe('with a reduction', () => {
  const bus = (key: string, text: string | null) => ({
    key: Buffer.from(key),
    value: text === null ? null : Buffer.from(text),
  });
  const batch = encodeBatch({
    baseOffset: 10n,
    records: [bus('a', '{"n":1,"x":2}'), bus('b', '{"n":2}'), bus('a', 'wren'), bus('b', null)],
  });

  it('what is left out is in the numbers, and the coverage stays whole', async () => {
    const { lines, coverage, reduction } = await archived([batch], 10n, { filter: ['n=1'], dropFields: ['x'] });

    expect(lines).toMatchObject([
      { offset: 10n, value: Buffer.from('{"n":1}') },
      { offset: 12n, value: Buffer.from('wren') },
      { offset: 13n, value: null },
    ]);
    expect(coverage).toMatchObject({ firstOffset: 10n, nextOffset: 14n, records: 3, dropped: 1 });
    expect(coverage.reduction).toMatch(/^sha256:/);
    expect(reduction).toMatchObject({ seen: 4, filtered: 1, notJson: 2, cutBytes: 6, droppedBytes: 8 });
    expect(coverage.rawBytes + (reduction?.cutBytes ?? 0) + (reduction?.droppedBytes ?? 0)).toBe(
      'a{"n":1,"x":2}b{"n":2}awrenb'.length,
    );
  });

  it('an archive of which everything was left out is whole, and empty', async () => {
    const { lines, coverage } = await archived([batch], 10n, { filterKeys: ['c'] });

    expect(lines).toEqual([]);
    expect(coverage).toMatchObject({ firstOffset: 10n, nextOffset: 14n, records: 0, dropped: 4, gap: null });
    expect(parseCoverage({ name: 'x', metadata: metadataOf(coverage) })).toEqual(coverage);
  });

  it('what lies before the position is not looked at', async () => {
    const { reduction } = await archived([batch], 12n, { oneIn: 2 });

    expect(reduction).toMatchObject({ seen: 2, sampled: 0 });
  });

  it('a batch that cannot be read is kept as it came, nothing of it reduced', async () => {
    const damaged = poisoned({ baseOffset: 0n, records: [{ value }, { value }] });

    const { lines, coverage, reduction } = await archived([damaged, batch], 0n, { filterKeys: ['c'] });

    expect(lines).toMatchObject([{ kind: 'corrupt', offset: 0n, lastOffset: 1n }]);
    expect(coverage).toMatchObject({ corrupt: 2, dropped: 4, records: 0, nextOffset: 14n });
    expect(reduction?.seen).toBe(4);
  });

  it('the count of messages that closes it counts those that are left out, too', () => {
    const segment = new OpenSegment(PLACE, 10n, { ...OPTIONS, reduction: { ...NO_REDUCTION, filterKeys: ['c'] } }, 0);
    for (const each of recordBatches(batch)) expect(segment.add(each, 'records')).toBe(4);
    const limits = { maxBytes: 1e9, maxAgeMs: 1e9 };
    expect(segment.isDue({ ...limits, maxRecords: 5 }, 0)).toBe(false);
    expect(segment.isDue({ ...limits, maxRecords: 4 }, 0)).toBe(true);
  });

  it('what it remembers counts as held, until it is closed', async () => {
    const rule = { ...NO_REDUCTION, dropDuplicates: true };
    const segment = new OpenSegment(PLACE, 10n, { ...OPTIONS, reduction: rule }, 0);
    const plain = new OpenSegment(PLACE, 10n, OPTIONS, 0);
    for (const each of recordBatches(batch)) {
      segment.add(each, 'records');
      plain.add(each, 'records');
    }
    expect(segment.heldBytes).toBeGreaterThan(plain.heldBytes);
    const closing = segment.close();
    expect(segment.heldBytes).toBeLessThanOrEqual(plain.heldBytes);
    expect((await closing).coverage.records).toBe(4);
    plain.discard();
  });
});
