/** Buckets by the command, on the sandbox's server. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { startSandboxBucketServer, type SandboxBucketServer } from '../../electron/sandbox/gcs/server';
import type { BucketEstimate, BucketUsage } from '../../shared/model/cost';
import { makeFolder, storeArchive, storeOther } from '../engine/restore/support';
import { events, permafrost, type Running } from './command';

let server: SandboxBucketServer;
beforeEach(async () => {
  server = await startSandboxBucketServer({ port: 0, dataDir: await makeFolder() });
});
afterEach(() => server.close());

function bucket(...args: string[]): Running {
  return permafrost('bucket', ...args, '--endpoint', server.endpoint, '--json');
}

test('a bucket is made, listed, told and removed; with objects only when it is named twice', async () => {
  const made = bucket('create', '--bucket', 'cold-store', '--location', 'EU', '--storage-class', 'NEARLINE');
  expect(await made.ended).toMatchObject({ code: 0 });
  expect(await bucket('create', '--bucket', 'cold-store').ended).toMatchObject({ code: 1 });
  const listed = bucket('list');
  expect(await listed.ended).toMatchObject({ code: 0 });
  expect(events(listed, 'bucket')).toMatchObject([{ name: 'cold-store', location: 'EU', storageClass: 'NEARLINE' }]);

  const store = connectCloudStorage({ endpoint: server.endpoint, projectId: 'test' }).bucket('cold-store');
  await storeArchive(store);
  await storeOther(store, 'notes.txt', Buffer.from('notes'));
  const shown = bucket('show', '--bucket', 'cold-store');
  expect(await shown.ended).toMatchObject({ code: 0 });
  expect(events(shown, 'content')).toMatchObject([{ objects: 2, archives: 1, records: 100 }]);

  expect(await bucket('delete', '--bucket', 'cold-store').ended).toMatchObject({ code: 1 });
  expect(await bucket('delete', '--bucket', 'cold-store', '--with-objects', 'other').ended).toMatchObject({ code: 2 });
  expect((await store.list({})).objects).toHaveLength(2);
  const deleted = bucket('delete', '--bucket', 'cold-store', '--with-objects', 'cold-store');
  expect(await deleted.ended).toMatchObject({ code: 0 });
  expect(events(deleted, 'emptied')).toMatchObject([{ deleted: 2 }]);
  const none = bucket('list');
  await none.ended;
  expect(events(none, 'bucket')).toEqual([]);
});

test('it must be told what to do, and with which bucket', async () => {
  expect(await bucket().ended).toMatchObject({ code: 2 });
  expect(await bucket('empty').ended).toMatchObject({ code: 2 });
  expect(await bucket('show').ended).toMatchObject({ code: 2 });
  expect(await bucket('show', '--bucket', 'nope').ended).toMatchObject({ code: 1 });
});

async function makeBucket(...settings: string[]): Promise<void> {
  expect(await bucket('create', '--bucket', 'cold-store').ended).toMatchObject({ code: 0 });
  if (settings.length > 0)
    expect(await bucket('set', '--bucket', 'cold-store', ...settings).ended).toMatchObject({ code: 0 });
}

function storeIn() {
  return connectCloudStorage({ endpoint: server.endpoint, projectId: 'test' }).bucket('cold-store');
}

test('a bucket is set up by flags, shown, and locked when its name is given once more', async () => {
  await makeBucket();

  const set = bucket(
    ...['set', '--bucket', 'cold-store', '--uniform-access', 'on', '--public-access-prevention', 'on'],
    ...['--versioning', 'on', '--retention-days', '7', '--storage-class', 'ARCHIVE'],
  );
  expect(await set.ended).toMatchObject({ code: 0 });
  const unlocked = bucket('lock', '--bucket', 'cold-store', '--confirm', 'other');
  expect(await unlocked.ended).toMatchObject({ code: 2 });
  const locked = bucket('lock', '--bucket', 'cold-store', '--confirm', 'cold-store');
  expect(await locked.ended).toMatchObject({ code: 0 });

  expect(events(set, 'settings')).toMatchObject([
    {
      uniformAccess: { enabled: true },
      publicAccess: 'enforced',
      versioning: true,
      retention: { periodSeconds: 604_800, isLocked: false },
      storageClass: 'ARCHIVE',
    },
  ]);
  const shown = bucket('show', '--bucket', 'cold-store');
  await shown.ended;
  expect(events(shown, 'settings')).toMatchObject([{ retention: { isLocked: true }, versioning: true }]);
  expect(await bucket('set', '--bucket', 'cold-store', '--retention-days', 'none').ended).toMatchObject({ code: 1 });
});

test('what set cannot take is called wrong', async () => {
  await makeBucket();

  for (const flags of [[], ['--versioning', 'maybe'], ['--retention-days', '0'], ['--retention-days', 'ever']]) {
    expect(await bucket('set', '--bucket', 'cold-store', ...flags).ended).toMatchObject({ code: 2 });
  }
});

test("the class of new archives that a settings file names is not taken for the bucket's", async () => {
  await makeBucket('--storage-class', 'COLDLINE');
  const settings = join(await makeFolder(), 'settings.json');
  await writeFile(settings, JSON.stringify({ storageClass: 'ARCHIVE' }));

  const set = bucket('set', '--bucket', 'cold-store', '--settings', settings, '--versioning', 'on');

  expect(await set.ended).toMatchObject({ code: 0 });
  expect(events(set, 'settings')).toMatchObject([{ storageClass: 'COLDLINE', versioning: true }]);
});

test('rules are told with their effect, written unless it is a dry run, and removed', async () => {
  await makeBucket();
  await storeArchive(storeIn());
  const rules = ['--colder', 'NEARLINE:0', '--colder', 'COLDLINE:90', '--delete-after', '365'];

  const dry = bucket('lifecycle', '--bucket', 'cold-store', ...rules, '--dry-run');
  expect(await dry.ended).toMatchObject({ code: 0 });
  const before = bucket('show', '--bucket', 'cold-store');
  await before.ended;
  const written = bucket('lifecycle', '--bucket', 'cold-store', ...rules);
  expect(await written.ended).toMatchObject({ code: 0 });
  const none = bucket('lifecycle', '--bucket', 'cold-store', '--no-rules');
  expect(await none.ended).toMatchObject({ code: 0 });

  expect(events(dry, 'rule')).toMatchObject([
    { rule: { kind: 'colder', storageClass: 'NEARLINE' }, now: { objects: 1, archives: 1, records: 100 } },
    { rule: { kind: 'colder', storageClass: 'COLDLINE' }, now: { objects: 0 }, later: { objects: 1 } },
    { rule: { kind: 'delete', ageDays: 365 }, later: { objects: 1 } },
  ]);
  expect(events(before, 'settings')).toMatchObject([{ lifecycle: { rules: [] } }]);
  expect(events(written, 'settings')).toMatchObject([
    { lifecycle: { rules: [{ ageDays: 0 }, { ageDays: 90 }, { kind: 'delete', ageDays: 365 }] } },
  ]);
  expect(events(none, 'settings')).toMatchObject([{ lifecycle: { rules: [] } }]);
});

test('rules that make no sense are called wrong, and nothing is asked of the bucket', async () => {
  for (const flags of [
    [],
    ['--no-rules', '--delete-after', '1'],
    ['--colder', 'WARM:30'],
    ['--colder', 'NEARLINE'],
    ['--colder', 'COLDLINE:30', '--colder', 'NEARLINE:90'],
    ['--colder', 'NEARLINE:90', '--delete-after', '30'],
  ]) {
    expect(await bucket('lifecycle', '--bucket', 'no-such', ...flags).ended).toMatchObject({ code: 2 });
  }
});

test('a bucket is removed with its noncurrent versions, and not while a retention policy keeps something', async () => {
  await makeBucket('--versioning', 'on');
  const store = storeIn();
  await storeOther(store, 'a', Buffer.from('old'));
  await store.remove('a');
  await storeOther(store, 'a', Buffer.from('new'));
  expect(await bucket('set', '--bucket', 'cold-store', '--retention-days', '1').ended).toMatchObject({ code: 0 });

  const kept = bucket('delete', '--bucket', 'cold-store', '--with-objects', 'cold-store');
  expect(await kept.ended).toMatchObject({ code: 1 });
  expect(events(kept, 'failed')).toMatchObject([{ code: 'STORE_DENIED', context: { held: 2 } }]);
  expect(await bucket('set', '--bucket', 'cold-store', '--retention-days', 'none').ended).toMatchObject({ code: 0 });
  const shown = bucket('show', '--bucket', 'cold-store');
  await shown.ended;
  const gone = bucket('delete', '--bucket', 'cold-store', '--with-objects', 'cold-store');
  expect(await gone.ended).toMatchObject({ code: 0 });

  expect(events(shown, 'content')).toMatchObject([{ objects: 1, noncurrent: { objects: 1, bytes: 3 } }]);
  expect(events(gone, 'emptied')).toMatchObject([{ deleted: 2 }]);
});

test('a cost is estimated with published prices, or with those of a file', async () => {
  await makeBucket('--storage-class', 'ARCHIVE');
  await storeOther(storeIn(), 'big', Buffer.alloc(1_048_576));
  const prices = join(await makeFolder(), 'prices.json');
  await writeFile(prices, JSON.stringify({ 'eu/ARCHIVE/storage': { usd: 1, readOn: '2026-01-31' } }));
  const cost = (...args: string[]): Running => permafrost('cost', '--endpoint', server.endpoint, ...args);

  const ours = cost('--bucket', 'cold-store', '--json');
  const own = cost('--bucket', 'cold-store', '--json', '--prices', prices);
  const told = cost('--bucket', 'cold-store', '--location', 'moon1');
  for (const each of [ours, own, told]) expect(await each.ended).toMatchObject({ code: 0 });

  const [found] = events(ours, 'estimate') as unknown as (BucketEstimate & { usage: BucketUsage })[];
  expect(found?.usage.classes).toMatchObject([{ storageClass: 'ARCHIVE', objects: 1, bytes: 1_048_576 }]);
  expect(found?.classes[0]?.storage.usd).toBeCloseTo(0.0024 / 1_024, 9);
  const [mine] = events(own, 'estimate') as unknown as BucketEstimate[];
  expect(mine?.classes[0]?.storage.usd).toBeCloseTo(1 / 1_024, 9);
  expect(told.lines.join('\n')).toContain('not known');
  expect(await cost('--bucket', 'cold-store', '--prices', 'no-such.json').ended).toMatchObject({ code: 2 });
});
