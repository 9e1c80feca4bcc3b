import type { ListPage, ObjectStore, StoredObject } from '../store/port';

/**
 * All objects of a bucket, page by page, in name order.
 * @param prefix only names that begin with it
 * @param versions also noncurrent ones
 * @throws PermafrostError STORE_*; CANCELLED
 */
export async function* listAll(
  store: ObjectStore,
  signal?: AbortSignal,
  prefix = '',
  versions = false,
): AsyncGenerator<readonly StoredObject[]> {
  let pageToken: string | null = null;
  do {
    const page: ListPage = await store.list({
      prefix,
      ...(versions ? { versions } : {}),
      ...(signal === undefined ? {} : { signal }),
      ...(pageToken === null ? {} : { pageToken }),
    });
    yield page.objects;
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
}
