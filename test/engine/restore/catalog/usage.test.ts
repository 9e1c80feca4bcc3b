import { describe, expect, test } from 'vitest';
import { effectOf, type AgedRow } from '../../../../electron/engine/restore/catalog/lifecycle-effect';
import { DAY_MS, usageOf } from '../../../../electron/engine/restore/catalog/usage';
import type { ArchiveRow } from '../../../../shared/model/archive';
import type { LifecycleRule } from '../../../../shared/model/lifecycle';

const NOW = Date.UTC(2030, 0, 31);

function row(ageDays: number, storageClass: string, storedBytes: number, name = 'archive/a'): AgedRow {
  return { name, storageClass, storedBytes, createdAt: NOW - ageDays * DAY_MS, archive: null };
}

describe('usage', () => {
  test('is told by class, coldest last, others behind', () => {
    const rows = [row(400, 'ARCHIVE', 7), row(1, 'DURABLE', 1), row(2, 'STANDARD', 2), row(3, 'STANDARD', 3)];

    expect(usageOf(rows, NOW).classes).toMatchObject([
      { storageClass: 'STANDARD', objects: 2, bytes: 5, early: null },
      { storageClass: 'ARCHIVE', objects: 1, bytes: 7, early: null },
      { storageClass: 'DURABLE', objects: 1, bytes: 1, early: null },
    ]);
  });

  test.each([
    ['NEARLINE', 29, 1],
    ['NEARLINE', 30, null],
    ['COLDLINE', 89, 1],
    ['COLDLINE', 90, null],
    ['ARCHIVE', 364, 1],
    ['ARCHIVE', 365, null],
    ['STANDARD', 0, null],
  ])('of %s at %d days counts the days left of its minimum: %s', (storageClass, ageDays, daysLeft) => {
    const [found] = usageOf([row(ageDays, storageClass, 10)], NOW).classes;

    expect(found?.early?.byteDays ?? null).toBe(daysLeft === null ? null : daysLeft * 10);
  });

  test.each([
    ['nothing', [], null],
    ['one object of now', [0], null],
    ['less than an hour', [0.04], null],
    ['an hour', [1 / 24, 0], { overDays: 1 / 24, objects: 2 }],
    ['ten days', [10, 5, 0], { overDays: 10, objects: 3 }],
    ['thirty days', [30, 29.9], { overDays: 30, objects: 2 }],
    ['more than thirty days', [400, 30.1, 30, 1], { overDays: 30, objects: 2 }],
    ['nothing for long', [400], { overDays: 30, objects: 0, bytes: 0, classes: [] }],
    ['a clock that is ahead', [10, -1], { overDays: 10, objects: 2 }],
  ])('measures arrival: %s', (_case, ages, arrival) => {
    const found = usageOf(
      ages.map((age) => row(age, 'STANDARD', 1)),
      NOW,
    ).arrival;

    if (arrival === null) expect(found).toBeNull();
    else expect(found).toMatchObject(arrival);
  });

  test('tells the classes of what arrived', () => {
    const { arrival } = usageOf([row(40, 'ARCHIVE', 9), row(2, 'NEARLINE', 4), row(1, 'STANDARD', 3)], NOW);

    expect(arrival).toMatchObject({
      bytes: 7,
      classes: [
        { storageClass: 'STANDARD', objects: 1, bytes: 3 },
        { storageClass: 'NEARLINE', objects: 1, bytes: 4 },
      ],
    });
  });
});

describe('the effect of rules', () => {
  const colder = (
    storageClass: 'NEARLINE' | 'COLDLINE',
    ageDays: number,
    prefix: string | null = null,
  ): LifecycleRule => ({
    ...{ kind: 'colder', storageClass, ageDays, prefix },
  });
  const remove = (ageDays: number, prefix: string | null = null): LifecycleRule => ({
    kind: 'delete',
    ageDays,
    prefix,
  });
  const counts = (rules: readonly LifecycleRule[], rows: readonly AgedRow[]) =>
    effectOf(rules, rows, NOW).rules.map(({ now, later }) => [now.objects, later.objects]);

  test.each<[string, LifecycleRule[], AgedRow[], number[][]]>([
    ['on the day', [remove(30)], [row(30, 'STANDARD', 1)], [[1, 0]]],
    ['a moment before', [remove(30)], [row(29.999, 'STANDARD', 1)], [[0, 1]]],
    ['at once', [remove(0)], [row(0, 'STANDARD', 1)], [[1, 0]]],
    ['a move to a colder class', [colder('NEARLINE', 30)], [row(40, 'STANDARD', 1)], [[1, 0]]],
    [
      'a move of what is there already',
      [colder('NEARLINE', 30)],
      [row(40, 'NEARLINE', 1), row(1, 'NEARLINE', 1)],
      [[0, 0]],
    ],
    ['a move of what is colder', [colder('NEARLINE', 30)], [row(40, 'ARCHIVE', 1)], [[0, 0]]],
    ['a move of a class of old', [colder('NEARLINE', 30)], [row(40, 'MULTI_REGIONAL', 1)], [[1, 0]]],
    [
      'the coldest of two moves',
      [colder('NEARLINE', 30), colder('COLDLINE', 90)],
      [row(100, 'STANDARD', 1)],
      [
        [0, 0],
        [1, 0],
      ],
    ],
    [
      'the first of two moves',
      [colder('NEARLINE', 30), colder('COLDLINE', 90)],
      [row(40, 'STANDARD', 1)],
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'a deletion before a move',
      [colder('NEARLINE', 30), remove(365)],
      [row(400, 'STANDARD', 1)],
      [
        [0, 0],
        [1, 0],
      ],
    ],
    ['other names', [remove(30, 'old/')], [row(40, 'STANDARD', 1, 'new/a'), row(40, 'STANDARD', 1, 'old/a')], [[1, 0]]],
  ])('%s', (_case, rules, rows, expected) => {
    expect(counts(rules, rows)).toEqual(expected);
  });

  test('tells archives, records, bytes, the next one and what is deleted early', () => {
    const archive = { records: 100 } as ArchiveRow;
    const rows = [
      { ...row(100, 'ARCHIVE', 10), archive },
      row(95, 'STANDARD', 3),
      row(89, 'STANDARD', 5),
      row(60, 'STANDARD', 5),
    ];

    expect(effectOf([remove(90)], rows, NOW)).toEqual({
      at: NOW,
      rules: [
        {
          rule: remove(90),
          now: { objects: 2, archives: 1, records: 100, bytes: 13 },
          later: { objects: 2, archives: 0, records: 0, bytes: 10 },
          nextAt: NOW + DAY_MS,
          early: [{ storageClass: 'ARCHIVE', objects: 1, bytes: 10, byteDays: 2_650 }],
        },
      ],
    });
  });

  test('of a move names nothing as early: rules may leave a class before its minimum', () => {
    expect(effectOf([colder('COLDLINE', 1)], [row(2, 'NEARLINE', 1)], NOW).rules[0]).toMatchObject({
      now: { objects: 1 },
      early: [],
      nextAt: null,
    });
  });
});
