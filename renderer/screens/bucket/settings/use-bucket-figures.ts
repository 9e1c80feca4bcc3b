import type { BucketUsage } from '../../../../shared/model/cost';
import type { LifecycleEffect, LifecycleRule } from '../../../../shared/model/lifecycle';
import { request } from '../../../ipc/client';
import { useBucket } from '../../../stores/hooks';
import { useAsked, type Asked } from './use-asked';

/** What the bucket holds by class; null until it is listed whole. */
export function useBucketUsage(bucket: string): Asked<BucketUsage | null> {
  return useAsked(useVersion(bucket), () => request('bucket.usage', { bucket }));
}

/** What rules would do to what is there. @param rules null: they can't be told yet */
export function useLifecycleEffect(
  bucket: string,
  rules: readonly LifecycleRule[] | null,
): Asked<LifecycleEffect | null> {
  const version = useVersion(bucket);
  const key = rules === null || rules.length === 0 || version === null ? null : JSON.stringify([version, rules]);
  return useAsked(key, () => request('bucket.lifecycleEffect', { bucket, rules: [...(rules ?? [])] }));
}

/** Grows whenever the list of the bucket moves. */
function useVersion(bucket: string): string | null {
  const version = useBucket(({ view }) => view?.version ?? null);
  return version === null ? null : `${bucket} ${version}`;
}
