import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { openFolderStore } from '../../electron/engine/store/folder-store';
import { breadcrumbValues, makeFolder, storeArchive } from '../engine/restore/support';
import { permafrost } from './command';

const COMMAND = path.resolve(import.meta.dirname, '../../scripts/permafrost.mjs');

test('archives are printed and searched by the command, from a folder and from a file', async () => {
  const folder = await makeFolder();
  const store = await openFolderStore(folder);
  const { publicKey, privateKeyPem } = await generateRsaKeyPair();
  const key = path.join(await makeFolder(), 'key.pem');
  await writeFile(key, privateKeyPem);
  const values = [...breadcrumbValues(3_000), Buffer.from('{"a":"needle"}'), null];
  const another = await generateRsaKeyPair();
  const recipients = [parseRecipient(another.publicKey), parseRecipient(publicKey)];
  const object = await storeArchive(store, { values, recipients, blockBytes: 50_000 });
  const file = path.join(await makeFolder(), 'archivetest-0-100.jsonl.zst.age');
  await writeFile(file, await store.read(object.name, { start: 0, end: object.size }));
  const place = ['--folder', folder, '--key', key];

  const raw = permafrost('cat', object.name, ...place, '--raw');
  expect(await raw.ended).toMatchObject({ code: 0 });
  expect(raw.lines).toEqual(values.map((value) => value?.toString() ?? ''));

  const some = permafrost('cat', file, '--key', key, '--offset', '1000', '--limit', '2');
  expect(await some.ended).toMatchObject({ code: 0, stderr: '' });
  expect(some.lines.map((line) => (JSON.parse(line) as { offset: number }).offset)).toEqual([1000, 1001]);

  const found = permafrost('search', '--topic', 'archivetest', ...place, '--filter', 'a=needle');
  expect(await found.ended).toMatchObject({ code: 0 });
  expect(found.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      ...{ archive: object.name, partition: 0, offset: 3_100, timestamp: 1_671_494_400_000, key: '3005' },
      ...{ value: '{"a":"needle"}', headers: [['source', 'test']] },
    },
  ]);

  const noKey = permafrost('cat', file);
  const { code, stderr } = await noKey.ended;
  expect({ code, lines: noKey.lines }).toEqual({ code: 1, lines: [] });
  expect(stderr).toContain('no private key that opens it');

  const unread = permafrost('search', '--topic', 'archivetest', '--folder', folder, '--text', 'needle');
  expect((await unread.ended).code).toBe(3);
  expect((await permafrost('cat', 'nothing.here').ended).code).toBe(1);
});

test('a pipe whose reader goes early ends the command quietly', async () => {
  const store = await openFolderStore(await makeFolder());
  const object = await storeArchive(store, { values: breadcrumbValues(20_000) });
  const file = path.join(await makeFolder(), 'archive.jsonl.zst');
  await writeFile(file, await store.read(object.name, { start: 0, end: object.size }));
  const status = path.join(await makeFolder(), 'status');

  const script = '("$1" "$2" cat "$3"; echo "code $?" > "$4") | head -n 1';
  const shell = spawn('sh', ['-c', script, 'sh', process.execPath, COMMAND, file, status]);
  let [stdout, stderr] = ['', ''];
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  shell.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(shell, 'close');

  expect(JSON.parse(stdout)).toMatchObject({ offset: 100 });
  expect(stderr).not.toMatch(/EPIPE|error/i);
  expect(await readFile(status, 'utf8')).toBe('code 0\n');
});

test.runIf(existsSync('/dev/full'))(
  'an output that cannot be written is said, and the command has failed',
  async () => {
    const folder = await makeFolder();
    const object = await storeArchive(await openFolderStore(folder), { values: breadcrumbValues(100) });
    const commands = [
      ['cat', object.name],
      ['search', '--topic', 'archivetest', '--json'],
      ['list', '--json'],
    ];
    for (const [name = '', ...args] of commands) {
      const script = '"$@" > /dev/full';
      const shell = spawn('sh', ['-c', script, 'sh', process.execPath, COMMAND, name, ...args, '--folder', folder]);
      let stderr = '';
      shell.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const [code] = (await once(shell, 'close')) as [number];
      expect({ name, code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toMatch(/^permafrost: The output cannot be written \(ENOSPC.*make room.*\n$/);
    }
  },
);
