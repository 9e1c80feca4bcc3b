/** Buckets by the command, on the sandbox's server. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { startSandboxBucketServer, type SandboxBucketServer } from '../../electron/sandbox/gcs/server';
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
