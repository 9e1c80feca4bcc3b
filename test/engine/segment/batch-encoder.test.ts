import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import { recordBatches, RecordCursor } from '../../../electron/engine/kafka/record-batch';
import { batchEncoder, type AddedRecords, type BatchEncoder } from '../../../electron/engine/segment/batch-encoder';
import { BlockBuffers } from '../../../electron/engine/segment/block-buffers';
import { BlockBuilder, type EncodedBlock } from '../../../electron/engine/segment/block-builder';
import { ReferenceEncoder } from '../../../electron/engine/segment/reference-encoder';
import { WasmEncoder } from '../../../electron/engine/segment/wasm-encoder';
import { encodeBatch, type TestBatch, type TestRecord } from '../kafka/batches';

const wasm = new WasmEncoder();
const reference = new ReferenceEncoder();

interface Outcome {
  readonly added: readonly AddedRecords[];
  readonly blocks: readonly (Omit<EncodedBlock, 'buffer'> & { readonly text: string })[];
  readonly error: string | null;
}

/** What an encoder makes of batches, one after the other, up to the first that it refuses. */
function outcomeOf(encoder: BatchEncoder, batches: readonly Buffer[], fromOffset: bigint, blockBytes: number): Outcome {
  const blocks: (Omit<EncodedBlock, 'buffer'> & { text: string })[] = [];
  const builder = new BlockBuilder(
    blockBytes,
    new BlockBuffers({ maxBytes: blockBytes + 1000, maxFreeBytes: 0, maxOpenBytes: 1e9 }),
    ({ buffer, ...block }) => blocks.push({ ...block, text: buffer.toString('latin1', 0, block.encodedBytes) }),
  );
  const added: AddedRecords[] = [];
  const cursor = new RecordCursor();
  let error: string | null = null;
  try {
    for (const batch of recordBatches(Buffer.concat(batches))) {
      cursor.open(batch);
      added.push(encoder.encode(cursor, fromOffset, builder));
    }
  } catch (thrown) {
    if (!(thrown instanceof PermafrostError)) throw thrown;
    error = `${thrown.code}: ${thrown.message}`;
  }
  builder.flush();
  return { added, blocks, error };
}

interface Choices {
  readonly fromOffset?: bigint;
  readonly blockBytes?: number;
  /** whether it is meant to go through WebAssembly */
  readonly isForWasm?: boolean;
}

/** @returns what both encoders make of the batches; fails the test when that is not the same */
function both(batches: readonly Buffer[], choices: Choices = {}): Outcome {
  const { fromOffset = 0n, blockBytes = 4096, isForWasm = true } = choices;
  const before = wasm.leftToReference;
  const outcome = outcomeOf(wasm, batches, fromOffset, blockBytes);
  expect(outcome).toEqual(outcomeOf(reference, batches, fromOffset, blockBytes));
  if (outcome.error === null) expect(wasm.leftToReference > before).toBe(!isForWasm);
  return outcome;
}

function linesOf(records: readonly TestRecord[], batch: Partial<TestBatch> = {}, choices: Choices = {}): string[] {
  const { blocks, error } = both([encodeBatch({ baseOffset: 0n, ...batch, records })], choices);
  expect(error).toBeNull();
  const text = Buffer.from(blocks.map((block) => block.text).join(''), 'latin1').toString();
  return text.split('\n').slice(0, -1);
}

/** The value of each line, as it stands there. */
function valuesOf(values: readonly Buffer[]): string[] {
  const lines = linesOf(values.map((value) => ({ value })));
  return lines.map((line) => line.slice(line.indexOf('"value":') + '"value":'.length, line.indexOf(',"headers":[')));
}

const text = (value: string) => Buffer.from(value);
const hex = (value: string) => Buffer.from(value, 'hex');

test('the encoder of a thread is the one in WebAssembly', () => {
  expect(batchEncoder()).toBeInstanceOf(WasmEncoder);
  expect(batchEncoder().heldBytes).toBe(67 * 65_536);
});

describe('both encoders write the same', () => {
  test('null, empty and filled keys, values, header names and values; headers in order, with duplicates', () => {
    const headers = [
      [text('b'), text('1')],
      [text('10'), null],
      [text('2'), text('')],
      [text(''), text('x')],
      [text('b'), hex('ff')],
      [hex('c0'), text('1')],
    ] as const;

    const lines = linesOf([{}, { key: text(''), value: text('') }, { key: text('k'), value: text('v'), headers }]);

    expect(lines).toEqual([
      '{"offset":0,"timestamp":0,"key":null,"value":null,"headers":[]}',
      '{"offset":1,"timestamp":0,"key":"","value":"","headers":[]}',
      '{"offset":2,"timestamp":0,"key":"k","value":"v","headers":' +
        '[["b","1"],["10",null],["2",""],["","x"],["b",{"base64":"/w=="}],[{"base64":"wA=="},"1"]]}',
    ]);
  });

  test('every escape at every place in a text, as JSON.stringify does', () => {
    const escaped = [...Array(0x80).keys()].map((code) => String.fromCharCode(code)).concat('\u2028', 'ä', '€', '😀');
    const texts = escaped.flatMap((character) =>
      [0, 1, 14, 15, 16, 17, 31, 32, 40].map((before) => 'x'.repeat(before) + character + 'y'.repeat(40 - before)),
    );

    expect(valuesOf(texts.map(text))).toEqual(texts.map((value) => JSON.stringify(value)));
  });

  test('texts of all lengths, with nothing and with everything to escape', () => {
    const texts = [...Array(70).keys()].flatMap((length) =>
      ['a', '"', '\\', '\n', '\u0001', '\u007f'].map((character) => character.repeat(length)),
    );

    expect(valuesOf(texts.map(text))).toEqual(texts.map((value) => JSON.stringify(value)));
  });

  test.each([
    ['a lone continuation', '80'],
    ['an overlong slash', 'c0af'],
    ['an overlong slash of three bytes', 'e080af'],
    ['an overlong slash of four bytes', 'f08080af'],
    ['the highest overlong of three bytes', 'e09fbf'],
    ['the highest overlong of four bytes', 'f08fbfbf'],
    ['the first surrogate', 'eda080'],
    ['the last surrogate', 'edbfbf'],
    ['a surrogate pair', 'eda0bdedb880'],
    ['beyond U+10FFFF', 'f4908080'],
    ['a lead byte that is none', 'f5808080'],
    ['five bytes', 'f888808080'],
    ['ff', 'ff'],
    ['a character of two bytes without its last', 'c3'],
    ['a character of three bytes without its last', 'e282'],
    ['a character of four bytes without its last', 'f09f98'],
    ['a character that another one interrupts', 'e282c3a4'],
  ])('%s as base64, wherever it stands', (_, bytes) => {
    const values = [0, 1, 13, 15, 16, 30, 33].flatMap((before) =>
      ['', 'y', 'y'.repeat(20), 'ä'.repeat(20)].map((after) =>
        Buffer.concat([text('x'.repeat(before)), hex(bytes), text(after)]),
      ),
    );

    expect(valuesOf(values)).toEqual(values.map((value) => `{"base64":"${value.toString('base64')}"}`));
  });

  test('the first and last character of every length of UTF-8 as text', () => {
    const codes = [0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff, 0x10ffff];
    const texts = codes.flatMap((code) =>
      [0, 1, 13, 14, 15, 16].map((before) => 'x'.repeat(before) + String.fromCodePoint(code) + 'y'.repeat(before)),
    );

    expect(valuesOf(texts.map(text))).toEqual(texts.map((value) => JSON.stringify(value)));
  });

  test('timestamps of -1, of 1970 and of today, and the extremes of int64', () => {
    const highest = 2n ** 63n - 1n;
    const wanted = [-1n, 0n, 1n, 1_795_430_000_000n, highest, -(2n ** 63n), -2n, 99_999_999n, 100_000_000n, 10n ** 16n];

    const lines = linesOf(
      wanted.map((timestamp) => ({ timestampDelta: BigInt.asIntN(64, timestamp - 5n) })),
      { baseTimestamp: 5n, baseOffset: highest - 10n },
    );

    expect(lines.map((line) => /^\{"offset":(\d+),"timestamp":(-?\d+),/.exec(line)?.slice(1))).toEqual(
      wanted.map((timestamp, index) => [String(highest - 10n + BigInt(index)), String(timestamp)]),
    );
  });

  test('integers of every number of digits', () => {
    const powers = [...Array(19).keys()].flatMap((digits) => [10n ** BigInt(digits) - 1n, 10n ** BigInt(digits)]);
    const wanted = powers.flatMap((power) => [power, -power]);

    const lines = linesOf(wanted.map((timestampDelta) => ({ timestampDelta })));

    expect(lines.map((line) => /"timestamp":(-?\d+),/.exec(line)?.[1])).toEqual(wanted.map(String));
  });

  test('log-append time: the highest timestamp of the batch in every record', () => {
    const records = [{ timestampDelta: 1n }, { timestampDelta: 2n }];

    const lines = linesOf(records, { attributes: 0b1000, baseTimestamp: 5n, maxTimestamp: 77n });

    expect(lines.map((line) => line.includes('"timestamp":77,'))).toEqual([true, true]);
  });

  test('a batch with holes that is cut in at its front', () => {
    const records = [0, 3, 4, 9].map((offsetDelta) => ({ offsetDelta, value: text('v') }));
    const batch = encodeBatch({ baseOffset: 100n, lastOffsetDelta: 12, records });

    const { blocks, added } = both([batch], { fromOffset: 104n });

    expect(blocks.map(({ firstOffset, records }) => [firstOffset, records])).toEqual([[104n, 2]]);
    expect(added).toEqual([{ records: 2, rawBytes: 2, lastOffset: 109n }]);
    expect(both([batch], { fromOffset: 110n })).toMatchObject({
      blocks: [],
      added: [{ records: 0, lastOffset: null }],
    });
  });

  test('a batch without records', () => {
    const empty = encodeBatch({ baseOffset: 7n, lastOffsetDelta: 3, records: [] });

    expect(both([empty])).toEqual({ added: [{ records: 0, rawBytes: 0, lastOffset: null }], blocks: [], error: null });
  });

  test('blocks with their counts and timestamps, over several batches', () => {
    const batches = [0n, 40n, 80n].map((baseOffset) =>
      encodeBatch({
        baseOffset,
        baseTimestamp: -1n,
        records: [...Array(40).keys()].map((index) => ({
          timestampDelta: BigInt((index * 7) % 5),
          value: text('v'.repeat((index * 31) % 300)),
        })),
      }),
    );

    for (const blockBytes of [1, 100, 1000, 1234, 100_000]) {
      const { blocks } = both(batches, { blockBytes });
      expect(blocks.reduce((sum, { records }) => sum + records, 0)).toBe(120);
    }
  });

  test('thousands of headers in one record', () => {
    const headers = [...Array(5000).keys()].map((index) => [text(String(index)), hex('ff')] as const);

    const [line = ''] = linesOf([{ headers }], {}, { blockBytes: 1_000_000 });

    expect((JSON.parse(line) as { headers: unknown[] }).headers).toHaveLength(5000);
  });
});

describe('more than goes through the memory of WebAssembly at once', () => {
  const bytes = (count: number, byte: string) => Buffer.alloc(count, byte);
  const small = { key: text('small'), value: text('v') };
  const times = (count: number, record: TestRecord) => Array<TestRecord>(count).fill(record);

  test.each([
    ['lines that are longer together', times(60, { value: bytes(200_000, 'x') }), true],
    ['lines that are much longer than their records', times(40, { value: bytes(50_000, '\u0001') }), true],
    [
      'large values between small ones',
      [small, { value: bytes(5e6, 'ab"c') }, small, { value: bytes(5e6, '\n') }],
      true,
    ],
    ['a large value alone', times(1, { value: bytes(12e6, 'ff') }), true],
    ['a record with very many headers', [small, { headers: Array(90_000).fill([text(''), null]) }, small], true],
    ['a batch that is larger altogether', [small, { value: bytes(18e6, 'ab"c') }, small], false],
  ] as [string, TestRecord[], boolean][])('%s', (_, records, isForWasm) => {
    const batch = encodeBatch({ baseOffset: 5n, records });

    const whole = both([batch], { blockBytes: 1024 * 1024, isForWasm });
    const cutIn = both([batch], { blockBytes: 1024 * 1024, fromOffset: 6n, isForWasm });

    expect([whole, cutIn].map(({ added }) => added[0]?.records)).toEqual([records.length, records.length - 1]);
  });

  test('leaves nothing behind when the damage lies beyond what went through', () => {
    const whole = encodeBatch({ baseOffset: 10n, records: times(60, { value: bytes(200_000, 'x') }) });
    const withHeaders = Buffer.from(whole);
    withHeaders.writeUInt8(2, whole.length - 1); // the last record says that it has a header

    const refused = { added: [], blocks: [], error: expect.stringContaining('BATCH_DAMAGED') as string };
    expect(both([withHeaders])).toEqual(refused);
    expect(both([withRecords(60, whole.subarray(61, -100_000))])).toEqual(refused);
    expect(both([withRecords(59, whole.subarray(61))])).toEqual(refused);
    expect(both([withRecords(60, whole.subarray(61))]).error).toBeNull();
  });
});

/** A batch whose records are these bytes. */
function withRecords(count: number, records: Buffer): Buffer {
  const head = encodeBatch({ baseOffset: 10n, lastOffsetDelta: 59, records: [] });
  head.writeInt32BE(count, 57);
  const bytes = Buffer.concat([head, records]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  return bytes;
}

describe('a batch whose structure does not hold', () => {
  const good = (baseOffset: bigint) => encodeBatch({ baseOffset, records: [{ value: text('good') }] });
  const record = (...bytes: number[]) => Buffer.from([bytes.length * 2, ...bytes]);
  const plain = record(0, 0, 0, 1, 1, 0);

  test.each([
    ['a record that is longer than the batch', 1, Buffer.from([100, 0, 0, 0, 1, 1, 0])],
    ['a negative length', 1, Buffer.from([1, 0, 0, 0, 1, 1, 0])],
    ['a key that reaches out of its record', 2, Buffer.concat([record(0, 0, 0, 40, 1, 0), Buffer.alloc(40)])],
    ['a value that reaches out of its record', 1, record(0, 0, 0, 1, 40, 0)],
    ['a header that reaches out of its record', 1, record(0, 0, 0, 1, 1, 2, 40, 1)],
    ['a header without a name', 1, record(0, 0, 0, 1, 1, 2, 1, 1)],
    ['a negative number of headers', 1, record(0, 0, 0, 1, 1, 1)],
    ['more headers than bytes', 1, record(0, 0, 0, 1, 1, 0x80, 0x80, 0x04)],
    ['bytes left in a record', 1, record(0, 0, 0, 1, 1, 0, 0)],
    ['bytes left behind the last record', 1, Buffer.concat([plain, Buffer.from([0])])],
    ['fewer records than it says', 2, plain],
    ['a negative number of records', -1, plain],
    ['the same offset twice', 2, Buffer.concat([plain, plain])],
    ['an offset below the batch', 1, record(0, 0, 1, 1, 1, 0)],
    ['an offset behind the batch', 1, record(0, 0, 120, 1, 1, 0)],
    ['an integer that does not end', 1, record(0, 0, 0, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 1, 0)],
    ['a long integer that does not end', 1, record(0, ...Array<number>(11).fill(0x80), 0, 0, 1, 1, 0)],
    ['a record that ends within its integers', 1, record(0, 0x80)],
    ['an empty record', 1, record()],
  ])('leaves nothing behind: %s', (_, count, records) => {
    const damaged = withRecords(count, Buffer.concat([records]));

    const outcome = both([good(0n), damaged, good(20n)]);

    expect(outcome).toMatchObject({ added: [{ records: 1 }], blocks: [{ records: 1 }] });
    expect(outcome.error).toMatch(/^BATCH_DAMAGED: .*at offset 10 /);
  });

  test('leaves nothing behind when blocks were full before the damage', () => {
    const whole = encodeBatch({
      baseOffset: 10n,
      records: Array<TestRecord>(50).fill({ value: text('v'.repeat(90)) }),
    });
    const damaged = withRecords(50, whole.subarray(61, -1));

    expect(both([good(0n), damaged], { blockBytes: 500 })).toMatchObject({ blocks: [{ records: 1 }] });
  });
});

const bytes = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }).map(text),
  fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u0000', 'é', '€', '😀'), maxLength: 80 }).map(text),
  fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
);
const nullable = fc.option(bytes, { freq: 5 });
const arbitraryRecord = fc.record({
  key: nullable,
  value: nullable,
  headers: fc.array(fc.tuple(bytes, nullable), { maxLength: 4 }),
  timestampDelta: fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-3n, 3n)),
  hole: fc.nat(3),
});
const arbitraryBatch = fc
  .record({
    baseOffset: fc.oneof(fc.bigInt(0n, 100n), fc.bigInt(0n, 2n ** 63n - 1000n)),
    baseTimestamp: fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
    maxTimestamp: fc.bigInt(-2n, 2n ** 63n - 1n),
    attributes: fc.constantFrom(0, 0b1000),
    records: fc.array(arbitraryRecord, { maxLength: 12 }),
  })
  .map(({ records, ...batch }) => {
    let offsetDelta = -1;
    const placed = records.map(({ hole, ...record }) => ({ ...record, offsetDelta: (offsetDelta += 1 + hole) }));
    return encodeBatch({ ...batch, records: placed, lastOffsetDelta: offsetDelta + 2 });
  });

test('any batch, into blocks of any size and from any offset, is encoded alike', () => {
  fc.assert(
    fc.property(arbitraryBatch, fc.nat(20), fc.integer({ min: 1, max: 2000 }), (batch, skipped, blockBytes) => {
      const fromOffset = batch.readBigInt64BE(0) + BigInt(skipped);
      expect(both([batch], { fromOffset, blockBytes }).error).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('any bytes changed within the records have the same outcome, and nothing of a refused batch stays', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(arbitraryBatch, changes, (batch, changed) => {
      const records = batch.subarray(61);
      for (const [at, byte] of changed) if (records.length > 0) records[at % records.length] = byte;
      const { error, blocks } = both([batch]);
      if (error !== null) expect(blocks).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
