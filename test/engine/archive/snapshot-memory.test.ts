import { expect, test } from 'vitest';
import type { GroupSnapshot, TopicSnapshot } from '../../../electron/engine/archive/snapshot';
import { mergeGroups, mergeTopics } from '../../../electron/engine/archive/snapshot-memory';

const DAY_MS = 24 * 60 * 60 * 1_000;
const TAKEN_AT = Date.parse('2026-11-23T14:05:06.000Z');
const seven = [{ topic: 'birds', partition: 0, offset: '7', metadata: 'note' }];
const nine = [{ topic: 'birds', partition: 0, offset: '9', metadata: '' }];

function fresh(groupId: string): GroupSnapshot {
  return { groupId, stale: false, seenAt: null, offsets: seven };
}

function kept(groupId: string): GroupSnapshot {
  return { groupId, stale: true, seenAt: '2026-11-23T14:05:06.000Z', offsets: seven };
}

test('a group without an answer, or that lost its offsets, keeps the last ones and is marked', () => {
  const before = { groups: ['watchers', 'away', 'emptied', 'unlisted'].map(fresh), takenAt: TAKEN_AT };
  const answers = new Map([
    ['watchers', nine],
    ['away', null],
    ['emptied', []],
    ['new and silent', null],
    ['reads something else', []],
  ]);

  expect(mergeGroups(answers, before, TAKEN_AT + 1_000)).toEqual([
    { groupId: 'watchers', stale: false, seenAt: null, offsets: nine },
    kept('away'),
    kept('emptied'),
    { groupId: 'new and silent', stale: true, seenAt: null, offsets: [] },
    kept('unlisted'),
  ]);
});

test('without a list of groups all keep what they had', () => {
  const before = { groups: [fresh('a'), fresh('b')], takenAt: TAKEN_AT };

  expect(mergeGroups(null, before, TAKEN_AT + 1_000)).toEqual([kept('a'), kept('b')]);
});

test('a stale group keeps the time at which it was seen, and is fresh when it answers again', () => {
  const before = { groups: [kept('away')], takenAt: TAKEN_AT + DAY_MS };

  expect(mergeGroups(new Map([['away', null]]), before, TAKEN_AT + DAY_MS)).toEqual([kept('away')]);
  expect(mergeGroups(new Map([['away', nine]]), before, TAKEN_AT + DAY_MS)).toEqual([
    { groupId: 'away', stale: false, seenAt: null, offsets: nine },
  ]);
});

test('a group that Kafka no longer knows is left out after a week, one that does not answer never', () => {
  const before = { groups: [kept('gone'), kept('silent')], takenAt: TAKEN_AT };
  const answers = new Map([['silent', null]]);

  expect(mergeGroups(answers, before, TAKEN_AT + 7 * DAY_MS - 1)).toEqual([kept('silent'), kept('gone')]);
  expect(mergeGroups(answers, before, TAKEN_AT + 7 * DAY_MS)).toEqual([kept('silent')]);
});

const birds = { name: 'birds', topicId: 'A', partitions: 2, replicationFactor: 1 };
const known: TopicSnapshot = { ...birds, stale: false, settings: { 'retention.ms': '1' } };

test('a topic whose settings are not told keeps the last ones and is marked', () => {
  expect(mergeTopics([birds], new Map([['birds', {}]]), [known])).toEqual([{ ...birds, stale: false, settings: {} }]);
  expect(mergeTopics([{ ...birds, partitions: 3 }], new Map(), [known])).toEqual([
    { ...known, partitions: 3, stale: true },
  ]);
  expect(mergeTopics([birds], new Map(), [])).toEqual([{ ...birds, stale: true, settings: null }]);
});

test('a topic made anew does not take over the settings of the one before', () => {
  const anew = { ...birds, topicId: 'B' };

  expect(mergeTopics([anew], new Map(), [known])).toEqual([{ ...anew, stale: true, settings: null }]);
});
