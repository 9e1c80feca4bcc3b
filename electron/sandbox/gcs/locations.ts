/** Source: cloud.google.com/storage/docs/locations */
const MULTI_REGIONS = new Set(['US', 'EU', 'ASIA']);
const DUAL_REGIONS = new Set(['EUR4', 'NAM4', 'ASIA1']);

export type LocationType = 'multi-region' | 'dual-region' | 'region';

/** @param location in capitals */
export function locationTypeOf(location: string): LocationType {
  if (MULTI_REGIONS.has(location)) return 'multi-region';
  return DUAL_REGIONS.has(location) ? 'dual-region' : 'region';
}
