import { asPermafrostError } from '../../../shared/errors';
import type { BucketView } from '../../../shared/model/archive';
import type { BucketAdmin } from '../store/port';

/**
 * The buckets that an account sees. Listing them is a right of a project: who has rights to one bucket alone sees that one.
 * @param admin null where archives lie in a folder
 * @param always is among them, also when it is not listed
 * @throws PermafrostError STORE_UNAVAILABLE; all of STORE_* where nothing is always there
 */
export async function listBuckets(admin: BucketAdmin | null, always: string | null): Promise<readonly BucketView[]> {
  const known: readonly BucketView[] =
    always === null ? [] : [{ name: always, location: null, storageClass: null, createdAt: null }];
  if (admin === null) return known;
  try {
    const listed = await admin.listBuckets();
    return [...listed, ...known.filter(({ name }) => !listed.some((each) => each.name === name))];
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (error.code === 'STORE_UNAVAILABLE' || always === null) throw error;
    return known;
  }
}
