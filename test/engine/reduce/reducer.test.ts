import { describe, expect, it, test } from 'vitest';
import { compareDecimals } from '../../../electron/engine/reduce/decimal';
import { ruleDigest } from '../../../electron/engine/reduce/rule-digest';
import { NO_REDUCTION } from '../../../shared/model/reduction';
import { droppedOf, NOTHING_REDUCED } from '../../../shared/model/reduction-counts';
import { viewOf } from '../segment/support';
import { keptOffsets, reduced, reducerOf } from './support';

test('a rule that is off keeps every record as it is', () => {
  const reducer = reducerOf({});
  const view = viewOf({ offset: 7, key: 'a', value: '{"a":1}' });
  expect(reducer.take(view)).toBe(view);
  expect(reducer.counts).toEqual({ ...NOTHING_REDUCED, seen: 1 });
});

describe('by key', () => {
  const records = ['3005', '3006', 'bus 1', 'bus 2', '', null].map((key) => ({ key }));

  it.each([
    [['3005'], [0]],
    [
      ['3005', 'bus *'],
      [0, 2, 3],
    ],
    [['300'], []],
    [['!3005'], [1, 2, 3, 4, 5]],
    [['bus *', '!bus 2'], [2]],
    [[''], [4]],
    [['*'], [0, 1, 2, 3, 4]],
    [['!*'], [5]],
  ])('%j keeps %j', (filterKeys, kept) => {
    const reducer = reducerOf({ filterKeys });
    expect(keptOffsets(reducer, records)).toEqual(kept);
    expect(reducer.counts.filtered).toBe(records.length - kept.length);
  });

  it('compares bytes: keys need not be text', () => {
    const keys = [Buffer.from([0xc3, 0xbc, 0xff]), Buffer.from([0xff])].map((key) => ({ key }));
    expect(keptOffsets(reducerOf({ filterKeys: ['ü*'] }), keys)).toEqual([0]);
  });
});

describe('by condition', () => {
  const value =
    '{"id":9007199254740993,"speed":12.50,"status":"in transit","on":true,"no":null,"pos":{"lat":-1e2},"at":[{"n":1},{"n":2}],"s":"\\u0041","t":"5"}';

  it.each([
    ['id', true],
    ['no', true],
    ['missing', false],
    ['!missing', true],
    ['!id', false],
    ['speed=12.5', true],
    ['speed=12.500', true],
    ['speed="12.50"', false],
    ['speed!=12.5', false],
    ['missing!=1', true],
    ['id=9007199254740993', true],
    ['id=9007199254740992', false],
    ['id>9007199254740992', true],
    ['id<=9007199254740992', false],
    ['pos.lat=-100', true],
    ['pos.lat<0', true],
    ['pos.lat>=0', false],
    ['pos>0', false],
    ['pos', true],
    ['status=in transit', true],
    ['status=IN TRANSIT', false],
    ['status="in transit"', true],
    ['status>1', false],
    ['on=true', true],
    ['on="true"', false],
    ['no=null', true],
    ['no=', undefined],
    ['at[1].n=2', true],
    ['at[0].n=2', false],
    ['at[*].n=2', true],
    ['at[*].n=3', false],
    ['at[*].n!=3', true],
    ['s=A', true],
    ['t=5', true],
    ['t=5.0', false],
    ['t>4', false],
  ])('%s: %s', (condition, holds) => {
    if (holds === undefined) expect(() => reduced({ filter: [condition] }, value)).toThrow();
    else expect(reduced({ filter: [condition] }, value)).toBe(holds ? value : undefined);
  });

  it('all must hold', () => {
    expect(reduced({ filter: ['speed>1', 'on=true'] }, value)).toBe(value);
    expect(reduced({ filter: ['speed>1', 'on=false'] }, value)).toBeUndefined();
  });

  it('of a name that comes twice any may fit', () => {
    expect(reduced({ filter: ['a=1'] }, '{"a":1,"a":2}')).toBeDefined();
    expect(reduced({ filter: ['a=2'] }, '{"a":1,"a":2}')).toBeDefined();
    expect(reduced({ filter: ['a!=2'] }, '{"a":1,"a":2}')).toBeUndefined();
  });

  it('looks at what is cut out, too', () => {
    const rule = { filter: ['a.b=1'], dropFields: ['a'] };
    expect(reduced(rule, '{"a":{"b":1},"c":2}')).toBe('{"c":2}');
    expect(reduced(rule, '{"a":{"b":2},"c":2}')).toBeUndefined();
  });
});

describe('duplicates', () => {
  it('drops what says the same as the record before it of the same key', () => {
    const reducer = reducerOf({ dropDuplicates: true });
    const records = ['a1', 'b1', 'a1', 'a2', 'a1', 'b1'].map(([key = '', value = '']) => ({ key, value }));
    expect(keptOffsets(reducer, records)).toEqual([0, 1, 3, 4]);
    expect(reducer.counts.duplicate).toBe(2);
  });

  it('takes null and empty, headers, and bytes that look alike for different', () => {
    const long = 'x'.repeat(100);
    const records = [
      { value: null },
      { value: '' },
      { value: '', headers: [['h', null]] as const },
      { value: '', headers: [['h', '']] as const },
      { value: '', headers: [['h', '']] as const },
      { value: 'h', headers: [['', '']] as const },
      { value: long },
      { value: `${long}y` },
      { value: `${long}y` },
      { value: 'null' },
      { value: null },
    ];
    expect(keptOffsets(reducerOf({ dropDuplicates: true }), records)).toEqual([0, 1, 2, 3, 5, 6, 7, 9, 10]);
  });

  it('keeps apart a record without a key, an empty key and the key "null"', () => {
    const records = [null, '', 'null', null, 'x'.repeat(60), 'x'.repeat(61)].map((key) => ({ key, value: 'same' }));
    expect(keptOffsets(reducerOf({ dropDuplicates: true }), records)).toEqual([0, 1, 2, 4, 5]);
  });
});

test('one in N keeps the first of each key and every so-manieth behind it', () => {
  const reducer = reducerOf({ oneIn: 3 });
  const records = ['a', 'a', 'b', 'a', 'a', 'b', 'b', 'b', 'a', 'a'].map((key) => ({ key }));
  expect(keptOffsets(reducer, records)).toEqual([0, 2, 4, 7]);
  expect(reducer.counts.sampled).toBe(6);
});

describe('at most one an interval', () => {
  it('goes by record time, from the last one that was kept, whichever way the time goes', () => {
    const times = [1_000, 1_999, 2_000, 2_500, 3_001, 2_001, 1_500, 9_000];
    const reducer = reducerOf({ atMostEveryMs: 1_000 });
    expect(
      keptOffsets(
        reducer,
        times.map((timestamp) => ({ timestamp })),
      ),
    ).toEqual([0, 2, 4, 5, 7]);
    expect(reducer.counts.tooOften).toBe(3);
  });

  it('keeps records without a time', () => {
    const times = [-1, -1, 5, -1n, 6].map((timestamp) => ({ timestamp }));
    expect(keptOffsets(reducerOf({ atMostEveryMs: 1_000 }), times)).toEqual([0, 1, 2, 3]);
  });

  it('is exact beyond 2^53', () => {
    const times = [2n ** 60n, 2n ** 60n + 999n, 2n ** 60n + 1_000n, 0].map((timestamp) => ({ timestamp }));
    expect(keptOffsets(reducerOf({ atMostEveryMs: 1_000 }), times)).toEqual([0, 2, 3]);
  });
});

test('steps come in their order, and each record is counted once', () => {
  const reducer = reducerOf({
    filterKeys: ['a'],
    filter: ['n>0'],
    dropDuplicates: true,
    oneIn: 2,
    atMostEveryMs: 10,
    dropFields: ['x'],
  });
  const values = ['{"n":0}', '{"n":1}', '{"n":1}', '{"n":2}', '{"n":3}', 'text', '{"n":4,"x":1}', '{"n":5,"x":1}'];
  const records = [
    { key: 'b', value: '{"n":1}', timestamp: 0 },
    ...values.map((value, index) => ({ key: 'a', value, timestamp: index < 6 ? 100 : 200 })),
  ];
  // a0 filtered, a1 kept, a1 again duplicate, a2 sampled, a3 too often, text sampled, a4 kept and cut, a5 sampled
  expect(keptOffsets(reducer, records)).toEqual([2, 7]);
  const { counts } = reducer;
  expect(counts).toMatchObject({
    seen: 9,
    filtered: 2,
    duplicate: 1,
    sampled: 3,
    tooOften: 1,
    notJson: 0,
    cutBytes: 6,
  });
  expect(counts.seen - droppedOf(counts)).toBe(2);
  expect(counts.droppedBytes).toBe(
    records.filter((_, index) => ![2, 7].includes(index)).reduce((sum, { value }) => sum + 1 + value.length, 0),
  );
});

test('the rule looks into values only where it has to: others may be anything', () => {
  const reducer = reducerOf({ filterKeys: ['a'], dropDuplicates: true, oneIn: 2, atMostEveryMs: 5 });
  keptOffsets(reducer, [{ key: 'a', value: 'no JSON' }]);
  expect(reducer.counts.notJson).toBe(0);
});

describe('memory', () => {
  const manyKeys = Array.from({ length: 1_000 }, (_, index) => ({ key: `key ${index}`, value: 'same' }));

  it('is bounded: when it is full it begins anew, is counted, and drops nothing more', () => {
    const reducer = reducerOf({ dropDuplicates: true }, 50_000);
    const kept = keptOffsets(reducer, [...manyKeys, ...manyKeys]);
    expect(kept).toHaveLength(2_000);
    expect(reducer.heldBytes).toBeLessThan(51_000);
    expect(reducer.counts).toMatchObject({ restarts: 8, duplicate: 0 });
  });

  it('does the same with the same records', () => {
    const records = [...manyKeys.slice(0, 150), ...manyKeys.slice(100, 400), ...manyKeys.slice(50, 300)];
    const runs = [0, 1].map(() => keptOffsets(reducerOf({ dropDuplicates: true, oneIn: 2 }, 50_000), records));
    expect(runs[0]).toEqual(runs[1]);
  });

  it('holds nothing for a rule that does not look back', () => {
    const reducer = reducerOf({ filterKeys: ['key 1*'] });
    keptOffsets(reducer, manyKeys);
    expect(reducer.heldBytes).toBe(0);
  });
});

test.each([
  ['1', '1.0', 0],
  ['1e3', '1000', 0],
  ['-0', '0', 0],
  ['0.1', '0.10000000000000000000', 0],
  ['100000000000000000000', '1E+20', 0],
  ['9007199254740993', '9007199254740992', 1],
  ['-9007199254740993', '-9007199254740992', -1],
  ['1e400', '1e500', -1],
  ['-1e-400', '1e-500', -1],
  ['123.4567890123456789', '123.45678901234567891', -1],
  ['0.00000000000000000001', '0', 1],
  ['5', '-5', 1],
])('%s compared with %s: %i', (a, b, expected) => {
  expect(Math.sign(compareDecimals(a, b)) === expected).toBe(true);
  expect(Math.sign(compareDecimals(b, a)) === -expected).toBe(true);
});

test('a rule is named by a digest that does not change with the order of its lists', () => {
  const a = ruleDigest({ ...NO_REDUCTION, keepFields: ['a', 'b'] });
  expect(a).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(ruleDigest({ ...NO_REDUCTION, keepFields: ['b', 'a'] })).toBe(a);
  expect(ruleDigest({ ...NO_REDUCTION, keepFields: ['b'] })).not.toBe(a);
});
