/** What the way Kafka keeps a topic means for its archive: what is lost, what soon will be, what one should know. */
import type { ArchivingLag, TopicKeeping, TopicRow } from './topic';

/**
 * losing: records were deleted before they were archived, or will be soon; at-risk: half of the time is over;
 * retention-too-short: for how the archiver works; size-bound: Kafka deletes by size, so that nobody can tell when;
 * compacted: what is overwritten before it is archived is not in the archive
 */
export type TopicWarningKind = 'losing' | 'at-risk' | 'retention-too-short' | 'size-bound' | 'compacted';

export interface TopicWarning {
  readonly kind: TopicWarningKind;
  readonly severity: 'danger' | 'warning' | 'note';
  /** for the user: what is the matter, and what to do next */
  readonly sentence: string;
}

type Warned = Pick<TopicRow, 'name' | 'keeping'>;

/**
 * @param lag null when it is not known, or the topic is not archived
 * @param maxSegmentAgeMs how long the archiver keeps a segment open
 * @returns worst first; empty where all is well, also where nothing is known
 */
export function topicWarnings(
  topic: Warned,
  lag: ArchivingLag | null,
  maxSegmentAgeMs: number,
): readonly TopicWarning[] {
  const { name, keeping } = topic;
  const retentionMs = keeping === null || !deletes(keeping) ? null : keeping.retentionMs;
  const timely = lag === null ? [] : timeWarnings(name, lag, retentionMs);
  return [
    ...timely,
    ...(retentionMs === null ? [] : tooShort(name, retentionMs, maxSegmentAgeMs)),
    ...(keeping === null ? [] : [...sizeNotes(name, keeping), ...compactionNotes(name, keeping)]),
  ];
}

function timeWarnings(name: string, lag: ArchivingLag, retentionMs: number | null): readonly TopicWarning[] {
  const isLate = retentionMs !== null && lag.behindMs !== null && lag.behindMs > retentionMs;
  if (lag.lost > 0 || isLate) return [losing(name, lag, isLate ? retentionMs : null)];
  if (retentionMs === null || lag.behindMs === null || lag.behindMs <= retentionMs / 2) return [];
  const sentence =
    `The oldest record of ${name} that is not archived is ${timeText(lag.behindMs)} old, and Kafka keeps records for ` +
    `${timeText(retentionMs)}. ${remedy(lag)}`;
  return [{ kind: 'at-risk', severity: 'warning', sentence }];
}

/** @param passedMs the retention, where the oldest record is older; null: it is known by the log start alone */
function losing(name: string, lag: ArchivingLag, passedMs: number | null): TopicWarning {
  const lost =
    lag.lost > 0
      ? `Kafka has deleted up to ${counted(lag.lost, 'record')} of ${name} before ${lag.lost === 1 ? 'it was' : 'they were'} archived.`
      : `Kafka deletes records of ${name} that are not archived.`;
  const age =
    passedMs === null
      ? ''
      : ` The oldest one that is left is ${timeText(lag.behindMs ?? 0)} old, and they are kept for ${timeText(passedMs)}.`;
  return { kind: 'losing', severity: 'danger', sentence: `${lost}${age} ${remedy(lag)}` };
}

function remedy({ hasBegun }: ArchivingLag): string {
  return hasBegun
    ? 'Archive now, with more workers if it does not catch up, or let Kafka keep the topic longer (retention.ms).'
    : 'Its archiving has not begun: start it now, or let Kafka keep the topic longer (retention.ms).';
}

function tooShort(name: string, retentionMs: number, maxSegmentAgeMs: number): readonly TopicWarning[] {
  if (retentionMs >= 2 * maxSegmentAgeMs) return [];
  const sentence =
    `Kafka keeps records of ${name} for ${timeText(retentionMs)}, and an archive may stay open for ` +
    `${timeText(maxSegmentAgeMs)} before it is uploaded: a short pause loses records. Let Kafka keep the topic longer ` +
    `(retention.ms), or close archives earlier.`;
  return [{ kind: 'retention-too-short', severity: 'warning', sentence }];
}

function sizeNotes(name: string, keeping: TopicKeeping): readonly TopicWarning[] {
  const { retentionBytes, retentionMs } = keeping;
  if (retentionBytes === null || !deletes(keeping)) return [];
  const limit = `Kafka keeps at most ${bytesText(retentionBytes)} of each partition of ${name} (retention.bytes)`;
  const sentence =
    retentionMs === null
      ? `${limit}: how long that lasts depends on what is sent. Keep the archiver running, or set retention.ms in its place.`
      : `${limit}, so a burst may be deleted before ${timeText(retentionMs)} are over. Keep the archiver running.`;
  return [{ kind: 'size-bound', severity: 'note', sentence }];
}

function compactionNotes(name: string, { cleanup }: TopicKeeping): readonly TopicWarning[] {
  if (!cleanup.includes('compact')) return [];
  const sentence =
    `${name} is compacted: a record that a later one with its key replaces before it is archived is not in the archive. ` +
    `Keep the archiver running, or make Kafka wait before it compacts (min.compaction.lag.ms).`;
  return [{ kind: 'compacted', severity: 'note', sentence }];
}

function deletes({ cleanup }: TopicKeeping): boolean {
  return cleanup.includes('delete');
}

const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

/** "7 days", "36 hours", "2.5 minutes": in the largest unit of which there are two, or that fits evenly. */
export function timeText(ms: number): string {
  for (const [unitMs, name] of UNITS) {
    if (ms >= 2 * unitMs || (ms >= unitMs && ms % unitMs === 0)) {
      return counted(Math.round((ms / unitMs) * 10) / 10, name);
    }
  }
  return `${Math.round(ms).toLocaleString('en')} ms`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

/** Decimal, three significant digits. */
function bytesText(bytes: number): string {
  const factor = bytes < 1e6 ? 1e3 : bytes < 1e9 ? 1e6 : 1e9;
  const unit = bytes < 1e6 ? 'kB' : bytes < 1e9 ? 'MB' : 'GB';
  return `${Number((bytes / factor).toPrecision(3)).toLocaleString('en')} ${unit}`;
}
