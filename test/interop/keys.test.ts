/** Keys that the command makes, in age's own tools, and the other way round. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { events, permafrost } from '../flows/command';
import { run } from './foreign-clients';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

test.each(['rsa', 'x25519'])(
  'age opens with a %s key of ours what it has encrypted to its public part',
  async (kind) => {
    const file = path.join(folder, 'key');
    const made = permafrost('keys', 'generate', '--kind', kind, '--out', file, '--json');
    expect(await made.ended).toMatchObject({ code: 0 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const publicPart = permafrost('keys', 'public', file);
    expect(await publicPart.ended).toMatchObject({ code: 0 });
    const [recipient = ''] = publicPart.lines;
    expect(events(made, 'generated')).toMatchObject([{ recipient }]);
    const sealed = path.join(folder, 'sealed');
    await run('age', ['-r', recipient, '-o', sealed], 'ice');

    expect(await run('age', ['-d', '-i', file, sealed])).toBe('ice');
  },
);

test('the fingerprint is the one that ssh-keygen and age-keygen tell', async () => {
  const rsa = path.join(folder, 'rsa.pem');
  const x25519 = path.join(folder, 'x25519.txt');
  await permafrost('keys', 'generate', '--out', rsa).ended;
  await run('age-keygen', ['-o', x25519]);

  const shown = permafrost('keys', 'show', rsa, x25519, '--json');

  expect(await shown.ended).toMatchObject({ code: 0 });
  const [ours, theirs] = events(shown, 'key');
  const line = path.join(folder, 'rsa.pub');
  await writeFile(line, `${String(ours!['recipient'])}\n`);
  expect(await run('ssh-keygen', ['-l', '-f', line])).toContain(String(ours!['fingerprint']));
  expect(theirs).toMatchObject({ kind: 'X25519', fingerprint: (await run('age-keygen', ['-y', x25519])).trim() });
});

test('a key is never overwritten, and what is none is refused', async () => {
  const file = path.join(folder, 'key');
  await writeFile(file, 'mine');

  const over = permafrost('keys', 'generate', '--out', file);
  expect(await over.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('never overwritten') as unknown });
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect(await permafrost('keys', 'show', file).ended).toMatchObject({ code: 1 });
  expect(await permafrost('keys', 'show', path.join(folder, 'nope')).ended).toMatchObject({ code: 1 });
  expect(await permafrost('keys', 'generate').ended).toMatchObject({ code: 2 });
  expect(await permafrost('keys', 'nonsense').ended).toMatchObject({ code: 2 });
});
