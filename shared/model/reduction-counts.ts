/** What a rule did. Every record that was looked at is kept or counted once as dropped. */
export interface ReductionCounts {
  /** records that were looked at */
  readonly seen: number;
  /** by key or by condition */
  readonly filtered: number;
  readonly duplicate: number;
  /** left out by one in N */
  readonly sampled: number;
  readonly tooOften: number;
  /** kept whole because the value is not JSON, although the rule looks into values */
  readonly notJson: number;
  /** of dropped records: key, value and headers */
  readonly droppedBytes: number;
  /** cut out of the values of kept records */
  readonly cutBytes: number;
  /** how often its memory was full and steps 3 to 5 began anew within an archive */
  readonly restarts: number;
}

export const NOTHING_REDUCED: ReductionCounts = {
  seen: 0,
  filtered: 0,
  duplicate: 0,
  sampled: 0,
  tooOften: 0,
  notJson: 0,
  droppedBytes: 0,
  cutBytes: 0,
  restarts: 0,
};

export function droppedOf(counts: ReductionCounts): number {
  return counts.filtered + counts.duplicate + counts.sampled + counts.tooOften;
}

/** null where nothing is left out on purpose */
export function sumCounts(a: ReductionCounts | null, b: ReductionCounts | null): ReductionCounts | null {
  if (a === null || b === null) return a ?? b;
  return {
    seen: a.seen + b.seen,
    filtered: a.filtered + b.filtered,
    duplicate: a.duplicate + b.duplicate,
    sampled: a.sampled + b.sampled,
    tooOften: a.tooOften + b.tooOften,
    notJson: a.notJson + b.notJson,
    droppedBytes: a.droppedBytes + b.droppedBytes,
    cutBytes: a.cutBytes + b.cutBytes,
    restarts: a.restarts + b.restarts,
  };
}
