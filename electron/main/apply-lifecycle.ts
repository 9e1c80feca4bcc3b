/** The sandbox's bucket does on request what Cloud Storage does by itself within a day. */
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../shared/errors';
import type { LifecycleApplied } from '../../shared/ipc/bucket-requests';
import type { StorageConnection } from '../engine/store/open-store';

const applied = z.object({ deleted: z.number().int().min(0), moved: z.number().int().min(0) });

/** @throws PermafrostError STORE_REFUSED for a server that is not the sandbox's, STORE_UNAVAILABLE */
export async function applyLifecycle(storage: StorageConnection, bucket: string): Promise<LifecycleApplied> {
  if (storage.kind === 'folder' || storage.endpoint === undefined) throw notTheSandbox(bucket);
  const response = await post(`${storage.endpoint}/sandbox/b/${encodeURIComponent(bucket)}/applyLifecycle`, bucket);
  const { data } = applied.safeParse(response.ok ? await response.json() : null);
  if (data === undefined) throw notTheSandbox(bucket);
  return data;
}

async function post(url: string, bucket: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST' });
  } catch (thrown) {
    throw new PermafrostError(
      'STORE_UNAVAILABLE',
      `Applying the rules of ${bucket}: the sandbox's bucket does not answer (${messageOf(thrown)}). Try it again.`,
      { context: { bucket }, cause: thrown },
    );
  }
}

function notTheSandbox(bucket: string): PermafrostError {
  return new PermafrostError(
    'STORE_REFUSED',
    `Only the sandbox applies the rules of ${bucket} at once; Cloud Storage does it by itself, within about a day.`,
    { context: { bucket } },
  );
}
