/** What Cloud Storage asks for, where, and where a price comes from. The user's own prices stand before ours. */
import { z } from 'zod';
import {
  OPERATIONS,
  PRICE_CATALOG,
  PRICE_PAGE,
  REPLICATION,
  RETRIEVAL,
  STORAGE_IN_CATALOG,
  STORAGE_ON_PAGE,
  type ByClass,
  type Published,
} from './price-table';
import { coldness, isStorageClass, type StorageClass } from './storage-class';

/**
 * storage: a GiB (2^30 bytes) for a month (a twelfth of a year). classA: 1,000 uploads, lists or changes of class. classB:
 * 1,000 reads. retrieval: reading a GiB. replication: writing a GiB, in buckets that lie in several regions.
 */
export const PRICE_KINDS = ['storage', 'classA', 'classB', 'retrieval', 'replication'] as const;
export type PriceKind = (typeof PRICE_KINDS)[number];

export const PRICE_UNITS: Readonly<Record<PriceKind, string>> = {
  storage: 'USD per GiB and month',
  classA: 'USD per 1,000 operations',
  classB: 'USD per 1,000 operations',
  retrieval: 'USD per GiB',
  replication: 'USD per GiB',
};

export interface Price {
  /** e.g. europe-west1/NEARLINE/storage */
  readonly key: string;
  readonly kind: PriceKind;
  /** per the unit of its kind */
  readonly usd: number;
  /** address of the page; null: the user's own */
  readonly source: string | null;
  /** the day when the page said so, or when the user did, YYYY-MM-DD; null: never verified */
  readonly readOn: string | null;
}

/** @param location as the server writes it, in any case */
export function priceKey(location: string, storageClass: StorageClass, kind: PriceKind): string {
  return `${location.toLowerCase()}/${storageClass}/${kind}`;
}

const priceKeyPattern =
  /^[a-z0-9-]{1,50}\/(STANDARD|NEARLINE|COLDLINE|ARCHIVE)\/(storage|classA|classB|retrieval|replication)$/;

/** The user's own prices, by key. */
export const priceOverridesSchema = z
  .record(
    z.string().regex(priceKeyPattern, 'Takes a key such as europe-west1/NEARLINE/storage'),
    z.strictObject({
      usd: z
        .number({ error: 'Takes a price in USD' })
        .min(0, 'A price is not negative')
        .max(1_000, 'At most 1,000 USD'),
      /** when it was entered */
      readOn: z.iso.date('Takes a day such as 2026-01-31'),
    }),
  )
  .readonly();

export type PriceOverrides = z.infer<typeof priceOverridesSchema>;

/** @returns null: no price is known for that location or class */
export type PriceList = (location: string, storageClass: string, kind: PriceKind) => Price | null;

/** Our prices, the user's own before them. */
export function priceList(overrides: PriceOverrides = {}): PriceList {
  return (location, storageClass, kind) => {
    if (!isStorageClass(storageClass)) return null;
    const key = priceKey(location, storageClass, kind);
    const own = overrides[key];
    if (own !== undefined) return { key, kind, usd: own.usd, source: null, readOn: own.readOn };
    const published = publishedPrice(location.toLowerCase(), storageClass, kind);
    return published === null ? null : { key, kind, ...published };
  };
}

type PublishedPrice = Published & { readonly usd: number };

function publishedPrice(location: string, storageClass: StorageClass, kind: PriceKind): PublishedPrice | null {
  const ofClass = (prices: ByClass, from = PRICE_PAGE): PublishedPrice => ({
    usd: prices[coldness(storageClass)] ?? 0,
    ...from,
  });
  const onPage = ownEntry(STORAGE_ON_PAGE, location);
  const storage = onPage ?? ownEntry(STORAGE_IN_CATALOG, location);
  if (storage === undefined) return null; // a location that we do not know: nothing is guessed
  const replication = ownEntry(REPLICATION, location);
  switch (kind) {
    case 'storage':
      return ofClass(storage, onPage === undefined ? PRICE_CATALOG : PRICE_PAGE);
    case 'classA':
    case 'classB':
      return ofClass(OPERATIONS[replication === undefined ? 'region' : 'several regions'][kind]);
    case 'retrieval':
      return ofClass(RETRIEVAL);
    case 'replication':
      return { usd: replication ?? 0, ...PRICE_PAGE };
  }
}

/** Locations come from servers: "constructor" is none. */
function ownEntry<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
