/** What the way Kafka keeps a topic means for its archive. */
import { expect, test } from 'vitest';
import type { ArchivingLag, TopicKeeping } from '../../shared/model/topic';
import { timeText, topicWarnings } from '../../shared/model/topic-warnings';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK: TopicKeeping = { cleanup: 'delete', retentionMs: 7 * DAY, retentionBytes: null };
const FOR_EVER: TopicKeeping = { cleanup: 'delete', retentionMs: null, retentionBytes: null };
const KEPT_UP: ArchivingLag = { hasBegun: true, records: 0, lost: 0, behindMs: 0, untold: 0 };
const behind = (behindMs: number | null): ArchivingLag => ({ ...KEPT_UP, records: 10, behindMs });
const MAX_AGE = 30_000;

test.each<[string, TopicKeeping | null, ArchivingLag | null, string[]]>([
  ['all is archived', WEEK, KEPT_UP, []],
  ['nothing is known of the lag', WEEK, null, []],
  ['nothing is known at all', null, null, []],
  ['the age of the oldest record is not known', WEEK, behind(null), []],
  ['half of the time is left', WEEK, behind(3.5 * DAY), []],
  ['less than half of the time is left', WEEK, behind(3.5 * DAY + 1), ['at-risk']],
  ['the time is just over', WEEK, behind(7 * DAY), ['at-risk']],
  ['the time is over', WEEK, behind(7 * DAY + 1), ['losing']],
  ['the log start has passed the archiver', WEEK, { ...KEPT_UP, lost: 1 }, ['losing']],
  ['it has passed, and the settings are not known', null, { ...KEPT_UP, lost: 1 }, ['losing']],
  ['it is kept for ever, however old', FOR_EVER, behind(900 * DAY), []],
  ['the retention is of two open archives', { ...WEEK, retentionMs: 60_000 }, KEPT_UP, []],
  ['the retention is shorter than that', { ...WEEK, retentionMs: 59_999 }, KEPT_UP, ['retention-too-short']],
  ['both', { ...WEEK, retentionMs: 1_000 }, behind(2_000), ['losing', 'retention-too-short']],
  ['it is short, and not chosen', { ...WEEK, retentionMs: 1_000 }, null, ['retention-too-short']],
  ['size alone counts', { ...FOR_EVER, retentionBytes: 1e9 }, KEPT_UP, ['size-bound']],
  ['size and time count', { ...WEEK, retentionBytes: 1e9 }, behind(6 * DAY), ['at-risk', 'size-bound']],
  ['it is compacted', { ...FOR_EVER, cleanup: 'compact' }, KEPT_UP, ['compacted']],
  ['compacted, its retention means nothing', { ...WEEK, cleanup: 'compact' }, behind(30 * DAY), ['compacted']],
  ['compacted, its size means nothing', { ...FOR_EVER, cleanup: 'compact', retentionBytes: 1 }, null, ['compacted']],
  ['both', { ...WEEK, cleanup: 'compact,delete' }, behind(5 * DAY), ['at-risk', 'compacted']],
  ['it is never cleaned', { ...WEEK, cleanup: 'none', retentionBytes: 1 }, behind(30 * DAY), []],
])('where %s it warns of what is the matter', (_case, keeping, lag, kinds) => {
  expect(topicWarnings({ name: 'buses', keeping }, lag, MAX_AGE).map(({ kind }) => kind)).toEqual(kinds);
});

test('a warning says what is the matter, in numbers, and what to do next', () => {
  const said = (keeping: TopicKeeping | null, lag: ArchivingLag): string[] =>
    topicWarnings({ name: 'buses', keeping }, lag, MAX_AGE).map(({ severity, sentence }) => `${severity}: ${sentence}`);

  expect(said(WEEK, { ...behind(8 * DAY), lost: 1_200 })).toEqual([
    'danger: Kafka has deleted up to 1,200 records of buses before they were archived. The oldest one that is left is 8 days old, and they are kept for 7 days. Archive now, with more workers if it does not catch up, or let Kafka keep the topic longer (retention.ms).',
  ]);
  expect(said(WEEK, { ...behind(8 * DAY), hasBegun: false })).toEqual([
    'danger: Kafka deletes records of buses that are not archived. The oldest one that is left is 8 days old, and they are kept for 7 days. Its archiving has not begun: start it now, or let Kafka keep the topic longer (retention.ms).',
  ]);
  expect(said(null, { ...KEPT_UP, lost: 1 })[0]).toMatch(
    /^danger: Kafka has deleted up to 1 record of buses before it/,
  );
  expect(said(WEEK, behind(4 * DAY))[0]).toMatch(
    /^warning: .* is 4 days old, and Kafka keeps records for 7 days\. Arch/,
  );
  expect(said({ ...WEEK, retentionBytes: 1_500_000_000 }, KEPT_UP)[0]).toMatch(
    /^note: Kafka keeps at most 1\.5 GB of each partition of buses .* before 7 days are over/,
  );
});

test.each([
  [7 * DAY, '7 days'],
  [36 * HOUR, '36 hours'],
  [DAY, '1 day'],
  [2.5 * DAY, '2.5 days'],
  [90_000, '90 seconds'],
  [3_600_000, '1 hour'],
  [1_000, '1 second'],
  [999, '999 ms'],
  [0, '0 ms'],
])('%d ms are told as %s', (ms, text) => {
  expect(timeText(ms)).toBe(text);
});
