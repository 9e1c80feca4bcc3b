import { describe, expect, test } from 'vitest';
import { bucketChangeSchema, durationText } from '../../shared/model/bucket-settings';
import { idleRules, lifecycleRulesSchema, lifecycleText, type LifecycleRule } from '../../shared/model/lifecycle';

type Move = Extract<LifecycleRule, { kind: 'colder' }>;

const colder = (storageClass: Move['storageClass'], ageDays: number, prefix: string | null = null): Move => ({
  ...{ kind: 'colder', storageClass, ageDays, prefix },
});
const remove = (ageDays: number, prefix: string | null = null): LifecycleRule => ({ kind: 'delete', ageDays, prefix });

describe('rules in words', () => {
  test.each([
    [colder('NEARLINE', 30), 'After 30 days archives go to Nearline.'],
    [colder('ARCHIVE', 0), 'At once archives go to Archive.'],
    [remove(1), 'After 1 day archives are deleted for good.'],
    [remove(3_650), 'After 3,650 days archives are deleted for good.'],
    [colder('COLDLINE', 90, 'old/'), 'After 90 days archives whose names begin with old/ go to Coldline.'],
  ])('%j', (rule, text) => {
    expect(lifecycleText(rule)).toBe(text);
  });
});

describe('a rule that another one leaves nothing to do', () => {
  test.each<[string, LifecycleRule[], number[]]>([
    ['colder as age grows', [colder('NEARLINE', 30), colder('COLDLINE', 90), remove(365)], []],
    ['any order in the list', [remove(365), colder('COLDLINE', 90), colder('NEARLINE', 30)], []],
    ['a warmer class later', [colder('COLDLINE', 30), colder('NEARLINE', 90)], [1]],
    ['a warmer class on the same day', [colder('NEARLINE', 30), colder('COLDLINE', 30)], [0]],
    ['the same class later', [colder('NEARLINE', 30), colder('NEARLINE', 31)], [1]],
    ['the same rule twice', [remove(30), remove(30)], [1]],
    ['a move after the deletion', [remove(30), colder('NEARLINE', 31)], [1]],
    ['a move on the day of the deletion', [colder('NEARLINE', 30), remove(30)], [0]],
    ['a move the day before the deletion', [colder('NEARLINE', 29), remove(30)], []],
    ['two deletions', [remove(365), remove(30)], [0]],
    ['other names', [remove(30, 'a/'), colder('NEARLINE', 90, 'b/')], []],
    ['names within', [remove(30, 'a/'), colder('NEARLINE', 90, 'a/b/')], [1]],
    ['names around', [remove(30, 'a/b/'), colder('NEARLINE', 90, 'a/')], []],
    ['all names', [remove(30), colder('NEARLINE', 90, 'a/')], [1]],
    ['narrower first, the same day', [remove(30, 'a/'), remove(30)], [0]],
  ])('%s', (_case, rules, idle) => {
    expect(idleRules(rules).map(({ rule }) => rule)).toEqual(idle);
    expect(lifecycleRulesSchema.safeParse(rules).success).toBe(idle.length === 0);
  });

  test('is told at its age, with the rule that comes before', () => {
    const { error } = lifecycleRulesSchema.safeParse([remove(30), colder('NEARLINE', 90)]);

    expect(error?.issues).toMatchObject([
      {
        path: [1, 'ageDays'],
        message: expect.stringContaining('after 30 days archives are deleted for good') as string,
      },
    ]);
  });
});

describe('a change of settings', () => {
  test.each([
    ['nothing', {}, 'There is nothing to change'],
    ['an age that is too high', { lifecycle: [remove(36_501)] }, 'Takes a whole number from 0 to 36,500'],
    ['an age below 0', { lifecycle: [remove(-1)] }, 'Takes a whole number from 0 to 36,500'],
    ['a part of a day', { lifecycle: [remove(1.5)] }, 'Takes a whole number from 0 to 36,500'],
    ['an empty prefix', { lifecycle: [remove(1, '')] }, 'Leave it away for all of the bucket'],
    ['no retention at all', { retentionSeconds: 0 }, 'Takes a whole number from 1 to 3,155,760,000'],
    ['more than 100 years', { retentionSeconds: 3_155_760_001 }, 'Takes a whole number from 1 to 3,155,760,000'],
    [
      '101 rules',
      { lifecycle: Array.from({ length: 101 }, (_, i) => remove(i, `p${i}/`)) },
      'A bucket has at most 100 rules',
    ],
  ])('is refused: %s', (_case, change, message) => {
    expect(bucketChangeSchema.safeParse(change).error?.issues.map((issue) => issue.message)).toContain(message);
  });

  test.each([
    { versioning: false },
    { retentionSeconds: null },
    { retentionSeconds: 3_155_760_000 },
    { lifecycle: [] },
    { lifecycle: [remove(36_500), colder('ARCHIVE', 0)] },
  ])('is taken: %j', (change) => {
    expect(bucketChangeSchema.parse(change)).toEqual(change);
  });
});

test.each([
  [86_400, '1 day'],
  [7 * 86_400, '7 days'],
  [36 * 3_600, '36 hours'],
  [90, '90 seconds'],
  [120, '2 minutes'],
  [0, '0 seconds'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
