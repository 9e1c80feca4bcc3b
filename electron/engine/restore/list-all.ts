import type { ListPage, ObjectStore, StoredObject } from '../store/port';

/** All objects of a bucket, page by page, in name order. @throws PermafrostError STORE_*; CANCELLED */
export async function* listAll(store: ObjectStore, signal?: AbortSignal): AsyncGenerator<readonly StoredObject[]> {
  let pageToken: string | null = null;
  do {
    const page: ListPage = await store.list({
      ...(signal === undefined ? {} : { signal }),
      ...(pageToken === null ? {} : { pageToken }),
    });
    yield page.objects;
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
}
