import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PermafrostError } from '../../../shared/errors';
import { buildSnapshot, type Snapshot } from '../../../electron/engine/archive/snapshot';
import { findLastSnapshot, writeSnapshot } from '../../../electron/engine/archive/snapshot-upload';
import { openFolderStore } from '../../../electron/engine/store/folder-store';
import type { ListQuery, ObjectStore } from '../../../electron/engine/store/port';

const NOON = Date.parse('2026-11-23T12:00:00.000Z');
const HOUR_MS = 60 * 60 * 1_000;
const PLACE = { prefix: 'archive', recipients: [], storageClass: null };
const { signal } = new AbortController();

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-snapshots-'));
  store = await openFolderStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

function taken(at: number, previous: string | null = null): Snapshot {
  return buildSnapshot({ clusterId: 'cluster', topics: [], groups: [] }, at, previous);
}

async function write(at: number, previous: string | null = null, to = store): Promise<string> {
  return (await writeSnapshot(to, taken(at, previous), PLACE, { maxAttempts: 1 })).name.slice(-21);
}

/** The same store; what is asked of it is kept. */
function watched(): { readonly asked: ListQuery[]; readonly store: ObjectStore } {
  const asked: ListQuery[] = [];
  const list: ObjectStore['list'] = (query) => {
    asked.push(query);
    return store.list(query);
  };
  return { asked, store: new Proxy(store, { get: (of, name) => (name === 'list' ? list : bound(of, name)) }) };
}

function bound(of: ObjectStore, name: string | symbol): unknown {
  const member: unknown = Reflect.get(of, name);
  return typeof member === 'function' ? (member.bind(of) as unknown) : member;
}

test('names go on behind the one before, also when the clock went back or the second is taken', async () => {
  const first = await write(NOON + 789);
  const previous = `archive/@snapshots/cluster/${first}`;

  expect(first).toBe('20261123T120000Z.json');
  expect(await write(NOON - HOUR_MS, previous)).toBe('20261123T120001Z.json');
  expect(await write(NOON + 800, previous)).toBe('20261123T120002Z.json');
  expect(await write(NOON + 900)).toBe('20261123T120003Z.json');
});

test('a snapshot whose reply was lost is found, not written again', async () => {
  let creations = 0;
  const forgetful: ObjectStore = new Proxy(store, {
    get: (of, name) =>
      name !== 'create'
        ? bound(of, name)
        : async (...args: Parameters<ObjectStore['create']>) => {
            const created = await of.create(...args);
            if ((creations += 1) === 1) throw new PermafrostError('STORE_UNAVAILABLE', 'the reply was lost');
            return created;
          },
  });

  const retry = { maxAttempts: 2, sleep: () => Promise.resolve() };
  const { name } = await writeSnapshot(forgetful, taken(NOON), PLACE, retry);

  expect((await store.list({})).objects.map((object) => object.name)).toEqual([name]);
});

test('it gives up when name after name is taken', async () => {
  for (let second = 0; second < 5; second += 1) await write(NOON + second * 1_000 + 1);

  await expect(write(NOON)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
});

test.each([
  ['an hour', HOUR_MS, 1],
  ['a week', 7 * 24 * HOUR_MS, 2],
  ['a year', 365 * 24 * HOUR_MS, 3],
])('the last one is found after %s, and no earlier ones are listed for it', async (_, ageMs, questions) => {
  for (const before of [2_000, 1_000, 0]) await write(NOON - ageMs - before);
  const { asked, store: counting } = watched();

  const last = await findLastSnapshot(counting, 'archive', 'cluster', { from: null, now: NOON, signal });

  expect(last?.name.slice(-21)).toBe(nameAt(NOON - ageMs));
  expect(asked).toHaveLength(questions);
});

function nameAt(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z.json`;
}

test('one that is known is where the search begins; where it was removed, what is left is found', async () => {
  const first = await write(NOON - 3 * HOUR_MS);
  const from = `archive/@snapshots/cluster/${await write(NOON - HOUR_MS)}`;
  const { asked, store: counting } = watched();

  const last = await findLastSnapshot(counting, 'archive', 'cluster', { from, now: NOON, signal });
  await store.remove(from);
  const left = await findLastSnapshot(store, 'archive', 'cluster', { from, now: NOON, signal });

  expect(last?.name).toBe(from);
  expect(asked).toMatchObject([{ startOffset: from }]);
  expect(left?.name).toBe(`archive/@snapshots/cluster/${first}`);
});

test('other clusters and other objects are none of it', async () => {
  const other = buildSnapshot({ clusterId: 'other', topics: [], groups: [] }, NOON, null);
  await writeSnapshot(store, other, PLACE, {});

  expect(await findLastSnapshot(store, 'archive', 'cluster', { from: null, now: NOON, signal })).toBeNull();
});
