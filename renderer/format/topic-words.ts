/** What is known of a topic, in the user's words. */
import type { ArchivingLag, TopicKeeping } from '../../shared/model/topic';
import { timeText, type TopicWarning, type TopicWarningKind } from '../../shared/model/topic-warnings';
import { age, bytes, count, counted, NOTHING } from './format';
import type { StateWord, Tone } from './words';

/** How long Kafka keeps records: "7 days", "for ever", "7 days or 1.00 GB a partition", "compacted". */
export function keepingText(keeping: TopicKeeping | null): string {
  if (keeping === null) return 'unknown';
  const { cleanup, retentionMs, retentionBytes } = keeping;
  if (cleanup === 'none') return 'for ever';
  if (cleanup === 'compact') return 'compacted';
  const limits = [
    ...(retentionMs === null ? [] : [timeText(retentionMs)]),
    ...(retentionBytes === null ? [] : [`${bytes(retentionBytes)} a partition`]),
  ];
  const kept = limits.length === 0 ? 'for ever' : limits.join(' or ');
  return cleanup === 'compact,delete' ? `compacted, ${kept}` : kept;
}

/** The same for the hover, with Kafka's own names of what decides it. */
export function keepingExact(keeping: TopicKeeping | null): string {
  if (keeping === null) return "This user may not read the topic's settings (the right DescribeConfigs)";
  const { cleanup, retentionMs, retentionBytes } = keeping;
  const policy = `cleanup.policy ${cleanup === 'none' ? '(empty)' : cleanup}`;
  if (!cleanup.includes('delete')) return policy;
  const ms = retentionMs === null ? -1 : retentionMs;
  return `${policy}, retention.ms ${ms}, retention.bytes ${retentionBytes ?? -1}`;
}

/** Age of the oldest record that is not archived: "3 h"; "≥ 3 h" where a partition did not tell. */
export function behindText(lag: ArchivingLag | null): string {
  if (lag === null || lag.behindMs === null) return NOTHING;
  const text = age(0, lag.behindMs);
  return lag.untold > 0 ? `≥ ${text}` : text;
}

/** One sentence of how far the archive of a topic is; '' where nobody knows. */
export function lagSentence(lag: ArchivingLag | null): string {
  if (lag === null) return '';
  if (!lag.hasBegun) return `Archiving has not begun: ${counted(lag.records, 'record')} wait in Kafka.`;
  if (lag.records === 0) return 'All that Kafka has is archived.';
  const untold = lag.untold > 0 ? `, or more: ${counted(lag.untold, 'partition')} did not tell` : '';
  const oldest = lag.behindMs === null ? '' : ` The oldest is ${timeText(lag.behindMs)} old${untold}.`;
  return `${counted(lag.records, 'record')} ${lag.records === 1 ? 'is' : 'are'} not archived yet.${oldest}`;
}

export const WARNING_WORDS: Readonly<Record<TopicWarningKind, string>> = {
  losing: 'Losing records',
  'at-risk': 'At risk',
  'retention-too-short': 'Short retention',
  'size-bound': 'Kept by size',
  compacted: 'Compacted',
};

export const SEVERITY_TONES: Readonly<Record<TopicWarning['severity'], Tone>> = {
  danger: 'bad',
  warning: 'warn',
  note: 'idle',
};

export interface TopicState extends StateWord {
  /** what saving would do to it; null when it stays as it is */
  readonly change: 'more' | 'less' | null;
}

/**
 * What to say of a topic at a glance.
 * @param of isChosen: by what is being chosen, isSaved: by what is in force; lag and warnings as they are known
 * @param isOn archiving runs
 */
export function topicState(
  of: {
    readonly isChosen: boolean;
    readonly isSaved: boolean;
    readonly isMissing: boolean;
    readonly lag: ArchivingLag | null;
    readonly warnings: readonly TopicWarning[];
  },
  isOn: boolean,
): TopicState {
  if (of.isChosen !== of.isSaved) {
    return of.isChosen
      ? { word: 'Will be archived', tone: 'busy', change: 'more' }
      : { word: 'Will be left out', tone: 'busy', change: 'less' };
  }
  return { ...standing(of, isOn), change: null };
}

function standing(of: Parameters<typeof topicState>[0], isOn: boolean): StateWord {
  if (!of.isChosen) return { word: 'Not archived', tone: 'idle' };
  if (of.isMissing) return { word: 'Not in Kafka', tone: 'warn' };
  const worst = of.warnings.find(({ severity }) => severity !== 'note');
  if (worst !== undefined) return { word: WARNING_WORDS[worst.kind], tone: SEVERITY_TONES[worst.severity] };
  if (of.lag === null) return { word: 'Lag unknown', tone: 'idle' };
  if (of.lag.hasBegun && of.lag.records === 0) return { word: 'Up to date', tone: 'good' };
  if (isOn) return { word: 'Archiving', tone: 'good' };
  return of.lag.hasBegun ? { word: 'Behind', tone: 'idle' } : { word: 'Not begun', tone: 'idle' };
}

export interface ChoiceChange {
  /** topics that saving adds, and takes away */
  readonly more: number;
  readonly less: number;
  readonly patternsMore: number;
  readonly patternsLess: number;
}

/** "3 topics more, 1 less; 1 pattern more" */
export function changeText({ more, less, patternsMore, patternsLess }: ChoiceChange): string {
  const parts = [moreOrLess('topic', more, less), moreOrLess('pattern', patternsMore, patternsLess)];
  return parts.filter((part) => part !== '').join('; ');
}

function moreOrLess(what: string, more: number, less: number): string {
  if (more > 0) return `${counted(more, what)} more${less > 0 ? `, ${count(less)} less` : ''}`;
  return less > 0 ? `${counted(less, what)} less` : '';
}
