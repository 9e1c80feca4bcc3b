import { describe, expect, test } from 'vitest';
import type { BucketUsage } from '../../shared/model/cost';
import { DAYS_A_MONTH, estimate, GIB, lifecycleCost } from '../../shared/model/estimate';
import type { LifecycleEffect } from '../../shared/model/lifecycle';
import { priceList, priceOverridesSchema, type PriceKind } from '../../shared/model/prices';

const NONE = { objects: 0, archives: 0, records: 0, bytes: 0 };
const EMPTY: BucketUsage = { at: 0, classes: [], arrival: null };

/** 10 GiB of Standard in 2,000 objects, 100 GiB of Nearline of which a half is 20 days old; 3 GiB a day arrive. */
const USAGE: BucketUsage = {
  at: 0,
  classes: [
    { storageClass: 'STANDARD', objects: 2_000, bytes: 10 * GIB, early: null },
    {
      ...{ storageClass: 'NEARLINE', objects: 1_500, bytes: 100 * GIB },
      early: { storageClass: 'NEARLINE', objects: 10, bytes: 50 * GIB, byteDays: 50 * GIB * 10 },
    },
  ],
  arrival: {
    overDays: 10,
    objects: 600,
    bytes: 30 * GIB,
    classes: [{ storageClass: 'STANDARD', objects: 600, bytes: 30 * GIB }],
  },
};

describe('prices', () => {
  test.each<[string, string, PriceKind, number, string]>([
    ['europe-west1', 'NEARLINE', 'storage', 0.01, '2025-03-06'],
    ['EUROPE-WEST3', 'ARCHIVE', 'storage', 0.0025, '2025-03-06'],
    ['US-CENTRAL1', 'COLDLINE', 'storage', 0.004, '2026-05-16'],
    ['EU', 'STANDARD', 'storage', 0.026, '2025-03-06'],
    ['ASIA', 'ARCHIVE', 'storage', 0.003, '2026-05-16'],
    ['EU', 'COLDLINE', 'classA', 0.04, '2026-05-16'],
    ['europe-west1', 'COLDLINE', 'classA', 0.02, '2026-05-16'],
    ['EUR4', 'STANDARD', 'classA', 0.01, '2026-05-16'],
    ['EU', 'ARCHIVE', 'classB', 0.05, '2026-05-16'],
    ['us-west1', 'STANDARD', 'retrieval', 0, '2026-05-16'],
    ['us-west1', 'ARCHIVE', 'retrieval', 0.05, '2026-05-16'],
    ['ASIA', 'STANDARD', 'replication', 0.08, '2026-05-16'],
    ['us-west1', 'STANDARD', 'replication', 0, '2026-05-16'],
  ])('in %s, %s, %s: %d of %s', (location, storageClass, kind, usd, readOn) => {
    expect(priceList()(location, storageClass, kind)).toMatchObject({
      usd,
      readOn,
      source: expect.stringMatching(/^https:/) as string,
    });
  });

  test.each([
    ['MOON1', 'STANDARD'],
    ['constructor', 'STANDARD'],
    ['EU', 'DURABLE_REDUCED_AVAILABILITY'],
  ])('are not guessed in %s for %s', (location, storageClass) => {
    expect(priceList()(location, storageClass, 'storage')).toBeNull();
  });

  test('of the user stand before ours, also where we know none, and say whose they are', () => {
    const own = priceOverridesSchema.parse({
      'eu/STANDARD/storage': { usd: 0.5, readOn: '2026-01-31' },
      'moon1/STANDARD/storage': { usd: 1, readOn: '2026-01-31' },
    });

    expect(priceList(own)('EU', 'STANDARD', 'storage')).toMatchObject({ usd: 0.5, source: null, readOn: '2026-01-31' });
    expect(priceList(own)('MOON1', 'STANDARD', 'storage')).toMatchObject({ usd: 1 });
    expect(priceList(own)('EU', 'NEARLINE', 'storage')).toMatchObject({ usd: 0.015 });
  });

  test.each([
    { 'EU/STANDARD/storage': { usd: 1, readOn: '2026-01-31' } },
    { 'eu/WARM/storage': { usd: 1, readOn: '2026-01-31' } },
    { 'eu/STANDARD/storage': { usd: -1, readOn: '2026-01-31' } },
    { 'eu/STANDARD/storage': { usd: 1, readOn: 'yesterday' } },
    { 'eu/STANDARD/storage': { usd: 1 } },
  ])('that make no sense are refused: %j', (prices) => {
    expect(priceOverridesSchema.safeParse(prices).success).toBe(false);
  });
});

describe('an estimate', () => {
  const found = estimate(USAGE, priceList(), 'EU');
  const [standard, nearline] = found.classes;

  test('multiplies what is stored with the price of its class', () => {
    expect(standard?.storage.usd).toBeCloseTo(10 * 0.026);
    expect(nearline?.storage.usd).toBeCloseTo(100 * 0.015);
    expect(found.total.storageUsd).toBeCloseTo(1.76);
    expect(standard?.storage.parts).toMatchObject([
      { what: 'stored', quantity: 10, price: { key: 'eu/STANDARD/storage' } },
    ]);
  });

  test('adds a year of arrival to the class into which it arrives', () => {
    expect(standard?.storageInYear?.usd).toBeCloseTo((10 + 3 * 365) * 0.026);
    expect(nearline?.storageInYear?.usd).toBeCloseTo(1.5);
  });

  test('counts an upload for each object that arrives, and its copies to other regions', () => {
    const uploads = (60 * DAYS_A_MONTH) / 1_000;
    expect(standard?.uploads?.usd).toBeCloseTo(uploads * 0.01 + 3 * DAYS_A_MONTH * 0.02);
    expect(nearline?.uploads?.usd).toBe(0);
    expect(estimate(USAGE, priceList(), 'europe-west1').classes[0]?.uploads?.usd).toBeCloseTo(uploads * 0.005);
  });

  test('of reading all counts retrieval, a read an object and a list for each 1,000', () => {
    expect(nearline?.readAll.usd).toBeCloseTo(100 * 0.01 + 1.5 * 0.001 + 0.002 * 0.02, 6);
    expect(standard?.readAll.usd).toBeCloseTo(2 * 0.0004 + 0.002 * 0.01, 6);
  });

  test('of deleting all counts the rest of the minimum duration of what is younger', () => {
    expect(nearline).toMatchObject({ minimumDays: 30 });
    expect(nearline?.deleteAll?.usd).toBeCloseTo(50 * (10 / DAYS_A_MONTH) * 0.015);
    expect(standard?.deleteAll?.usd).toBe(0);
  });

  test('tells each class as if all were in it', () => {
    expect(found.ifAllIn.map(({ storageClass }) => storageClass)).toEqual([
      'STANDARD',
      'NEARLINE',
      'COLDLINE',
      'ARCHIVE',
    ]);
    expect(found.ifAllIn[3]).toMatchObject({ objects: 3_500, bytes: 110 * GIB, minimumDays: 365, deleteAll: null });
    expect(found.ifAllIn[3]?.storage.usd).toBeCloseTo(110 * 0.0024);
    expect(found.ifAllIn[3]?.storageInYear?.usd).toBeCloseTo((110 + 3 * 365) * 0.0024);
  });

  test('says what it does not know: a location without prices, arrival that was not measured', () => {
    expect(estimate(USAGE, priceList(), 'MOON1').total).toMatchObject({
      storageUsd: null,
      uploadsUsd: null,
      deleteAllUsd: null,
    });
    const still = estimate({ ...USAGE, arrival: null }, priceList(), 'EU');
    expect(still.arrivalDays).toBeNull();
    expect(still.total).toMatchObject({ storageInYearUsd: null, uploadsUsd: null });
    expect(still.total.storageUsd).toBeCloseTo(1.76);
  });

  test('of an empty bucket is nothing', () => {
    expect(estimate(EMPTY, priceList(), 'EU')).toMatchObject({
      classes: [],
      total: { storageUsd: 0, readAllUsd: 0, deleteAllUsd: 0 },
    });
  });
});

test('rules cost what moving and deleting early cost, by the class they move to or delete from', () => {
  const early = { storageClass: 'ARCHIVE', objects: 1, bytes: GIB, byteDays: GIB * DAYS_A_MONTH * 6 };
  const effect: LifecycleEffect = {
    at: 0,
    rules: [
      {
        rule: { kind: 'colder', storageClass: 'COLDLINE', ageDays: 30, prefix: null },
        now: { ...NONE, objects: 5_000, bytes: 40 * GIB },
        later: NONE,
        nextAt: null,
        early: [],
      },
      { rule: { kind: 'delete', ageDays: 90, prefix: null }, now: NONE, later: NONE, nextAt: null, early: [early] },
    ],
  };

  const [move, removal] = lifecycleCost(effect, priceList(), 'europe-west1');

  expect(move).toMatchObject({ early: null });
  expect(move?.moving?.usd).toBeCloseTo(5 * 0.02);
  expect(move?.storageAfter?.usd).toBeCloseTo(40 * 0.004);
  expect(removal).toMatchObject({ moving: null, storageAfter: null });
  expect(removal?.early?.usd).toBeCloseTo(6 * 0.0012);
});
