import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { encodeSnapshot } from '../../../electron/engine/archive/snapshot';
import { downloadObjects } from '../../../electron/engine/restore/download/download-objects';
import { listSnapshots, readSnapshot } from '../../../electron/engine/restore/snapshot';
import { makeFolder, makeKey, replaceContent, SNAPSHOT, startBucket, storeOther, storeSnapshot } from './support';

test.each([false, true])('what was written is read back (encrypted: %s)', async (isEncrypted) => {
  const { store } = await startBucket();
  const { identity, recipient } = makeKey();
  const object = await storeSnapshot(store, isEncrypted ? [recipient] : []);

  expect(await readSnapshot(store, object, [identity])).toEqual(SNAPSHOT);
});

test('snapshots are listed in the order of writing, by cluster, and nothing else is', async () => {
  const { store } = await startBucket();
  const first = await storeSnapshot(store);
  const second = await storeSnapshot(store, [], { ...SNAPSHOT, previous: first.name });
  await storeOther(store, 'archive/@snapshots/other/20261123T140506Z.json', Buffer.from('{}'));
  await storeOther(store, 'archive/@snapshots/cluster/notes.txt', Buffer.from('hello'));

  const ofCluster = await listSnapshots(store, 'archive', { clusterId: 'cluster' });

  expect(ofCluster.map(({ name }) => name)).toEqual([first.name, second.name]);
  expect(await listSnapshots(store, 'archive')).toHaveLength(3);
  expect(await listSnapshots(store, '')).toEqual([]);
});

test('without the key it says which one opens it, with another one too', async () => {
  const { store } = await startBucket();
  const { recipient } = makeKey();
  const object = await storeSnapshot(store, [recipient]);
  const refusal = { code: 'KEY_MISSING', context: { object: object.name, wanted: [recipient.fingerprint] } };

  await expect(readSnapshot(store, object, [])).rejects.toMatchObject(refusal);
  await expect(readSnapshot(store, object, [makeKey().identity])).rejects.toMatchObject(refusal);
});

test.each([false, true])(
  'content of another snapshot is refused, by its digest (encrypted: %s)',
  async (isEncrypted) => {
    const { store } = await startBucket();
    const { identity, recipient } = makeKey();
    const recipients = isEncrypted ? [recipient] : [];
    const object = await storeSnapshot(store, recipients);
    const other = await storeSnapshot(store, recipients, { ...SNAPSHOT, groups: [] });
    const content = await store.read(other.name, { start: 0, end: other.size });

    const forged = await replaceContent(store, object, () => content);

    await expect(readSnapshot(store, forged, [identity])).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
      message: expect.stringContaining('digest') as string,
    });
    await expect(readSnapshot(store, object, [identity])).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  },
);

test.each([false, true])('a changed byte is refused (encrypted: %s)', async (isEncrypted) => {
  const { store } = await startBucket();
  const { identity, recipient } = makeKey();
  const object = await storeSnapshot(store, isEncrypted ? [recipient] : []);

  const changed = await replaceContent(store, object, (content) => {
    content[content.length - 30]! ^= 1;
    return content;
  });

  await expect(readSnapshot(store, changed, [identity])).rejects.toMatchObject({
    code: 'ARCHIVE_DAMAGED',
    context: { object: object.name },
  });
});

test('a download brings it as it is stored, or decrypted', async () => {
  const { store } = await startBucket();
  const { identity, recipient } = makeKey();
  const object = await storeSnapshot(store, [recipient]);
  const folder = await makeFolder();
  const { signal } = new AbortController();
  const options = { folder, identities: [identity], signal };

  const stored = await downloadObjects(store, [object], { ...options, form: 'stored' });
  const decoded = await downloadObjects(store, [object], { ...options, form: 'decoded' });

  expect(stored.files[0]).toMatch(/20261123T140506Z\.json\.age$/);
  expect((await readFile(stored.files[0]!)).length).toBe(object.size);
  expect(decoded.files[0]).toMatch(/20261123T140506Z\.json$/);
  expect(await readFile(decoded.files[0]!)).toEqual(encodeSnapshot(SNAPSHOT));
  expect(decoded.bytes).toBe(object.size);
});
