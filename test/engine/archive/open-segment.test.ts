import { expect, test } from 'vitest';
import { OpenSegment } from '../../../electron/engine/archive/open-segment';
import { recordBatches } from '../../../electron/engine/kafka/record-batch';
import { bodyOf, open, readLines } from '../segment/support';
import { encodeBatch, type TestBatch } from '../kafka/batches';

const PLACE = { clusterId: 'cluster-1', topic: 'bus', topicId: 'topic-id-1', partition: 3 };
const OPTIONS = { codec: 'zstd', level: 3, recipients: [] } as const;

const value = Buffer.from('wren');

/** A batch whose CRC holds and whose records do not. */
function poisoned(batch: TestBatch): Buffer {
  const bytes = encodeBatch(batch);
  bytes[bytes.length - 1] = 0x7f; // the last record says that it has headers
  return bytes;
}

/** The lines of a segment that was given these batches. */
async function archived(batches: readonly Buffer[], firstOffset: bigint) {
  const segment = new OpenSegment(PLACE, firstOffset, OPTIONS, 0);
  for (const batch of recordBatches(Buffer.concat(batches))) segment.add(batch, 'records');
  const closed = await segment.close();
  const lines = await readLines(await open(bodyOf(closed.segment)));
  return { lines, coverage: closed.coverage };
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
