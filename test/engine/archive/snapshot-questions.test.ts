import { expect, test } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import {
  askForSnapshot,
  QUESTION_LIMITS,
  type SnapshotQuestions,
} from '../../../electron/engine/archive/snapshot-questions';

const { signal } = new AbortController();
const REFUSED = new PermafrostError('KAFKA_REFUSED', 'No right.');
const NEVER = new Promise<never>(() => undefined);
const at = (topic: string, offset: bigint) => ({ topic, partition: 0, offset, metadata: '' });

function kafka(questions: Partial<SnapshotQuestions>): SnapshotQuestions {
  return {
    groupIds: () => Promise.resolve(['archiver', 'pipeline', 'reports']),
    allCommitted: () => Promise.resolve([at('birds', 7n), at('secrets', 3n)]),
    topicSettings: (topics) => Promise.resolve(new Map(topics.map((topic) => [topic, {}]))),
    ...questions,
  };
}

test('groups are told with their offsets of the archived topics alone, the archiver’s own is not', async () => {
  const { groups, problems } = await askForSnapshot(kafka({}), ['birds'], 'archiver', signal);

  const offsets = [{ ...at('birds', 7n), offset: '7' }];
  expect([...(groups ?? [])]).toEqual([
    ['pipeline', offsets],
    ['reports', offsets],
  ]);
  expect(problems).toEqual([]);
});

test('hundreds of groups are asked one by one, a few at a time', async () => {
  const ids = Array.from({ length: 300 }, (_, index) => `group ${index}`);
  const asked: string[] = [];
  let [atOnce, most] = [0, 0];
  const admin = kafka({
    groupIds: () => Promise.resolve(ids),
    allCommitted: async (id) => {
      asked.push(id);
      most = Math.max(most, (atOnce += 1));
      await Promise.resolve();
      atOnce -= 1;
      return [at('birds', 1n)];
    },
  });

  const { groups } = await askForSnapshot(admin, ['birds'], 'archiver', signal);

  expect(groups?.size).toBe(300);
  expect(asked.toSorted()).toEqual(ids.toSorted());
  expect(most).toBe(QUESTION_LIMITS.atOnce);
});

test('groups that never answer cost the others nothing, and are one problem', async () => {
  const admin = kafka({
    groupIds: () => Promise.resolve(['a', 'b', 'c', 'd']),
    allCommitted: (id) => (id === 'd' ? Promise.resolve([at('birds', 7n)]) : NEVER),
  });
  const limits = { atOnce: 2, answerWithinMs: 20, allWithinMs: 60_000 };

  const { groups, problems } = await askForSnapshot(admin, ['birds'], 'archiver', signal, limits);

  expect([...(groups ?? [])].map(([id, offsets]) => [id, offsets?.length ?? null])).toEqual([
    ['a', null],
    ['b', null],
    ['c', null],
    ['d', 1],
  ]);
  expect(problems).toMatchObject([{ code: 'KAFKA_UNAVAILABLE', context: { group: 'a' } }]);
  expect(problems[0]?.message).toContain('3 of 4 consumer groups');
});

test('when the time for all is over, what is left is not asked any more', async () => {
  const asked: string[] = [];
  const admin = kafka({
    groupIds: () => Promise.resolve(['a', 'b', 'c']),
    allCommitted: (id) => {
      asked.push(id);
      return NEVER;
    },
  });

  const limits = { atOnce: 1, answerWithinMs: 60_000, allWithinMs: 20 };
  const { groups } = await askForSnapshot(admin, ['birds'], 'archiver', signal, limits);

  expect([...(groups?.values() ?? [])]).toEqual([null, null, null]);
  expect(asked).toEqual(['a']);
});

test('one topic that is refused does not cost the others their settings', async () => {
  const topics = Array.from({ length: 250 }, (_, index) => `topic ${index}`);
  const admin = kafka({
    topicSettings: (asked) =>
      asked.includes('topic 120')
        ? Promise.reject(REFUSED)
        : Promise.resolve(new Map(asked.map((topic) => [topic, { 'retention.ms': '1' }]))),
  });

  const { settings, problems } = await askForSnapshot(admin, topics, 'archiver', signal);

  expect(settings.size).toBe(249);
  expect(settings.has('topic 120')).toBe(false);
  expect(problems).toMatchObject([{ code: 'KAFKA_REFUSED', context: { topic: 'topic 120' } }]);
});

test('groups that cannot be listed are not taken for none', async () => {
  const admin = kafka({ groupIds: () => Promise.reject(REFUSED) });

  const { groups, settings, problems } = await askForSnapshot(admin, ['birds'], 'archiver', signal);

  expect(groups).toBeNull();
  expect(settings.size).toBe(1);
  expect(problems).toEqual([REFUSED]);
});

test('a Kafka that answers nothing at all makes no snapshot', async () => {
  const admin = kafka({ groupIds: () => Promise.reject(REFUSED), topicSettings: () => Promise.reject(REFUSED) });

  await expect(askForSnapshot(admin, ['birds'], 'archiver', signal)).rejects.toBe(REFUSED);
});

test('a cancelled one ends at once, however silent Kafka is', async () => {
  const over = new AbortController();
  const asked = askForSnapshot(kafka({ allCommitted: () => NEVER }), ['birds'], 'archiver', over.signal);

  over.abort();

  await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' });
});
