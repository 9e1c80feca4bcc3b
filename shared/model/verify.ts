/** A verification as the window sees it, and its words, which the command's reports use as well. int64 as decimal digits. */

/**
 * archived, before-start, expired, removed: as the archives tell; no-longer-kept: before the first archive that remains;
 * not-recorded: deleted by Kafka before it was archived, which no archive tells yet
 */
export type StretchKind =
  | 'archived'
  | 'before-start'
  | 'expired'
  | 'removed'
  | 'no-longer-kept'
  | 'missing'
  | 'overlapping'
  | 'not-recorded'
  | 'not-yet-archived';

export const STRETCH_WORDS: Readonly<Record<StretchKind, string>> = {
  archived: 'archived',
  'before-start': 'before the chosen start',
  expired: 'expired before it was archived',
  removed: 'archives were removed',
  'no-longer-kept': 'no longer kept',
  missing: 'missing',
  overlapping: 'archived twice',
  'not-recorded': 'expired, not recorded yet',
  'not-yet-archived': 'not yet archived',
};

/** Offsets without a record in archives, by what is known of them. */
export interface Holes {
  /** transaction markers */
  readonly control: number;
  readonly aborted: number;
  /** left out by reduction */
  readonly dropped: number;
  /** in batches kept as corrupt */
  readonly corrupt: number;
  /** what is left: compaction */
  readonly compacted: number;
}

/** "12 transaction markers, 3 compacted"; empty where each offset has a record. */
export function holesText({ control, aborted, dropped, corrupt, compacted }: Holes): string {
  const parts: readonly (readonly [number, string])[] = [
    [control, 'transaction markers'],
    [aborted, 'in aborted transactions'],
    [dropped, 'left out on purpose'],
    [corrupt, 'in batches kept as corrupt'],
    [compacted, 'compacted'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count.toLocaleString('en')} ${what}`)
    .join(', ');
}

export interface StretchView {
  readonly kind: StretchKind;
  readonly firstOffset: string;
  /** exclusive */
  readonly nextOffset: string;
  readonly archives: number;
  readonly records: number;
  readonly holes: Holes;
}

export interface ChainView {
  readonly topic: string;
  readonly partition: number;
  readonly life: string;
  /** null for a life that is over, and where Kafka was not asked */
  readonly log: { readonly earliest: string; readonly end: string; readonly committed: string | null } | null;
  readonly stretches: readonly StretchView[];
  readonly archives: number;
  readonly records: number;
  readonly storedBytes: number;
  readonly isReduced: boolean;
}

export interface FindingView {
  readonly kind: string;
  readonly topic: string;
  readonly partition: number;
  readonly life: string;
  readonly firstOffset: string;
  /** exclusive */
  readonly nextOffset: string;
  /** null where there is none */
  readonly object: string | null;
  readonly cause: string;
  readonly meaning: string;
}

export interface VerificationView {
  readonly jobId: string;
  readonly bucket: string;
  readonly prefix: string;
  /** ms since 1970 */
  readonly startedAt: number;
  readonly endedAt: number;
  /** why Kafka was not asked; null when it was */
  readonly kafkaProblem: string | null;
  readonly chains: readonly ChainView[];
  /** the first ones */
  readonly findings: readonly FindingView[];
  readonly findingCount: number;
  /** null when contents were not read */
  readonly content: {
    /** 1 of how many parts; null: all */
    readonly oneOf: number | null;
    readonly archives: number;
    readonly ofArchives: number;
    readonly records: number;
    readonly storedBytes: number;
    /** in records, but for `incomparable`: archives; null when it was not compared with Kafka */
    readonly source: {
      readonly equal: number;
      readonly gone: number;
      readonly incomparable: { readonly life: number; readonly rule: number };
    } | null;
  } | null;
}
