import type { PlainError } from '../../shared/errors';
import type { RequestParams } from '../../shared/ipc/contract';
import type { ObjectRef, ObjectRow } from '../../shared/model/archive';
import type { CatalogRows, CatalogView, ChoiceTotals, ObjectChoice, RefreshKind } from '../../shared/model/catalog';
import type { BucketUsage } from '../../shared/model/cost';
import type { LifecycleEffect } from '../../shared/model/lifecycle';
import type { Connections } from './connections';

/** What knows the bucket that the window shows; other requests than `look` are about that one alone. */
export interface CatalogRequests {
  /** must come first, and again when the keys have changed; the connections are those of the first time */
  configure(params: {
    readonly connections: Connections;
    readonly ownFingerprints: readonly string[];
    /** where catalogs are kept */
    readonly folder: string;
  }): Promise<null>;
  look(params: RequestParams<'catalog.look'>): CatalogView;
  rows(params: RequestParams<'catalog.rows'>): CatalogRows;
  find(params: RequestParams<'catalog.find'>): ObjectRow | null;
  tick(params: RequestParams<'catalog.tick'>): null;
  /** @param names of objects that changed; does nothing when another bucket is open */
  refresh(params: { readonly bucket: string; readonly kind: RefreshKind; readonly names: readonly string[] }): null;
  /** @param opensOnly leaves out what no key here opens */
  choose(params: { readonly bucket: string; readonly choice: ObjectChoice; readonly opensOnly: boolean }): {
    readonly objects: readonly ObjectRef[];
    readonly totals: ChoiceTotals;
  };
  /** null until the bucket is listed whole */
  usage(params: RequestParams<'bucket.usage'>): BucketUsage | null;
  lifecycleEffect(params: RequestParams<'bucket.lifecycleEffect'>): LifecycleEffect | null;
}

export interface CatalogEvents {
  /** at most four times a second */
  changed: { readonly bucket: string };
  problem: PlainError;
}
