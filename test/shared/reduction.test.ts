import { describe, expect, it, test } from 'vitest';
import { parsePath, pathText } from '../../shared/model/json-path';
import {
  canonicalReduction,
  NO_REDUCTION,
  reductionFileSchema,
  reductionSchema,
  type Reduction,
} from '../../shared/model/reduction';
import { conditionText, parseCondition, parseKeyPattern, isReductionOff } from '../../shared/model/reduction-syntax';

const member = (name: string) => ({ kind: 'member', name });

test.each([
  ['VEHICLE_ID', [member('VEHICLE_ID')]],
  ['position.lat', [member('position'), member('lat')]],
  ['items[0].id', [member('items'), { kind: 'element', index: 0 }, member('id')]],
  ['items[*]', [member('items'), { kind: 'every-element' }]],
  ['[2]', [{ kind: 'element', index: 2 }]],
  ['["odd name"]["a.b"].c', [member('odd name'), member('a.b'), member('c')]],
  ['["\\"quoted\\""]', [member('"quoted"')]],
  ['größe.温度', [member('größe'), member('温度')]],
])('the path %s is read, and written back', (text, path) => {
  expect(parsePath(text)).toEqual(path);
  expect(pathText(parsePath(text))).toBe(text);
});

test.each(['', '.a', 'a.', 'a..b', 'a b', 'a[', 'a[-1]', 'a[01]', "a['b']", 'a[b]', 'a,b', '["\\x"]', 'a]'])(
  'the path "%s" is refused',
  (text) => {
    expect(() => parsePath(text)).toThrow();
  },
);

test('one place has one way to be written', () => {
  expect(pathText(parsePath('["a"]["b c"]["d"]'))).toBe('a["b c"].d');
});

test.each([
  ['SPEED', { test: { kind: 'exists' }, isNegated: false }],
  ['!SPEED', { test: { kind: 'exists' }, isNegated: true }],
  ['STATUS=done', { test: { kind: 'equals', text: 'done', isQuoted: false }, isNegated: false }],
  ['STATUS != in transit ', { test: { kind: 'equals', text: 'in transit', isQuoted: false }, isNegated: true }],
  ['ID="7"', { test: { kind: 'equals', text: '7', isQuoted: true }, isNegated: false }],
  ['ID=""', { test: { kind: 'equals', text: '', isQuoted: true }, isNegated: false }],
  ['A=b=c', { test: { kind: 'equals', text: 'b=c', isQuoted: false }, isNegated: false }],
  ['SPEED>=12.5', { test: { kind: 'compares', operator: '>=', number: '12.5' }, isNegated: false }],
  ['SPEED < -1e3', { test: { kind: 'compares', operator: '<', number: '-1e3' }, isNegated: false }],
])('the condition %s is read, and written back the same', (text, expected) => {
  const condition = parseCondition(text);
  expect(condition).toMatchObject(expected);
  expect(parseCondition(conditionText(condition))).toEqual(condition);
});

test.each(['', '!', '=5', 'a=', 'a>fast', 'a>"5"', 'a ~ b', '!a=5', 'a b=5', 'a="x'])(
  'the condition "%s" is refused',
  (text) => {
    expect(() => parseCondition(text)).toThrow();
  },
);

test.each([
  ['3005', { text: '3005', isPrefix: false, excludes: false }],
  ['bus *', { text: 'bus ', isPrefix: true, excludes: false }],
  ['!test*', { text: 'test', isPrefix: true, excludes: true }],
  ['', { text: '', isPrefix: false, excludes: false }],
  ['*', { text: '', isPrefix: true, excludes: false }],
  ['\\!loud\\*', { text: '!loud*', isPrefix: false, excludes: false }],
])('the key pattern "%s" is read', (source, pattern) => {
  expect(parseKeyPattern(source)).toEqual(pattern);
});

test.each(['a*b', '\\'])('the key pattern "%s" is refused', (source) => {
  expect(() => parseKeyPattern(source)).toThrow();
});

describe('the rule', () => {
  it('is off where nothing is said', () => {
    expect(reductionFileSchema.parse({})).toEqual(NO_REDUCTION);
    expect(isReductionOff(reductionFileSchema.parse({ keepFields: [] }))).toBe(true);
    expect(isReductionOff({ ...NO_REDUCTION, oneIn: 2 })).toBe(false);
  });

  it.each([
    [{ keepFields: ['a', 'b..c'] }, 'keepFields.1'],
    [{ dropFields: ['a['] }, 'dropFields.0'],
    [{ filter: ['a>fast'] }, 'filter.0'],
    [{ filterKeys: ['a*b'] }, 'filterKeys.0'],
    [{ oneIn: 1 }, 'oneIn'],
    [{ atMostEveryMs: 0 }, 'atMostEveryMs'],
    [{ atMostEveryMs: 1.5 }, 'atMostEveryMs'],
    [{ filter: Array.from({ length: 101 }, () => 'a') }, 'filter'],
    [{ sampling: 3 }, ''],
  ])('%j is refused at %s', (given, field) => {
    const parsed = reductionFileSchema.safeParse(given);
    expect(parsed.error?.issues[0]?.path.join('.')).toBe(field);
  });

  it('is told whole over IPC', () => {
    expect(reductionSchema.safeParse({ oneIn: 2 }).success).toBe(false);
    expect(reductionSchema.parse(NO_REDUCTION)).toEqual(NO_REDUCTION);
  });

  it('has one canonical text however its lists are ordered and its paths are written', () => {
    const a: Reduction = { ...NO_REDUCTION, keepFields: ['b', '["a"]', 'b'], filter: ['x = 1', 'y>2'] };
    const b: Reduction = { ...NO_REDUCTION, keepFields: ['a', 'b'], filter: ['y > 2', 'x=1'] };
    expect(canonicalReduction(a)).toBe(canonicalReduction(b));
    expect(canonicalReduction(a)).not.toBe(canonicalReduction({ ...a, dropDuplicates: true }));
    expect(canonicalReduction({ ...NO_REDUCTION, filterKeys: ['a*'] })).not.toBe(
      canonicalReduction({ ...NO_REDUCTION, filterKeys: ['a\\*'] }),
    );
  });
});
