/** What a bucket costs, estimated from what lies in it and what arrives, with every figure's parts. */
import type { EarlyObjects } from './lifecycle';
import type { Price } from './prices';

/** Of a bucket that was listed whole; all objects, archives and others. */
export interface BucketUsage {
  /** ms since 1970: ages were counted up to then */
  readonly at: number;
  /** those that hold something, coldest last */
  readonly classes: readonly ClassUsage[];
  /** null: nothing is there, or all of it is younger than an hour */
  readonly arrival: Arrival | null;
}

export interface ClassUsage {
  /** as the server says it; may be one that we do not know */
  readonly storageClass: string;
  readonly objects: number;
  readonly bytes: number;
  /** what is younger than the class's minimum duration: deleted now, it is paid for as if it had stayed */
  readonly early: EarlyObjects | null;
}

/** What came in lately, as far as it is still there: what was deleted since is not counted. */
export interface Arrival {
  /** how long was looked back, at most 30: to the oldest object, when all are younger */
  readonly overDays: number;
  /** all of that time */
  readonly objects: number;
  readonly bytes: number;
  /** the same, by the class that they have now */
  readonly classes: readonly { readonly storageClass: string; readonly objects: number; readonly bytes: number }[];
}

/** An amount of money, and what it was made of. */
export interface Figure {
  /** null: a price that it needs is not known */
  readonly usd: number | null;
  readonly parts: readonly FigurePart[];
}

export interface FigurePart {
  /** e.g. "stored", "uploads" */
  readonly what: string;
  /** in units of the price: GiB and months, GiB, or thousands of operations */
  readonly quantity: number;
  readonly price: Price | null;
  readonly usd: number | null;
}

export interface ClassEstimate {
  readonly storageClass: string;
  readonly objects: number;
  readonly bytes: number;
  /** a month of what is stored now */
  readonly storage: Figure;
  /** a month of it in a year, when as much arrives every day and nothing is deleted or moved; null: no arrival is known */
  readonly storageInYear: Figure | null;
  /**
   * writing what arrives in a month: a class A operation for each object, and copying it to the other regions where the
   * bucket lies in several; null: no arrival is known
   */
  readonly uploads: Figure | null;
  /** reading all of it once, such as for a full restore: retrieval, a read for each object, a list for each 1,000 */
  readonly readAll: Figure;
  /** how long an object is paid for at least */
  readonly minimumDays: number;
  /** deleting all of it now, for what is younger than that; null where ages in that class mean nothing */
  readonly deleteAll: Figure | null;
}

export interface BucketEstimate {
  readonly location: string;
  /** days over which arrival was measured; null: not known */
  readonly arrivalDays: number | null;
  /** as it lies: one a class that holds something, or into which something arrives */
  readonly classes: readonly ClassEstimate[];
  /** as if all of it were in that class, and all that arrives: one a class, Standard first */
  readonly ifAllIn: readonly ClassEstimate[];
  /** sums of `classes`; null where a price is missing, or nothing is known of arrival */
  readonly total: {
    readonly storageUsd: number | null;
    readonly storageInYearUsd: number | null;
    readonly uploadsUsd: number | null;
    readonly readAllUsd: number | null;
    readonly deleteAllUsd: number | null;
  };
}
