import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { openFolderStore } from '../../electron/engine/store/folder-store';
import { breadcrumbValues, makeFolder, storeArchive } from '../engine/restore/support';
import { events, permafrost } from './command';

test('archives are downloaded by the command, and a second time stay as they are', async () => {
  const bucket = await makeFolder();
  const store = await openFolderStore(bucket);
  const { publicKey, privateKeyPem } = await generateRsaKeyPair();
  const key = path.join(await makeFolder(), 'key.pem');
  await writeFile(key, privateKeyPem);
  const values = breadcrumbValues(3_000);
  const recipients = [parseRecipient(publicKey)];
  for (const partition of [0, 1]) await storeArchive(store, { values, recipients, partition, blockBytes: 50_000 });
  const to = path.join(await makeFolder(), 'made', 'here');
  const place = ['--folder', bucket, '--to', to];

  const stored = permafrost('download', '--topic', 'archivetest', ...place, '--json');
  expect(await stored.ended).toMatchObject({ code: 0 });
  expect(events(stored, 'downloaded')).toMatchObject([{ files: 2, alreadyThere: 0, failed: 0 }]);
  expect(await readdir(to)).toEqual(['archivetest-0-100.jsonl.zst.age', 'archivetest-1-100.jsonl.zst.age']);

  const again = permafrost('download', '--all', ...place, '--json');
  expect(await again.ended).toMatchObject({ code: 0 });
  expect(events(again, 'downloaded')).toMatchObject([{ files: 2, alreadyThere: 2 }]);

  const decoded = permafrost(
    'download',
    '--topic',
    'archivetest',
    '--partition',
    '1',
    ...place,
    '--decoded',
    '--key',
    key,
  );
  expect(await decoded.ended).toMatchObject({ code: 0 });
  const lines = (await readFile(path.join(to, 'archivetest-1-100.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { value: string }).value)).toEqual(values.map(String));

  const noKey = permafrost('download', '--topic', 'archivetest', ...place, '--decoded');
  const failed = await noKey.ended;
  expect(failed.code).toBe(3);
  expect(noKey.lines.filter((line) => line.startsWith('Not saved'))).toHaveLength(2);
  expect((await readdir(to)).filter((name) => name.includes('part'))).toEqual([]);

  expect((await permafrost('download', 'no/such', ...place).ended).code).toBe(3);
  expect((await permafrost('download', '--topic', 'other', ...place).ended).code).toBe(1);
  expect((await permafrost('download', '--folder', bucket, '--to', to).ended).code).toBe(2);
});
