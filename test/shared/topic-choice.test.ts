import { expect, test } from 'vitest';
import { chooser, topicPatternText } from '../../shared/model/topic-choice';
import { settingsPatchSchema, settingsSchema } from '../../shared/model/settings';

test('a pattern matches whole names, and internal topics are chosen by name alone', () => {
  const chosenBy = chooser({ names: ['buses', '__consumer_offsets'], patterns: ['bus|trams', '__.*', 'buses'] });
  const chosen = (name: string, isInternal = false) => chosenBy({ name, isInternal });

  expect(['buses', 'bus', 'trams', 'mybus', 'trams-2'].map((name) => chosen(name))).toEqual([
    ...['name', 'pattern', 'pattern', null, null],
  ]);
  expect([chosen('__consumer_offsets', true), chosen('__transaction_state', true)]).toEqual(['name', null]);
});

test('what is no pattern is refused beside its field', () => {
  const parsed = settingsPatchSchema.safeParse({ topics: { names: [], patterns: ['ok.*', '('] } });

  expect(parsed.error?.issues).toMatchObject([{ path: ['topics', 'patterns', 1] }]);
  expect(parsed.error?.issues[0]?.message).toMatch(/no regular expression, such as/);
  expect(topicPatternText.safeParse('').success).toBe(false);
});

test('settings of before have no more topics than their own', () => {
  expect(settingsSchema.parse({ topic: 'buses' }).topics).toEqual({ names: [], patterns: [] });
  expect(settingsPatchSchema.parse({ topic: 'buses' }).topics).toBeUndefined();
});
