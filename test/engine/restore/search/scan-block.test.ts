import { expect, test } from 'vitest';
import { recordTest } from '../../../../electron/engine/restore/search/record-test';
import { matchesIn } from '../../../../electron/engine/restore/search/scan-block';
import { EVERY_RECORD, type RecordFilter } from '../../../../shared/model/search';

type Bytes = string | { readonly base64: string } | null;

function block(...records: { readonly key?: Bytes; readonly value?: Bytes; readonly timestamp?: number }[]): Buffer {
  const lines = records.map(({ key = null, value = null, timestamp = 1_000 }, index) =>
    JSON.stringify({ offset: index, timestamp, key, value, headers: [] }),
  );
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** offsets of what the filter takes */
function found(encoded: Buffer, filter: Partial<RecordFilter>): number[] {
  const matches = matchesIn(encoded, recordTest({ ...EVERY_RECORD, ...filter }), 0);
  for (const match of matches) {
    const { offset } = JSON.parse(match.encoded.toString()) as { offset: number };
    expect(offset).toBe(Number(match.line.offset));
  }
  return matches.map(({ line }) => Number(line.offset));
}

test.each([
  ['quotes "in" it', [0]],
  ['line\nfeed', [1]],
  ['\\', [2]],
  ['n', [0, 1, 3]],
  ['ü€😀', [4]],
  ['"key":"a"', [5]],
  ['nowhere', []],
])('the text %j is found where it stands in a value', (text, expected) => {
  const encoded = block(
    { value: 'quotes "in" it' },
    { value: 'a line\nfeed', key: 'ü€😀' },
    { value: 'C:\\' },
    { value: 'n' },
    { value: 'x ü€😀 y' },
    { value: '{"key":"a"}' },
    { value: null, key: 'nowhere' },
  );

  expect(found(encoded, { text })).toEqual(expected);
});

test('a text is found in bytes that are no text', () => {
  const base64 = Buffer.concat([Buffer.from([0xff]), Buffer.from('needle')]).toString('base64');

  expect(found(block({ value: 'x' }, { value: { base64 } }), { text: 'needle' })).toEqual([1]);
});

test.each([
  ['a', [0]],
  ['a*', [0, 1]],
  ['!a*', [2, 3, 4]],
  ['', [2]],
  ['a"b', [1]],
])('the key %j takes the keys it should', (key, expected) => {
  const value = '{"x":",\\"key\\":\\"a\\","}';
  const encoded = block(
    { key: 'a' },
    { key: 'a"b' },
    { key: '', value },
    { key: null },
    { key: 'ba', value: '"key":"a",' },
  );

  expect(found(encoded, { key })).toEqual(expected);
});

test('conditions look into values that are JSON', () => {
  const encoded = block({ value: '{"speed":12,"bus":{"id":"7"}}' }, { value: '{"speed":3}' }, { value: 'speed' });

  expect(found(encoded, { conditions: ['speed>=3'] })).toEqual([0, 1]);
  expect(found(encoded, { conditions: ['speed>=3', 'bus.id="7"'] })).toEqual([0]);
  expect(found(encoded, { conditions: ['!bus'] })).toEqual([1]);
});

test('offsets and times bound what is taken; a record without a time is in no range of time', () => {
  const encoded = block({ timestamp: 5 }, { timestamp: -1 }, { timestamp: 9 }, { timestamp: 10 });

  expect(found(encoded, { fromOffset: '1', untilOffset: '3' })).toEqual([1, 2]);
  expect(found(encoded, { fromTime: '-5', untilTime: '10' })).toEqual([0, 2]);
});

test('a corrupt batch is taken only where nothing is asked of the records', () => {
  const encoded = Buffer.from('{"offset":5,"lastOffset":9,"corrupt":{"base64":"AAAA"}}\n');

  expect(found(encoded, { fromOffset: '7' })).toEqual([5]);
  expect(found(encoded, { text: 'A' })).toEqual([]);
});

test('a malformed line is told', () => {
  expect(() => matchesIn(Buffer.from('{"needle"}\n'), recordTest({ ...EVERY_RECORD, text: 'needle' }), 3)).toThrow(
    expect.objectContaining({ code: 'ARCHIVE_DAMAGED', context: { block: 3 } }),
  );
});
