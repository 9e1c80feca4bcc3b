/**
 * Monthly cost of a bucket. Pure: the same usage and prices give the same figures.
 *
 * not counted: the network, the archiver's own lists and look-ups (the bucket does not tell how many there were), soft
 * delete, noncurrent versions, custom metadata, what lies there for nothing (Always Free).
 */
import type { Arrival, BucketEstimate, BucketUsage, ClassEstimate, ClassUsage, Figure, FigurePart } from './cost';
import type { EarlyObjects, LifecycleEffect, RuleEffect } from './lifecycle';
import type { PriceKind, PriceList } from './prices';
import { STORAGE_CLASSES } from './settings';
import { minimumDays } from './storage-class';

export const GIB = 2 ** 30;
/** as Cloud Storage counts it: 730 hours */
export const DAYS_A_MONTH = 365 / 12;
const DAYS_A_YEAR = 365;
const LIST_PAGE = 1_000;

/** What is not in an estimate, a sentence each, to be shown with it. */
export const NOT_COUNTED: readonly string[] = [
  'Reading over the network, soft delete and noncurrent versions cost more, and are not counted.',
  'The archiver also lists and looks up objects when it starts; how often is not known here.',
  'Arrival is what came in and is still there: what was deleted meanwhile is not counted.',
];

interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

const NOTHING: Amount = { objects: 0, bytes: 0 };

/** @param location of the bucket, as the server writes it */
export function estimate(usage: BucketUsage, prices: PriceList, location: string): BucketEstimate {
  const { arrival } = usage;
  const priced = new Priced(prices, location);
  const classes = classesIn(usage).map((storageClass) => {
    const stored = usage.classes.find((each) => each.storageClass === storageClass);
    const arriving = arrival?.classes.find((each) => each.storageClass === storageClass) ?? NOTHING;
    const early = stored?.early ?? noneEarly(storageClass);
    return priced.ofClass(storageClass, stored ?? NOTHING, perDay(arrival, arriving), early);
  });
  const all = sum(usage.classes);
  return {
    location,
    arrivalDays: arrival?.overDays ?? null,
    classes,
    ifAllIn: STORAGE_CLASSES.map((each) => priced.ofClass(each, all, perDay(arrival, arrival ?? NOTHING), null)),
    total: {
      storageUsd: total(classes.map(({ storage }) => storage)),
      storageInYearUsd: total(classes.map(({ storageInYear }) => storageInYear)),
      uploadsUsd: total(classes.map(({ uploads }) => uploads)),
      readAllUsd: total(classes.map(({ readAll }) => readAll)),
      deleteAllUsd: total(classes.map(({ deleteAll }) => deleteAll)),
    },
  };
}

export interface RuleCost {
  /** changing the class of what it acts on at once: a class A operation each; null for deletions, which are free */
  readonly moving: Figure | null;
  /** what deleting early costs: the rest of the minimum duration; null for moves, which cost nothing of it */
  readonly early: Figure | null;
  /** a month of storage of what it moves at once, in the class where it goes; null for deletions: nothing is left */
  readonly storageAfter: Figure | null;
}

/** One a rule, in their order. */
export function lifecycleCost(effect: LifecycleEffect, prices: PriceList, location: string): readonly RuleCost[] {
  const priced = new Priced(prices, location);
  return effect.rules.map(({ rule, now, early }: RuleEffect) => {
    if (rule.kind === 'delete') return { moving: null, early: priced.early(early), storageAfter: null };
    return {
      moving: priced.figure([['moves', now.objects / 1_000, rule.storageClass, 'classA']]),
      early: null,
      storageAfter: priced.figure([['stored', now.bytes / GIB, rule.storageClass, 'storage']]),
    };
  });
}

type Line = readonly [what: string, quantity: number, storageClass: string, kind: PriceKind];

class Priced {
  readonly #prices: PriceList;
  readonly #location: string;

  constructor(prices: PriceList, location: string) {
    this.#prices = prices;
    this.#location = location;
  }

  /** @param daily null: no arrival is known. @param early null: ages in that class mean nothing */
  ofClass(storageClass: string, stored: Amount, daily: Amount | null, early: EarlyObjects | null): ClassEstimate {
    const { objects, bytes } = stored;
    const inYear = daily === null ? null : bytes + daily.bytes * DAYS_A_YEAR;
    return {
      storageClass,
      objects,
      bytes,
      storage: this.figure([['stored', bytes / GIB, storageClass, 'storage']]),
      storageInYear: inYear === null ? null : this.figure([['stored', inYear / GIB, storageClass, 'storage']]),
      uploads:
        daily === null
          ? null
          : this.figure([
              ['uploads', (daily.objects * DAYS_A_MONTH) / 1_000, storageClass, 'classA'],
              ['copied to other regions', (daily.bytes * DAYS_A_MONTH) / GIB, storageClass, 'replication'],
            ]),
      readAll: this.figure([
        ['retrieved', bytes / GIB, storageClass, 'retrieval'],
        ['reads', objects / 1_000, storageClass, 'classB'],
        ['lists', Math.ceil(objects / LIST_PAGE) / 1_000, storageClass, 'classA'],
      ]),
      minimumDays: minimumDays(storageClass),
      deleteAll: early === null ? null : this.early([early]),
    };
  }

  early(parts: readonly EarlyObjects[]): Figure {
    return this.figure(
      parts.map(({ storageClass, byteDays }) => [
        'rest of the minimum duration',
        byteDays / GIB / DAYS_A_MONTH,
        storageClass,
        'storage',
      ]),
    );
  }

  /** What costs nothing needs no price. */
  figure(lines: readonly Line[]): Figure {
    const parts = lines.map(([what, quantity, storageClass, kind]): FigurePart => {
      const price = this.#prices(this.#location, storageClass, kind);
      return { what, quantity, price, usd: quantity === 0 ? 0 : price === null ? null : quantity * price.usd };
    });
    return { usd: parts.reduce((usd: number | null, part) => plus(usd, part.usd), 0), parts };
  }
}

/** Those that hold something or get something, coldest last; others by name behind them. */
function classesIn({ classes, arrival }: BucketUsage): readonly string[] {
  const known: readonly string[] = STORAGE_CLASSES;
  const found = new Set([...classes, ...(arrival?.classes ?? [])].map(({ storageClass }) => storageClass));
  return [...known.filter((each) => found.has(each)), ...[...found].filter((each) => !known.includes(each)).sort()];
}

function perDay(arrival: Arrival | null, { objects, bytes }: Amount): Amount | null {
  if (arrival === null) return null;
  return { objects: objects / arrival.overDays, bytes: bytes / arrival.overDays };
}

function sum(classes: readonly ClassUsage[]): Amount {
  return classes.reduce(
    (all, { objects, bytes }) => ({ objects: all.objects + objects, bytes: all.bytes + bytes }),
    NOTHING,
  );
}

function noneEarly(storageClass: string): EarlyObjects {
  return { storageClass, objects: 0, bytes: 0, byteDays: 0 };
}

function total(figures: readonly (Figure | null)[]): number | null {
  return figures.reduce((usd: number | null, figure) => plus(usd, figure === null ? null : figure.usd), 0);
}

/** null where one of them is not known */
function plus(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
