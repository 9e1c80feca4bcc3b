/** What records are looked for, in one archive or in many. Every part that is given must hold. */
export interface RecordFilter {
  /** a whole key, `bus*` all that begin so, `!test*` all but those; null: any */
  readonly key: string | null;
  /** stands somewhere in the value; null: any */
  readonly text: string | null;
  /** `SPEED>=12.5`, `VEHICLE.ID=7`, `!SPEED`: of values that are JSON; others do not fit */
  readonly conditions: readonly string[];
  /** decimal digits (int64), null for no bound */
  readonly fromOffset: string | null;
  /** exclusive */
  readonly untilOffset: string | null;
  /** ms since 1970, decimal digits; records without a timestamp are in no range */
  readonly fromTime: string | null;
  /** exclusive */
  readonly untilTime: string | null;
}

export const EVERY_RECORD: RecordFilter = {
  key: null,
  text: null,
  conditions: [],
  fromOffset: null,
  untilOffset: null,
  fromTime: null,
  untilTime: null,
};
