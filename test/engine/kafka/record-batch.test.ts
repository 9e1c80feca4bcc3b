import { expect, test } from 'vitest';
import { wholeBatches } from '../../../electron/engine/kafka/kafkajs';
import { crcMatches, recordBatches, RecordCursor, type RecordBatch } from '../../../electron/engine/kafka/record-batch';
import { TransactionFilter } from '../../../electron/engine/kafka/transactions';
import { encodeBatch, type TestBatch } from './batches';

function only(bytes: Buffer): RecordBatch {
  const [batch] = [...recordBatches(bytes)];
  if (batch === undefined) throw new Error('there is no batch');
  return batch;
}

function read(batch: TestBatch) {
  const cursor = new RecordCursor();
  cursor.open(only(encodeBatch(batch)));
  const records = [];
  while (cursor.next()) {
    const at = (start: number, length: number): Buffer | null =>
      length < 0 ? null : Buffer.from(cursor.bytes.subarray(start, start + length));
    const spans = [...cursor.headerSpans.subarray(0, cursor.headerCount * 4)];
    records.push({
      offset: cursor.offset,
      timestamp: cursor.timestamp,
      key: at(cursor.keyStart, cursor.keyLength),
      value: at(cursor.valueStart, cursor.valueLength),
      headers: Array.from({ length: cursor.headerCount }, (_, index) => {
        const [nameStart = 0, nameLength = 0, valueStart = 0, valueLength = 0] = spans.slice(index * 4);
        return [at(nameStart, nameLength), at(valueStart, valueLength)];
      }),
    });
  }
  return records;
}

test('null, empty and binary keys, values and headers come out as they went in', () => {
  const headers = [
    [Buffer.from('b'), Buffer.from('1')],
    [Buffer.from('a'), null],
    [Buffer.from('b'), Buffer.alloc(0)],
    [Buffer.from([0xff]), Buffer.from([0xfe])],
  ] as const;
  const records = [
    { key: null, value: null },
    { key: Buffer.alloc(0), value: Buffer.alloc(0), headers },
    { key: Buffer.from([0xff, 0]), value: Buffer.alloc(300_000, 7) },
  ];

  const seen = read({ baseOffset: 5n, records });

  expect(seen.map(({ offset }) => offset)).toEqual([5, 6, 7]);
  expect(seen.map(({ key }) => key)).toEqual(records.map(({ key }) => key));
  expect(seen.map(({ value }) => value?.length ?? null)).toEqual([null, 0, 300_000]);
  expect(seen[1]?.headers).toEqual(headers);
});

test('timestamps of -1, of 1970 and of today in one batch are exact, and so are int64 offsets', () => {
  const now = 1_795_430_000_000n;
  const deltas = [0n, 1n, now + 1n, 2n ** 62n];
  const baseOffset = 2n ** 60n;

  const seen = read({ baseOffset, baseTimestamp: -1n, records: deltas.map((timestampDelta) => ({ timestampDelta })) });

  expect(seen.map(({ timestamp }) => BigInt(timestamp))).toEqual([-1n, 0n, now, 2n ** 62n - 1n]);
  expect(seen.map(({ offset }) => BigInt(offset))).toEqual([0n, 1n, 2n, 3n].map((delta) => baseOffset + delta));
});

test('under log-append time every record carries the batch maximum', () => {
  const seen = read({ baseOffset: 0n, attributes: 0b1000, maxTimestamp: 99n, records: [{}, { timestampDelta: 5n }] });

  expect(seen.map(({ timestamp }) => timestamp)).toEqual([99, 99]);
});

test('a gzipped batch and one with holes are read', () => {
  const records = [
    { offsetDelta: 0, value: Buffer.from('a') },
    { offsetDelta: 7, value: Buffer.from('b') },
  ];

  const seen = read({ baseOffset: 10n, lastOffsetDelta: 9, isGzipped: true, records });

  expect(seen.map(({ offset }) => offset)).toEqual([10, 17]);
});

test('a changed byte is told by the CRC, a length that points outside by an error', () => {
  const bytes = encodeBatch({ baseOffset: 3n, records: [{ value: Buffer.from('wren') }] });
  const changed = Buffer.from(bytes);
  changed[61] = 0x7e;
  const cursor = new RecordCursor();

  cursor.open(only(changed));

  expect(crcMatches(only(bytes))).toBe(true);
  expect(crcMatches(only(changed))).toBe(false);
  expect(() => {
    while (cursor.next());
  }).toThrow(expect.objectContaining({ code: 'BATCH_DAMAGED' }));
});

test('a fetch that ends within a batch is cut behind the last whole one', () => {
  const first = encodeBatch({ baseOffset: 0n, lastOffsetDelta: 4, records: [{}, {}] });
  const second = encodeBatch({ baseOffset: 5n, records: [{}] });

  expect(wholeBatches(Buffer.concat([first, second.subarray(0, 40)]))).toEqual({ bytes: first, lastOffset: 4n });
  expect(wholeBatches(second.subarray(0, 60))).toBeNull();
});

test('aborted batches are told from committed ones by the list and the markers', () => {
  const transactional = 0b1_0000;
  const control = 0b11_0000;
  const marker = (type: number) => [{ key: Buffer.from([0, 0, 0, type]), value: Buffer.alloc(6) }];
  const log = [
    { baseOffset: 0n, producerId: 1n, attributes: transactional, records: [{}] },
    { baseOffset: 1n, producerId: 2n, attributes: transactional, records: [{}] },
    { baseOffset: 2n, records: [{}] },
    { baseOffset: 3n, producerId: 1n, attributes: control, records: marker(0) },
    { baseOffset: 4n, producerId: 2n, attributes: control, records: marker(1) },
    { baseOffset: 5n, producerId: 1n, attributes: transactional, records: [{}] },
  ];
  const filter = new TransactionFilter([{ producerId: '1', firstOffset: '0' }]);

  const kinds = log.map((batch) => filter.classify(only(encodeBatch(batch))));

  expect(kinds).toEqual(['aborted', 'records', 'records', 'control', 'control', 'records']);
});
