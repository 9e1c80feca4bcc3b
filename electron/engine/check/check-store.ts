/** Whether a bucket or a folder can be used for archives, step by step. Nothing is written. */
import { access, constants } from 'node:fs/promises';
import { asPermafrostError, messageOf, PermafrostError } from '../../../shared/errors';
import type { CheckStep } from '../../../shared/model/connection';
import { openStore, type StorePlace } from '../store/open-store';
import { Steps } from './step';

/** What the archiver and the way back need. Source: cloud.google.com/storage/docs/access-control/iam-permissions */
const NEEDED = ['storage.objects.create', 'storage.objects.get', 'storage.objects.list'] as const;
/** With it objects can be overwritten and removed: nothing but deleting on purpose needs it. */
const TOO_MUCH = 'storage.objects.delete';

/** @returns whether all of it works */
export async function checkStore(
  place: StorePlace,
  prefix: string,
  onStep: (step: CheckStep) => void,
): Promise<boolean> {
  const steps = new Steps(onStep);
  await steps.run(place.kind === 'folder' ? `folder ${place.folder}` : `bucket ${place.bucket}`, async () => {
    const store = await openStore(place);
    const { objects } = await store.list({ prefix: prefix === '' ? '' : `${prefix}/`, pageSize: 1 });
    return objects.length === 0 ? 'It can be listed; nothing lies under the prefix yet.' : 'It can be listed.';
  });
  if (place.kind === 'folder') {
    await steps.run('rights', () => writable(place.folder));
  } else {
    await steps.run('rights', async () => {
      const { connectCloudStorage } = await import('../store/cloud-storage'); // Google's library takes a while to load
      const held = await heldBy(() =>
        connectCloudStorage(place).admin.permissions(place.bucket, [...NEEDED, TOO_MUCH]),
      );
      if (held === null) return { skipped: 'This server does not tell what an account may do.' };
      const missing = NEEDED.filter((permission) => !held.has(permission));
      if (missing.length > 0) throw notAllowed(place.bucket, missing);
      if (!held.has(TOO_MUCH)) return 'It may create and read, and neither overwrite nor delete.';
      return {
        warning:
          'It may delete and overwrite, too, which the archiver does not need: objectCreator and objectViewer are enough.',
      };
    });
  }
  return !steps.hasFailed;
}

async function writable(folder: string): Promise<string> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return 'Files may be made in it.';
  } catch (thrown) {
    throw new PermafrostError(
      'STORE_DENIED',
      `No files may be made in ${folder} (${messageOf(thrown)}). Give this user the right to write, or choose another folder.`,
      { context: { folder }, cause: thrown },
    );
  }
}

/** @returns null when the server knows no such question */
async function heldBy(ask: () => Promise<ReadonlySet<string>>): Promise<ReadonlySet<string> | null> {
  try {
    return await ask();
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (error.code === 'STORE_REFUSED' || error.code === 'STORE_NOT_FOUND') return null;
    throw error;
  }
}

function notAllowed(bucket: string, missing: readonly string[]): PermafrostError {
  return new PermafrostError(
    'STORE_DENIED',
    `The account lacks ${missing.join(', ')} on gs://${bucket}. Give it objectCreator and objectViewer.`,
    { context: { bucket, missing } },
  );
}
