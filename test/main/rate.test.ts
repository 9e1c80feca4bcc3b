import { expect, test } from 'vitest';
import { Rate } from '../../electron/main/rate';

function readings(totals: readonly (number | null)[]): (number | null)[] {
  const rate = new Rate();
  return totals.map((total, index) => rate.read(index * 250, total));
}

test('a rate is what a total grew by over the last second', () => {
  expect(readings([0, 0, 0, 0, 1_000, 2_000, 3_000, 4_000, 4_000, 4_000, 4_000, 4_000])).toEqual([
    null,
    null,
    null,
    0,
    1_000,
    2_000,
    3_000,
    4_000,
    3_000,
    2_000,
    1_000,
    0,
  ]);
});

test('nothing is claimed when the total is not known, or began anew', () => {
  expect(readings([null, 100, 200, null, 300])).toEqual([null, null, null, null, null]);
  expect(readings([500, 500, 500, 500, 10]).at(-1)).toBeNull();
});
