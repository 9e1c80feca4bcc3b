import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parsePath, pathText, type JsonPath } from '../../../shared/model/json-path';
import { viewOf } from '../segment/support';
import { reduced, reducerOf, valueOf } from './support';

test.each([
  ['{"a":1,"b":2,"c":3}', '{"a":1}', '{"b":2,"c":3}'],
  ['{"b":2,"a":1}', '{"a":1}', '{"b":2}'],
  ['{ "b" : 2 , "a" : 1 , "c" : 3 }', '{ "a" : 1 }', '{ "b" : 2 , "c" : 3 }'],
  ['{"a":1}', '{"a":1}', '{}'],
  ['{"b":1}', '{}', '{"b":1}'],
  ['{}', '{}', '{}'],
  ['{"\\u0061":1,"b":2}', '{"\\u0061":1}', '{"b":2}'],
  ['{"a":1,"b":2,"a":3}', '{"a":1,"a":3}', '{"b":2}'],
  ['{"a":9007199254740993,"b":1.0}', '{"a":9007199254740993}', '{"b":1.0}'],
  ['{"b":-0.0e-7,"a":1E400}', '{"a":1E400}', '{"b":-0.0e-7}'],
  ['{"a":{"b":[1,{"c":"}]"}]},"d":null}', '{"a":{"b":[1,{"c":"}]"}]}}', '{"d":null}'],
  ['{"b":"\\"a\\":1","a":"\\\\"}', '{"a":"\\\\"}', '{"b":"\\"a\\":1"}'],
  ['[{"a":1}]', '[]', '[{"a":1}]'],
  ['5', '5', '5'],
  ['"a"', '"a"', '"a"'],
  ['\n{"a":1,"b":2}\r\n', '\n{"a":1}\r\n', '\n{"b":2}\r\n'],
])('of %s, keeping a leaves %s, dropping it %s', (value, kept, rest) => {
  expect(reduced({ keepFields: ['a'] }, value)).toBe(kept);
  expect(reduced({ dropFields: ['a'] }, value)).toBe(rest);
});

test.each([
  ['keepFields', ['a.b'], '{"a":{"b":1,"c":2},"d":3}', '{"a":{"b":1}}'],
  ['keepFields', ['a.b'], '{"a":{"c":2}}', '{"a":{}}'],
  ['keepFields', ['a.b'], '{"a":5,"d":3}', '{}'],
  ['keepFields', ['a.b', 'a'], '{"a":{"c":2},"d":3}', '{"a":{"c":2}}'],
  ['keepFields', ['a[1]'], '{"a":[1,2,3]}', '{"a":[2]}'],
  ['keepFields', ['a[*].x'], '{"a":[{"x":1,"y":2},5,{"y":3}],"b":[]}', '{"a":[{"x":1},{}]}'],
  ['keepFields', ['a[*].x', 'a[1].y'], '{"a":[{"x":1,"y":2},{"x":3,"y":4}]}', '{"a":[{"x":1},{"x":3,"y":4}]}'],
  ['keepFields', ['[0]'], '[1,2]', '[1]'],
  ['keepFields', ['["a.b"]'], '{"a":{"b":1},"a.b":2}', '{"a.b":2}'],
  ['dropFields', ['a.b'], '{"a":{"b":1,"c":2},"d":3}', '{"a":{"c":2},"d":3}'],
  ['dropFields', ['a.b'], '{"a":{"b":1},"d":3}', '{"a":{},"d":3}'],
  ['dropFields', ['a[0]', 'a[2]'], '{"a":[1,2,3,4]}', '{"a":[2,4]}'],
  ['dropFields', ['a[*]'], '{"a":[1,2]}', '{"a":[]}'],
  ['dropFields', ['0'], '[1,{"0":2}]', '[1,{"0":2}]'],
  ['dropFields', ['a', 'c'], '{"a":1,"b":2,"c":3,"d":4}', '{"b":2,"d":4}'],
] as const)('%s %j makes of %s %s', (how, paths, value, expected) => {
  expect(reduced({ [how]: [...paths] }, value)).toBe(expected);
});

test('what is dropped is taken out of what is kept', () => {
  const rule = { keepFields: ['position'], dropFields: ['position.raw'] };
  expect(reduced(rule, '{"id":1,"position":{"lat":1.50,"raw":"..."}}')).toBe('{"position":{"lat":1.50}}');
});

test('key, headers, offset and time of a record that is cut stay as they were', () => {
  const key = Buffer.from([0xff, 0x00, 0x80]);
  const headers = [
    [Buffer.from([0xfe]), null],
    ['a', ''],
    ['a', 'twice'],
  ] as const;
  const given = viewOf({ offset: 2n ** 60n, timestamp: -1, key, value: '{"a":1,"b":2}', headers });
  const kept = reducerOf({ dropFields: ['a'] }).take(given)!;
  const part = (start: number, length: number) => (length < 0 ? null : kept.bytes.subarray(start, start + length));
  expect(kept).toMatchObject({ offset: 2n ** 60n, timestamp: -1, headerCount: 3 });
  expect(part(kept.keyStart, kept.keyLength)).toEqual(key);
  expect(valueOf(kept)).toBe('{"b":2}');
  const spans = Array.from({ length: 6 }, (_, index) =>
    part(kept.headerSpans[index * 2]!, kept.headerSpans[index * 2 + 1]!),
  );
  expect(spans.map((bytes) => bytes?.toString('latin1') ?? null)).toEqual(['\xfe', null, 'a', '', 'a', 'twice']);
});

test('a value larger than its buffer is cut, and the next smaller one, too', () => {
  const reducer = reducerOf({ dropFields: ['a'] });
  const long = 'x'.repeat(1_000_000);
  expect(valueOf(reducer.take(viewOf({ offset: 0, value: `{"a":1,"b":"${long}"}` }))!)).toBe(`{"b":"${long}"}`);
  expect(valueOf(reducer.take(viewOf({ offset: 1, value: '{"a":1,"b":2}' }))!)).toBe('{"b":2}');
  expect(reducer.heldBytes).toBeLessThan(10_000);
});

test.each([
  null,
  '',
  ' ',
  'plain text',
  '{"a":1',
  '{"a":1}}',
  '{"a":1,}',
  '{a:1}',
  "{'a':1}",
  '{"a":01}',
  '{"a":.5}',
  '{"a":1.}',
  '{"a":+1}',
  '{"a":1e}',
  '{"a":NaN}',
  '{"a":tru}',
  '{"a" 1}',
  '{"a":"\n"}',
  '{"a":"\\x"}',
  '{"a":"\\u12"}',
  '[1 2]',
  '[1,]',
  '\u{feff}{"a":1}',
  '{"a":1}{"a":2}',
  '{"a":"\\ud83d"',
  Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
])('%j is not JSON: it is kept as it is, and counted', (value) => {
  const reducer = reducerOf({ keepFields: ['b'], filter: ['b>5'] });
  const view = viewOf({ offset: 0, value });
  expect(reducer.take(view)).toBe(view);
  expect(reducer.counts).toMatchObject({ seen: 1, notJson: 1, cutBytes: 0, filtered: 0 });
});

test('nesting has no limit', () => {
  const deep = `${'['.repeat(200_000)}1${']'.repeat(200_000)}`;
  expect(reduced({ dropFields: ['a'] }, `{"a":1,"b":${deep}}`)).toBe(`{"b":${deep}}`);
  expect(reducerOf({ dropFields: ['a'] }).take(viewOf({ offset: 0, value: deep.slice(0, -1) }))).not.toBeNull();
});

test('what was cut is counted in bytes', () => {
  const reducer = reducerOf({ dropFields: ['a'] });
  reducer.take(viewOf({ offset: 0, value: '{"a":1,"b":2}' }));
  reducer.take(viewOf({ offset: 1, value: '{"b":2}' }));
  expect(reducer.counts).toMatchObject({ seen: 2, cutBytes: '"a":1,'.length, notJson: 0 });
});

const names = ['a', 'b', 'c d', 'é', 'x.y', ''] as const;
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
  ),
})).value as fc.Arbitrary<unknown>;
const step = fc.oneof(
  fc.constantFrom(...names).map((name) => ({ kind: 'member', name }) as const),
  fc.integer({ min: 0, max: 3 }).map((index) => ({ kind: 'element', index }) as const),
  fc.constant({ kind: 'every-element' } as const),
);
const paths: fc.Arbitrary<JsonPath[]> = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 3 });

/** The slow and obvious way, on parsed values. */
function model(value: unknown, at: JsonPath, keep: readonly JsonPath[], drop: readonly JsonPath[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isThere = (place: JsonPath, child: unknown): boolean => {
    if (drop.some((path) => fits(path, place) && path.length === place.length)) return false;
    if (
      keep.length === 0 ||
      keep.some((path) => path.length <= place.length && fits(path, place.slice(0, path.length)))
    )
      return true;
    return (
      typeof child === 'object' &&
      child !== null &&
      keep.some((path) => path.length > place.length && fits(path.slice(0, place.length), place))
    );
  };
  const entries = Array.isArray(value)
    ? value.map((child, index) => [{ kind: 'element', index } as const, child as unknown] as const)
    : Object.entries(value).map(([name, child]) => [{ kind: 'member', name } as const, child as unknown] as const);
  const left = entries
    .filter(([last, child]) => isThere([...at, last], child))
    .map(([last, child]) => [last, model(child, [...at, last], keep, drop)] as const);
  if (Array.isArray(value)) return left.map(([, child]) => child);
  return Object.fromEntries(left.map(([last, child]) => [last.kind === 'member' ? last.name : '', child]));
}

function fits(path: JsonPath, place: JsonPath): boolean {
  return path.every((each, index) => {
    const here = place[index];
    if (each.kind === 'every-element') return here?.kind === 'element';
    return JSON.stringify(each) === JSON.stringify(here);
  });
}

describe('on any value', () => {
  it('cutting the text does what cutting the parsed value would do', () => {
    fc.assert(
      fc.property(json, paths, paths, fc.constantFrom(undefined, 1, '\t'), (value, keep, drop, indent) => {
        const rule = { keepFields: keep.map(pathText), dropFields: drop.map(pathText) };
        const text = JSON.stringify(value, null, indent);
        const left = reduced(rule, text);
        expect(JSON.parse(left!)).toEqual(model(JSON.parse(text), [], keep, drop));
        expect(keep.map((path) => parsePath(pathText(path)))).toEqual(keep);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes for JSON what JSON.parse takes, also of broken texts', () => {
    fc.assert(
      fc.property(
        json,
        fc.nat(),
        fc.constantFrom('', '"', '{', ']', ',', ':', '0', '-', '.', 'e', '\\', 'u', ' ', 'n', '\u0001'),
        (value, seed, insert) => {
          const whole = JSON.stringify(value, null, seed % 2);
          const at = seed % (whole.length + 1);
          const text = whole.slice(0, at) + insert + whole.slice(at + (insert === '' ? 1 : seed % 3 === 0 ? 1 : 0));
          const reducer = reducerOf({ dropFields: ['other'] });
          // through UTF-8: half a surrogate pair becomes U+FFFD
          const sent = Buffer.from(text);
          reducer.take(viewOf({ offset: 0, value: sent }));
          expect(reducer.counts.notJson === 0).toBe(isJson(sent.toString()));
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
