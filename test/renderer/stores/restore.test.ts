import { beforeEach, expect, test } from 'vitest';
import type { RestorePlanView } from '../../../shared/model/restore';
import {
  editRestore,
  EMPTY_DRAFT,
  paramsOf,
  problemsOf,
  restoreStore,
  targetOf,
} from '../../../renderer/stores/restore';

beforeEach(() => restoreStore.setState({ draft: EMPTY_DRAFT, planned: null, isAsking: false }));

test('an empty form asks for all of the archived topic, into a topic beside it', () => {
  expect(paramsOf(EMPTY_DRAFT, 'bus')).toMatchObject({
    topic: 'bus',
    toTopic: 'bus-restored',
    fromOffset: null,
    untilTime: null,
    keys: [],
    recordsPerSecond: null,
    job: null,
  });
  expect(targetOf({ ...EMPTY_DRAFT, topic: 'tram' }, 'bus')).toBe('tram-restored');
});

test('times are UTC, with or without the time of day; anything else is a problem of its field', () => {
  const draft = { ...EMPTY_DRAFT, fromTime: '2022-12-20', untilTime: '2022-12-20T08:30Z', keys: 'a\n\nb' };

  expect(paramsOf(draft, 'bus')).toMatchObject({
    fromTime: Date.parse('2022-12-20T00:00:00Z'),
    untilTime: Date.parse('2022-12-20T08:30:00Z'),
    keys: ['a', 'b'],
  });
  expect(problemsOf(draft)).toEqual({});
  expect(Object.keys(problemsOf({ ...draft, fromTime: 'yesterday', untilTime: '2022-13-01' }))).toEqual([
    'fromTime',
    'untilTime',
  ]);
});

test('a change of the form takes back the dry run and the last step: they were for another restore', () => {
  const planned = { params: paramsOf(EMPTY_DRAFT, 'bus'), plan: {} as RestorePlanView };
  restoreStore.setState({ planned, isAsking: true });

  editRestore({ append: true });

  expect(restoreStore.getState()).toMatchObject({ planned: null, isAsking: false, draft: { append: true } });
});
