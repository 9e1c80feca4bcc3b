/** Lines become records of batches, in WebAssembly and in the reference alike, and say what the lines said. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealBatch } from '../../../electron/engine/kafka/outgoing-batch';
import { crcMatches, RecordCursor, recordBatches } from '../../../electron/engine/kafka/record-batch';
import {
  corruptBound,
  encodeCorrupt,
  encodeRecord,
  LineError,
  recordBound,
} from '../../../electron/engine/segment/lines';
import type { RecordRun, RunTerms, TranslatedBlock } from '../../../electron/engine/segment/record-runs';
import { ReferenceTranslator } from '../../../electron/engine/segment/reference-translator';
import { WasmTranslator } from '../../../electron/engine/segment/wasm-translator';
import { viewOf, type SampleRecord } from './support';

const reference = new ReferenceTranslator();
const TERMS = { maxBatchBytes: 1_000_000 };

function lineOf(record: SampleRecord): Buffer {
  const view = viewOf(record);
  const target = Buffer.alloc(recordBound(view));
  return target.subarray(0, encodeRecord(view, target, 0));
}

function blockOf(records: readonly SampleRecord[]): Buffer {
  return Buffer.concat(records.map(lineOf));
}

/** Bytes in base64: an assertion that looks at each byte of megabytes takes minutes. */
interface ReadRecord {
  readonly timestamp: bigint;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string | null, string | null])[];
}

/** What a Kafka consumer reads from a run: its records with their places as offsets. */
function read(run: RecordRun): ReadRecord[] {
  const bytes = sealBatch({ ...run, compression: 'none' }, { producerId: 7n, producerEpoch: 1, sequence: 0 });
  const [batch] = [...recordBatches(Buffer.from(bytes))];
  expect(batch).toMatchObject({ count: run.records, isTransactional: true, lastOffset: BigInt(run.records - 1) });
  expect(crcMatches(batch!)).toBe(true);
  const cursor = new RecordCursor();
  cursor.open(batch!);
  const part = (start: number, length: number): string | null =>
    length < 0 ? null : cursor.bytes.toString('base64', start, start + length);
  const found: ReadRecord[] = [];
  while (cursor.next()) {
    expect(cursor.offset).toBe(found.length);
    found.push({
      timestamp: BigInt(cursor.timestamp),
      key: part(cursor.keyStart, cursor.keyLength),
      value: part(cursor.valueStart, cursor.valueLength),
      headers: Array.from({ length: cursor.headerCount }, (_, index) => {
        const spans = cursor.headerSpans.subarray(index * 4, index * 4 + 4);
        return [part(spans[0]!, spans[1]!), part(spans[2]!, spans[3]!)] as const;
      }),
    });
  }
  return found;
}

function contentOf({ timestamp = 0, key = null, value = null, headers = [] }: SampleRecord): unknown {
  const bytes = (part: Buffer | string | null): string | null =>
    part === null ? null : Buffer.from(part as string).toString('base64');
  return {
    timestamp: BigInt(timestamp),
    key: bytes(key),
    value: bytes(value),
    headers: headers.map(([name, content]) => [bytes(name), bytes(content)]),
  };
}

function comparable({ facts, runs }: TranslatedBlock): unknown {
  return { facts, runs: runs.map(({ bytes, ...run }) => ({ ...run, bytes: bytes.toString('base64') })) };
}

/** Both translate alike, and a consumer finds the records again. @returns the runs, and whether WebAssembly made them */
function roundTrip(
  records: readonly SampleRecord[],
  terms: RunTerms = TERMS,
): { runs: readonly RecordRun[]; isWasm: boolean } {
  const block = blockOf(records);
  const wasm = new WasmTranslator();

  const translated = wasm.translate(block, terms);

  expect(comparable(translated)).toEqual(comparable(reference.translate(block, terms)));
  expect(new WasmTranslator().facts(block)).toEqual(translated.facts);
  const found = translated.runs.flatMap((run) => read(run));
  expect(found).toEqual(records.map(contentOf));
  return { runs: translated.runs, isWasm: wasm.leftToReference === 0 };
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    '',
    '\uFEFF',
    '\u2028"\\\u0000\u001f\b\t\n\f\r\u007f',
    '{"base64":"AA=="}',
    'Zürich \u{1F68C}',
    '"'.repeat(70),
  ),
);
const bytes = fc.oneof(
  text.map((string) => Buffer.from(string)),
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
);
const nullable = fc.option(bytes, { freq: 5 });
const sample = fc
  .array(
    fc.record({
      hole: fc.oneof({ weight: 5, arbitrary: fc.constant(0n) }, fc.bigInt({ min: 1n, max: 1_000n })),
      timestamp: fc.oneof(
        fc.constantFrom(-1n, 0n, 1_671_494_400_000n, 1_671_494_400_000n + 2n ** 31n),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      ),
      key: nullable,
      value: nullable,
      headers: fc.array(fc.tuple(bytes, nullable), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .chain((contents) => fc.tuple(fc.constantFrom(0n, 100n, 2n ** 63n - 100_000n), fc.constant(contents)))
  .map(([firstOffset, contents]) => {
    let next = firstOffset;
    return contents.map(({ hole, ...content }) => {
      const offset = next + hole;
      next = offset + 1n;
      return { ...content, offset };
    });
  });

test('any records come through, in batches of any size', () => {
  fc.assert(
    fc.property(sample, fc.integer({ min: 62, max: 2_000 }), fc.nat({ max: 20 }), (records, maxBatchBytes, limit) => {
      const { runs } = roundTrip(records, { maxBatchBytes, ...(limit === 0 ? {} : { maxBatchRecords: limit }) });
      for (const run of runs) expect(run.records).toBeLessThanOrEqual(limit === 0 ? Infinity : limit);
      for (const run of runs) if (run.records > 1) expect(run.bytes.length).toBeLessThanOrEqual(maxBatchBytes);
    }),
    { numRuns: 300 },
  );
});

test('usual records are translated in WebAssembly, with nulls, duplicate headers and bytes that are no text', () => {
  const { isWasm, runs } = roundTrip([
    { offset: 5, timestamp: -1, key: null, value: '' },
    { offset: 6, timestamp: 1_671_494_400_000, key: Buffer.from([0xff, 0xfe]), value: Buffer.from([0x80]) },
    {
      offset: 9,
      timestamp: 1,
      key: '',
      value: '{"a":"b\\n"}',
      headers: [
        ['h', 'ä'],
        ['h', null],
        ['g', ''],
        ['h', '1'],
      ],
    },
    { offset: 10, timestamp: 2, key: 'k'.repeat(200), value: 'v"'.repeat(9_000) },
  ]);

  expect(isWasm).toBe(true);
  expect(runs.map(({ firstOffset, lastOffset, records }) => [firstOffset, lastOffset, records])).toEqual([
    [5n, 5n, 1],
    [6n, 6n, 1],
    [9n, 10n, 2],
  ]);
});

test('a timestamp that is further from the first than 31 bits begins a batch', () => {
  const { runs } = roundTrip([
    { offset: 0, timestamp: 0 },
    { offset: 1, timestamp: 2 ** 31 - 1 },
    { offset: 2, timestamp: 2 ** 31 },
    { offset: 3, timestamp: 0 },
  ]);

  expect(runs.map(({ records, baseTimestamp, maxTimestamp }) => [records, baseTimestamp, maxTimestamp])).toEqual([
    [2, 0n, 2n ** 31n - 1n],
    [1, 2n ** 31n, 2n ** 31n],
    [1, 0n, 0n],
  ]);
});

test('a value of 10 MB comes through as the reference takes it', () => {
  const { isWasm } = roundTrip([
    { offset: 0, value: Buffer.alloc(10_000_000, 'ab"') },
    { offset: 1, value: 'small' },
  ]);

  expect(isWasm).toBe(false);
});

test('what lines must not hold is refused as the reference refuses it', () => {
  const line = lineOf({
    offset: 1,
    timestamp: 5,
    key: 'k',
    value: '\u0001"',
    headers: [['h', Buffer.from([0xff])]],
  }).toString();
  const bad = [
    line.slice(0, -1),
    line.replace('"offset":1', '"offset":01'),
    line.replace('"timestamp":5', '"timestamp":-0'),
    line.replace('\\u0001', '\\u000a'),
    line.replace('\\u0001', '\\u0041'),
    line.replace('\\u0001', '\\u001F'),
    line.replace('\\u0001', '\\/'),
    line.replace('\\u0001', '\u0001'),
    line.replace('/w==', '/x=='),
    line.replace('/w==', 'QQ=='),
    line.replace('/w==', '/w='),
    line.replace('"key":"k"', '"key": "k"'),
    line.replace('"h"', 'null'),
    line.replace(']]}', ']}'),
    line + line,
    `${line} `,
    `${line}\n`,
  ];

  for (const text of bad) {
    expect(() => new WasmTranslator().translate(Buffer.from(text), TERMS), text).toThrow(LineError);
    expect(() => new WasmTranslator().facts(Buffer.from(text)), text).toThrow(LineError);
  }
});

test('any byte that changes is refused or read as the reference reads it', () => {
  const block = blockOf([
    { offset: 1, timestamp: 5, key: 'key', value: '{"a":"\u0001"}', headers: [['h', Buffer.from([0xff, 1, 2])]] },
    { offset: 2, timestamp: 6, key: null, value: Buffer.from([0x80]) },
  ]);
  const outcome = (translate: () => unknown): unknown => {
    try {
      return translate();
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  const wasm = new WasmTranslator();

  fc.assert(
    fc.property(fc.integer({ min: 0, max: block.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const changed = Buffer.from(block);
      changed[at] = byte;
      expect(outcome(() => comparable(wasm.translate(changed, TERMS)))).toEqual(
        outcome(() => comparable(reference.translate(changed, TERMS))),
      );
    }),
    { numRuns: 3_000 },
  );
});

test('corrupt batches are told and not restored', () => {
  const corrupt = { offset: 3n, lastOffset: 5n, bytes: Buffer.from('broken') };
  const target = Buffer.alloc(corruptBound(corrupt.bytes));
  const line = target.subarray(0, encodeCorrupt(corrupt, target, 0));
  const block = Buffer.concat([lineOf({ offset: 1 }), line, lineOf({ offset: 7 })]);

  const { facts, runs } = new WasmTranslator().translate(block, TERMS);

  expect(facts).toMatchObject({
    firstOffset: 1n,
    lastOffset: 7n,
    records: 2,
    corrupt: [{ kind: 'corrupt', ...corrupt }],
  });
  expect(runs.flatMap(read)).toHaveLength(2);
});

test('a choice takes some records, and a cut makes the first one at or after it the first of a batch', () => {
  const block = blockOf([1, 2, 5, 8, 9].map((offset) => ({ offset, value: `${offset}` })));

  const { runs } = new WasmTranslator().translate(block, {
    ...TERMS,
    keep: ({ offset }) => offset !== 2n,
    cuts: [0n, 2n, 3n, 9n, 20n],
  });

  expect(runs.map(({ firstOffset, lastOffset, records }) => [firstOffset, lastOffset, records])).toEqual([
    [1n, 1n, 1],
    [5n, 8n, 2],
    [9n, 9n, 1],
  ]);
});
