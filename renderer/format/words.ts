/** States in the user's words. */
import type { SnapshotRow } from '../../shared/model/archive';
import { storeLocation } from '../../shared/model/connection';
import type { ArchiverState, ComparisonView, LiveSnapshot, ProblemView } from '../../shared/model/live';
import type { JobState } from '../../shared/model/job';
import { count, counted } from './format';

export { classText as storageClassName } from '../../shared/model/storage-class';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

export interface StateWord {
  readonly word: string;
  readonly tone: Tone;
}

export const ARCHIVER_WORDS: Readonly<Record<ArchiverState, StateWord>> = {
  stopped: { word: 'Stopped', tone: 'idle' },
  starting: { word: 'Starting', tone: 'busy' },
  archiving: { word: 'Archiving', tone: 'good' },
  paused: { word: 'Paused', tone: 'idle' },
  closing: { word: 'Closing segments', tone: 'busy' },
  degraded: { word: 'Degraded', tone: 'warn' },
  failed: { word: 'Failed', tone: 'bad' },
};

export const JOB_WORDS: Readonly<Record<JobState, StateWord>> = {
  running: { word: 'Running', tone: 'busy' },
  done: { word: 'Done', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'idle' },
};

export const PROBLEM_SOURCES: Readonly<Record<ProblemView['source'], string>> = {
  connection: 'Connection',
  archiver: 'Archiver',
  pipeline: 'Pipeline group',
  sender: 'Sender',
  catalog: 'List of the bucket',
  app: 'Permafrost',
};

/** Where archives lie: gs://bucket/prefix, or a folder. */
export function placeLocation({ bucket, prefix }: Pick<LiveSnapshot, 'bucket' | 'prefix'>): string {
  return `${storeLocation(bucket)}${prefix === '' ? '' : `/${prefix}`}`;
}

/** From where to where: "orders and 2 more → gs://bucket/prefix". */
export function flowText(live: Pick<LiveSnapshot, 'topic' | 'moreTopics' | 'bucket' | 'prefix'>): string {
  return `${topicsText(live)} → ${placeLocation(live)}`;
}

function topicsText({ topic, moreTopics }: Pick<LiveSnapshot, 'topic' | 'moreTopics'>): string {
  if (topic === null) return moreTopics === 0 ? 'no topic chosen' : counted(moreTopics, 'pattern');
  return moreTopics === 0 ? topic : `${topic} and ${count(moreTopics)} more`;
}

/** What a snapshot holds: settings and offsets of 2 topics and 5 consumer groups. */
export function snapshotText({ topics, groups }: Pick<SnapshotRow, 'topics' | 'groups'>): string {
  return `Settings of ${counted(topics, 'topic')}, offsets of ${counted(groups, 'consumer group')}`;
}

const GAP_REASONS: Readonly<Record<string, string>> = {
  'before-start': 'gap: before archiving began',
  expired: 'gap: Kafka had deleted these',
  removed: 'gap: earlier archives were removed',
};

export function gapReason(gap: string): string {
  return GAP_REASONS[gap] ?? `gap: ${gap}`;
}

/** What an archive says of what was left out of it. */
export interface Reduced {
  readonly reduction: string | null;
  readonly records: number;
  readonly dropped: number;
}

/** One sentence, behind "Reduced". */
export function reducedText({ records, dropped }: Reduced): string {
  if (dropped === 0) return 'Messages may lack fields that were left out on purpose.';
  return `${count(dropped)} of ${counted(records + dropped, 'message')} were left out on purpose.`;
}

export interface VerdictText {
  readonly title: string;
  readonly detail: string;
  readonly tone: Tone;
}

/** Whether both groups saw the same messages, and on what that rests. */
export function verdictText({ verdict, partitions }: ComparisonView): VerdictText {
  const compared = partitions.filter(({ pipeline }) => pipeline !== null);
  const messages = compared.reduce((sum, { pipeline }) => sum + (pipeline?.messages ?? 0), 0);
  switch (verdict) {
    case 'same':
      return {
        title: 'Both groups saw the same messages',
        detail: `${counted(messages, 'message')} compared by count and digest, in ${counted(compared.length, 'partition')}`,
        tone: 'good',
      };
    case 'different':
      return { title: 'The groups saw different messages', detail: whereDifferent(partitions), tone: 'bad' };
    case 'waiting':
      return {
        title: 'Nothing to compare yet',
        detail: 'The verdict comes once both groups have read the same stretch of offsets',
        tone: 'idle',
      };
  }
}

function whereDifferent(partitions: ComparisonView['partitions']): string {
  return partitions
    .filter(({ verdict }) => verdict === 'different')
    .map(({ partition, firstDifference, from, to }) => {
      const stretch = firstDifference ?? (from === null || to === null ? null : { from, to });
      const where = stretch === null ? '' : `, between offsets ${count(stretch.from)} and ${count(stretch.to)}`;
      return `Partition ${partition}${where}`;
    })
    .join('; ');
}
