/** Which bucket a deletion was about, so that one that stopped can be gone on with. */
import { createStore } from 'zustand/vanilla';
import type { JobView } from '../../shared/model/job';
import { request } from '../ipc/client';

export interface BucketDeletionsState {
  /** by the id of the job */
  readonly buckets: Readonly<Record<string, string>>;
}

export const bucketDeletionsStore = createStore<BucketDeletionsState>(() => ({ buckets: {} }));

/** @throws PermafrostError as main gives it */
export async function deleteBucket(bucket: string, typedName: string): Promise<void> {
  const { jobId } = await request('bucket.delete', { name: bucket, typedName });
  bucketDeletionsStore.setState(({ buckets }) => ({ buckets: { ...buckets, [jobId]: bucket } }));
}

/** It was cancelled or broke off: what was left is still there. */
export function hasStopped({ kind, state }: JobView): boolean {
  return kind === 'delete-bucket' && (state === 'cancelled' || state === 'failed');
}

/** The latest deletion of a bucket, when it stopped after something was gone. @param jobs newest first */
export function stoppedDeletion(
  { buckets }: BucketDeletionsState,
  jobs: readonly JobView[],
  bucket: string,
): JobView | null {
  const last = jobs.find(({ id }) => buckets[id] === bucket);
  return last !== undefined && hasStopped(last) && last.done > 0 ? last : null;
}
