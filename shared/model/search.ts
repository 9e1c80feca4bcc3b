import type { RecordRow } from './archive';

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

/** A record that a search has found, and where. */
export interface HitView {
  readonly name: string;
  readonly generation: string;
  readonly partition: number;
  readonly row: RecordRow;
}

/** How far a search is. */
export interface SearchView {
  /** those from the one that was asked for on */
  readonly hits: readonly HitView[];
  readonly found: number;
  readonly archives: number;
  readonly archivesDone: number;
  /** archives of the topic that hold nothing of the range, by their metadata; null while it runs */
  readonly archivesSkipped: number | null;
  readonly bytesRead: number;
  readonly storedBytes: number;
  /** of lines that were looked through */
  readonly encodedBytes: number;
  readonly tookMs: number;
  /** null while it runs */
  readonly end: 'complete' | 'limit' | 'cancelled' | null;
  /** archives that could not be read, and why */
  readonly failures: readonly string[];
}

/** A search in the window ends behind so many. */
export const MAX_HITS = 10_000;
