import { PermafrostError } from '../../../shared/errors';
import type { CloudStorageConnection } from './cloud-storage';
import { openFolderStore } from './folder-store';
import type { BucketAdmin, ObjectStore } from './port';

/** How archives are reached, as plain data; which bucket is said later. */
export type StorageConnection =
  ({ readonly kind: 'cloud-storage' } & CloudStorageConnection) | { readonly kind: 'folder'; readonly folder: string };

/** Where archives go, as plain data. */
export type StorePlace =
  | ({ readonly kind: 'cloud-storage'; readonly bucket: string } & CloudStorageConnection)
  | { readonly kind: 'folder'; readonly folder: string };

export interface Storage {
  /** @throws PermafrostError STORE_NOT_FOUND for another place than the one folder */
  bucket(name: string): ObjectStore;
  /** null where there are no buckets */
  readonly admin: BucketAdmin | null;
}

/** @throws PermafrostError STORE_* when a folder cannot be used; a server is asked only later */
export async function connectStorage(connection: StorageConnection): Promise<Storage> {
  if (connection.kind === 'cloud-storage') {
    const { connectCloudStorage } = await import('./cloud-storage'); // Google's library takes a while to load
    return connectCloudStorage(connection);
  }
  const { folder } = connection;
  const store = await openFolderStore(folder);
  const bucket = (name: string): ObjectStore => {
    if (name === folder) return store;
    throw new PermafrostError('STORE_NOT_FOUND', `Archives lie in ${folder} here, not in ${name}.`);
  };
  return { bucket, admin: null };
}

/** @throws PermafrostError STORE_* when a folder cannot be used; a bucket is asked only later */
export async function openStore(place: StorePlace): Promise<ObjectStore> {
  return (await connectStorage(place)).bucket(place.kind === 'folder' ? place.folder : place.bucket);
}

/** @param bucket of a connection that has buckets */
export function placeIn(storage: StorageConnection, bucket: string): StorePlace {
  return storage.kind === 'folder' ? storage : { ...storage, bucket };
}
