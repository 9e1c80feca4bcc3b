/** What a bucket holds by class, and what arrives. Pure: rows and a time give figures. */
import type { ObjectRow } from '../../../../shared/model/archive';
import type { Arrival, BucketUsage, ClassUsage } from '../../../../shared/model/cost';
import type { EarlyObjects } from '../../../../shared/model/lifecycle';
import { STORAGE_CLASSES } from '../../../../shared/model/settings';
import { minimumDays } from '../../../../shared/model/storage-class';

export const DAY_MS = 86_400_000;
const LONGEST_LOOK_BACK_DAYS = 30;
/** A rate of less time says nothing of a month. */
const SHORTEST_LOOK_BACK_MS = 3_600_000;

export type UsedRow = Pick<ObjectRow, 'storageClass' | 'storedBytes' | 'createdAt'>;

/** @param now ms since 1970 */
export function usageOf(rows: readonly UsedRow[], now: number): BucketUsage {
  const classes = new Map<string, UsedRow[]>();
  for (const row of rows) {
    const ofClass = classes.get(row.storageClass);
    if (ofClass === undefined) classes.set(row.storageClass, [row]);
    else ofClass.push(row);
  }
  return {
    at: now,
    classes: inClassOrder([...classes].map(([storageClass, ofClass]) => classUsage(storageClass, ofClass, now))),
    arrival: arrivalIn(rows, now),
  };
}

function classUsage(storageClass: string, rows: readonly UsedRow[], now: number): ClassUsage {
  const early = earlyIn(storageClass, rows, now);
  return { storageClass, objects: rows.length, bytes: bytesOf(rows), early: early.objects === 0 ? null : early };
}

/** Those of one class that are younger than its minimum duration. */
export function earlyIn(storageClass: string, rows: readonly UsedRow[], now: number): EarlyObjects {
  const minimumMs = minimumDays(storageClass) * DAY_MS;
  const young = rows.filter((row) => ageOf(row, now) < minimumMs);
  const byteDays = young.reduce((sum, row) => sum + (row.storedBytes * (minimumMs - ageOf(row, now))) / DAY_MS, 0);
  return { storageClass, objects: young.length, bytes: bytesOf(young), byteDays };
}

/** Since the object was made; a clock that is ahead of ours makes none younger than new. */
export function ageOf({ createdAt }: Pick<UsedRow, 'createdAt'>, now: number): number {
  return Math.max(0, now - createdAt);
}

function arrivalIn(rows: readonly UsedRow[], now: number): Arrival | null {
  const oldestMs = rows.reduce((oldest, row) => Math.max(oldest, ageOf(row, now)), 0);
  if (oldestMs < SHORTEST_LOOK_BACK_MS) return null;
  const overMs = Math.min(oldestMs, LONGEST_LOOK_BACK_DAYS * DAY_MS);
  const classes = new Map<string, { objects: number; bytes: number }>();
  for (const row of rows) {
    if (ageOf(row, now) > overMs) continue;
    const ofClass = classes.get(row.storageClass) ?? { objects: 0, bytes: 0 };
    ofClass.objects += 1;
    ofClass.bytes += row.storedBytes;
    classes.set(row.storageClass, ofClass);
  }
  const sums = inClassOrder([...classes].map(([storageClass, sum]) => ({ storageClass, ...sum })));
  return {
    overDays: overMs / DAY_MS,
    objects: sums.reduce((all, { objects }) => all + objects, 0),
    bytes: sums.reduce((all, { bytes }) => all + bytes, 0),
    classes: sums,
  };
}

/** Coldest last; classes that we do not know behind them, by name. */
function inClassOrder<Each extends { readonly storageClass: string }>(all: readonly Each[]): readonly Each[] {
  const known: readonly string[] = STORAGE_CLASSES;
  const place = ({ storageClass }: Each): number =>
    known.includes(storageClass) ? known.indexOf(storageClass) : known.length;
  return [...all].sort((a, b) => place(a) - place(b) || (a.storageClass < b.storageClass ? -1 : 1));
}

function bytesOf(rows: readonly UsedRow[]): number {
  return rows.reduce((bytes, { storedBytes }) => bytes + storedBytes, 0);
}
