import { expect, test } from 'vitest';
import type { Snapshot } from '../../../electron/engine/archive/snapshot';
import { completeSnapshot } from '../../../electron/engine/restore/complete-snapshot';
import type { ObjectStore } from '../../../electron/engine/store/port';
import { makeKey, SNAPSHOT, startBucket, storeSnapshot } from './support';

const [archivetest] = SNAPSHOT.topics;
const [pipeline] = SNAPSHOT.groups;

/** What an archiver knows that has just been started, and that Kafka tells nothing. */
function blind(previous: string): Snapshot {
  return {
    ...SNAPSHOT,
    previous,
    topics: [{ ...archivetest!, stale: true, settings: null }],
    groups: [
      { ...pipeline!, stale: true, offsets: [] },
      { groupId: 'never seen', stale: true, seenAt: null, offsets: [] },
    ],
  };
}

const FOUND = {
  topics: [{ ...archivetest, stale: true }],
  groups: [
    { ...pipeline, stale: true, seenAt: SNAPSHOT.takenAt },
    { groupId: 'never seen', stale: true, seenAt: null, offsets: [] },
  ],
};

/** A reader that counts. */
function counted(store: ObjectStore): { readonly heads: string[]; readonly store: ObjectStore } {
  const heads: string[] = [];
  const head: ObjectStore['head'] = (name, signal) => {
    heads.push(name);
    return store.head(name, signal);
  };
  const counting = {
    location: store.location,
    create: store.create.bind(store),
    list: store.list.bind(store),
    read: store.read.bind(store),
    stream: store.stream.bind(store),
    remove: store.remove.bind(store),
    head,
  };
  return { heads, store: counting };
}

test('what an archiver could not read is found in the snapshots before, and stays marked', async () => {
  const { store } = await startBucket();
  const { identity, recipient } = makeKey();
  const whole = await storeSnapshot(store, [recipient]);
  const between = await storeSnapshot(store, [recipient], blind(whole.name));

  const complete = await completeSnapshot(store, blind(between.name), [identity]);

  expect(complete).toEqual({ ...blind(between.name), ...FOUND });
});

test('a topic made anew does not get the settings of the one before', async () => {
  const { store } = await startBucket();
  const whole = await storeSnapshot(store);
  const lacking = blind(whole.name);
  const anew = { ...lacking, topics: lacking.topics.map((topic) => ({ ...topic, topicId: 'B' })) };

  expect((await completeSnapshot(store, anew, [])).topics).toEqual(anew.topics);
});

test('the search ends where an earlier one is gone, or no key opens it; what is known stays', async () => {
  const { store } = await startBucket();
  const closed = await storeSnapshot(store, [makeKey().recipient]);

  expect(await completeSnapshot(store, blind(closed.name), [])).toEqual(blind(closed.name));
  await store.remove(closed.name);
  expect(await completeSnapshot(store, blind(closed.name), [])).toEqual(blind(closed.name));
});

test('nothing is read for a snapshot that lacks nothing', async () => {
  const { heads, store } = counted((await startBucket()).store);

  expect(await completeSnapshot(store, { ...SNAPSHOT, previous: 'gone' }, [])).toEqual({
    ...SNAPSHOT,
    previous: 'gone',
  });
  expect(heads).toEqual([]);
});
