import { describe, expect, it } from 'vitest';
import type { TopicKeeping } from '../../../shared/model/topic';
import { behindText, changeText, keepingText, topicState } from '../../../renderer/format/topic-words';
import { DAY_MS, KEPT_A_WEEK, lagOf } from '../topic-answers';

const keeping = (changed: Partial<TopicKeeping>): TopicKeeping => ({ ...KEPT_A_WEEK, ...changed });

describe('how long Kafka keeps a topic', () => {
  it.each([
    [keeping({}), '7 days'],
    [keeping({ retentionMs: null }), 'for ever'],
    [keeping({ retentionBytes: 1e9 }), '7 days or 1.00 GB a partition'],
    [keeping({ retentionMs: null, retentionBytes: 1e9 }), '1.00 GB a partition'],
    [keeping({ cleanup: 'compact' }), 'compacted'],
    [keeping({ cleanup: 'compact,delete' }), 'compacted, 7 days'],
    [keeping({ cleanup: 'none' }), 'for ever'],
    [null, 'unknown'],
  ])('%j reads %s', (kept, text) => expect(keepingText(kept)).toBe(text));
});

describe('how far its archive is behind', () => {
  it.each([
    [lagOf(5, { behindMs: 3 * 3_600_000 }), '3 h'],
    [lagOf(5, { behindMs: 4 * DAY_MS, untold: 1 }), '≥ 4 days'],
    [lagOf(5, { behindMs: null, untold: 3 }), '–'],
    [null, '–'],
  ])('%j reads %s', (lag, text) => expect(behindText(lag)).toBe(text));
});

describe('the state of a topic', () => {
  const chosen = { isChosen: true, isSaved: true, isMissing: false, lag: lagOf(9), warnings: [] };
  const warning = { kind: 'at-risk', severity: 'warning', sentence: '' } as const;
  const note = { kind: 'compacted', severity: 'note', sentence: '' } as const;

  it.each([
    ['what saving will do', { ...chosen, isSaved: false }, false, 'Will be archived'],
    ['what saving will end', { ...chosen, isChosen: false }, true, 'Will be left out'],
    ['that it is left alone', { ...chosen, isChosen: false, isSaved: false }, true, 'Not archived'],
    ['that Kafka does not have it', { ...chosen, isMissing: true, lag: null }, true, 'Not in Kafka'],
    ['its worst warning', { ...chosen, warnings: [warning, note] }, true, 'At risk'],
    ['more than a note', { ...chosen, warnings: [note] }, true, 'Archiving'],
    ['that all is archived', { ...chosen, lag: lagOf(0) }, false, 'Up to date'],
    ['that it waits for archiving', chosen, false, 'Behind'],
    ['that it never began', { ...chosen, lag: lagOf(9, { hasBegun: false }) }, false, 'Not begun'],
    ['that nobody knows', { ...chosen, lag: null }, true, 'Lag unknown'],
  ])('tells %s', (_, of, isOn, word) => expect(topicState(of, isOn).word).toBe(word));
});

describe('what saving changes', () => {
  it.each([
    [{ more: 3, less: 1, patternsMore: 0, patternsLess: 0 }, '3 topics more, 1 less'],
    [{ more: 0, less: 1, patternsMore: 1, patternsLess: 0 }, '1 topic less; 1 pattern more'],
    [{ more: 0, less: 0, patternsMore: 0, patternsLess: 2 }, '2 patterns less'],
  ])('%j reads %s', (change, text) => expect(changeText(change)).toBe(text));
});
