/**
 * Puts one segment into the bucket, create-only, and settles what an existing object at its place means. Nothing is ever
 * overwritten.
 */
import { PermafrostError } from '../../../shared/errors';
import type { SealedSegment } from '../segment/segment-writer';
import type { Coverage } from '../store/coverage-metadata';
import { metadataOf } from '../store/coverage-metadata';
import { buildObjectName } from '../store/object-names';
import type { ObjectStore, StoredObject } from '../store/port';
import { retrying, type RetryOptions } from '../store/retry';
import { coverageInChain, type ChainPlace } from './chain';

export interface UploadRequest {
  readonly place: ChainPlace;
  readonly segment: SealedSegment;
  readonly coverage: Coverage;
  readonly storageClass: string | null;
  /** cuts off the request under way; `retry.signal` lets it end */
  readonly signal?: AbortSignal;
}

export type UploadOutcome =
  /** the segment is in the bucket; `adopted` when it was there already, since our own reply had been lost */
  | { readonly kind: 'stored'; readonly object: StoredObject; readonly adopted: boolean }
  /** another writer was first: the chain goes on from what it wrote */
  | { readonly kind: 'overtaken'; readonly object: StoredObject; readonly nextOffset: bigint };

/**
 * Retries as long as it may help, until `retry.signal` is aborted.
 * @throws PermafrostError CHAIN_BROKEN when something that is not an archive lies at the segment's place;
 * STORE_DENIED, STORE_NOT_FOUND, STORE_REFUSED; CANCELLED
 */
export function uploadSegment(store: ObjectStore, upload: UploadRequest, retry: RetryOptions): Promise<UploadOutcome> {
  return retrying(() => tryUpload(store, upload), retry);
}

async function tryUpload(
  store: ObjectStore,
  { place, segment, coverage, storageClass, signal }: UploadRequest,
): Promise<UploadOutcome> {
  const name = buildObjectName({ ...place, firstOffset: segment.identity.firstOffset });
  try {
    const object = await store.create(name, segment.body, {
      metadata: metadataOf(coverage),
      crc32c: segment.crc32c,
      ...(storageClass === null ? {} : { storageClass }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { kind: 'stored', object, adopted: false };
  } catch (thrown) {
    // Cloud Storage may ask for the right to delete before it says that the object exists: 403 can hide a 412
    if (!(thrown instanceof PermafrostError) || !['STORE_CONFLICT', 'STORE_DENIED'].includes(thrown.code)) throw thrown;
    const existing = await store.head(name, signal);
    if (existing === null) throw thrown;
    return settle(store, place, segment, existing);
  }
}

function settle(store: ObjectStore, place: ChainPlace, segment: SealedSegment, existing: StoredObject): UploadOutcome {
  const { nextOffset } = coverageInChain(store, place, existing);
  const isOurs = existing.crc32c === segment.crc32c && nextOffset === segment.identity.nextOffset;
  return isOurs
    ? { kind: 'stored', object: existing, adopted: true }
    : { kind: 'overtaken', object: existing, nextOffset };
}
