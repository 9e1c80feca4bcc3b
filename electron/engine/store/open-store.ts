import type { CloudStorageConnection } from './cloud-storage';
import { openFolderStore } from './folder-store';
import type { ObjectStore } from './port';

/** Where archives go, as plain data. */
export type StorePlace =
  | ({ readonly kind: 'cloud-storage'; readonly bucket: string } & CloudStorageConnection)
  | { readonly kind: 'folder'; readonly folder: string };

/** @throws PermafrostError STORE_* when a folder cannot be used; a bucket is asked only later */
export async function openStore(place: StorePlace): Promise<ObjectStore> {
  if (place.kind === 'folder') return openFolderStore(place.folder);
  const { connectCloudStorage } = await import('./cloud-storage'); // Google's library takes a while to load
  return connectCloudStorage(place).bucket(place.bucket);
}
