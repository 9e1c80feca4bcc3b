/** What a bucket holds, as the window asks for it: a place of the tree, a filter and an order give rows, seen by windows. */
import type { PlainError } from '../errors';
import type { ObjectRef, ObjectRow } from './archive';

/** A place of the tree. */
export type Place =
  | { readonly kind: 'all' }
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'snapshots' }
  | { readonly kind: 'other' };

export const SORT_COLUMNS = [
  'offsets',
  'times',
  'records',
  'raw',
  'stored',
  'ratio',
  'codec',
  'class',
  'created',
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

export interface Sort {
  readonly column: SortColumn;
  readonly isDescending: boolean;
}

/** All of its parts must hold. */
export interface ObjectFilter {
  /** a number: archives that hold that offset, or whose first offset begins so; else part of a name, a key or a codec */
  readonly text: string;
  /** with messages as new as that, ms since 1970; null: any */
  readonly fromTime: number | null;
  /** with messages before that */
  readonly untilTime: number | null;
  /** fingerprint of a key that opens it; '' for what needs no key; null: any */
  readonly key: string | null;
}

export const NO_FILTER: ObjectFilter = { text: '', fromTime: null, untilTime: null, key: null };

export interface CatalogQuery {
  readonly place: Place;
  readonly filter: ObjectFilter;
  readonly sort: Sort;
}

export const WHOLE_BUCKET: CatalogQuery = {
  place: { kind: 'all' },
  filter: NO_FILTER,
  sort: { column: 'offsets', isDescending: false },
};

export interface TopicBranch {
  readonly topic: string;
  readonly archives: number;
  readonly partitions: readonly { readonly partition: number; readonly archives: number }[];
}

export interface Totals {
  readonly objects: number;
  readonly archives: number;
  readonly records: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
}

/** Some objects, and what can be done with them. */
export interface ChoiceTotals extends Totals {
  /** how many of them a key here opens, or need none */
  readonly opens: number;
}

/** A key that opens some of the bucket's archives. */
export interface KeyUse {
  /** '' for archives that need none */
  readonly fingerprint: string;
  readonly archives: number;
}

export interface CatalogView {
  /** grows with whatever changes of this view or of its rows */
  readonly version: number;
  /** rows that the query lets through */
  readonly shown: number;
  readonly totals: Totals;
  readonly topics: readonly TopicBranch[];
  readonly snapshots: number;
  readonly others: number;
  readonly keys: readonly KeyUse[];
  readonly ticked: ChoiceTotals;
  /** the row that was asked for, and where it stands; index null when the query hides it */
  readonly active: { readonly index: number | null; readonly row: ObjectRow } | null;
  /** objects that came in so far, while the bucket is being listed */
  readonly listed: number | null;
  /** false before the first listing, or a former one's, has been read to its end */
  readonly isWhole: boolean;
  /** when all of the bucket was listed the last time, ms since 1970; later only additions */
  readonly listedAt: number | null;
  /** why the last listing failed; what is shown is from before */
  readonly error: PlainError | null;
}

export interface CatalogRow {
  readonly row: ObjectRow;
  readonly isTicked: boolean;
}

export interface CatalogRows {
  readonly version: number;
  readonly rows: readonly CatalogRow[];
}

/** What is to be ticked. Ranges go by the rows that are shown. */
export type Tick =
  | { readonly kind: 'toggle'; readonly object: ObjectRef }
  /** from null: that one alone */
  | { readonly kind: 'range'; readonly from: ObjectRef | null; readonly to: ObjectRef }
  | { readonly kind: 'all' }
  | { readonly kind: 'none' };

/** Which objects a job is about. */
export type ObjectChoice =
  | { readonly kind: 'objects'; readonly objects: readonly ObjectRef[] }
  | { readonly kind: 'ticked' }
  /** all that lies there, whatever a filter hides */
  | { readonly kind: 'place'; readonly place: Place };

/** added: what writers add; all: what was deleted, too, and what lies elsewhere now */
export type RefreshKind = 'added' | 'all';
