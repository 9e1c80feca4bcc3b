import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { SecretBox } from '../../electron/main/secret-box';
import { SecretFile } from '../../electron/main/secret-file';
import { SECRET_NAMES } from '../../shared/model/connection';
import { damagedName, DAMAGED, dataFolder, everyFile, whileReadOnly } from './data-folder';
import { nodeBox } from './node-box';

const PASSWORD = 'correct horse battery staple';
const KEY = '-----BEGIN PRIVATE KEY-----\nthe key\n-----END PRIVATE KEY-----\n';

/** A file of secrets, and how to open it again as after a restart. */
async function opened(box: SecretBox = nodeBox()) {
  const folder = await dataFolder();
  const again = async (other = box) => (await SecretFile.open(folder, other)).secrets;
  return { folder, again, secrets: await again() };
}

/** Every secret as it lies in the file, by its connection. */
async function sealedIn(folder: string): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const text = (await everyFile(folder))['secrets.json']!;
  return (JSON.parse(text) as { secrets: Record<string, Record<string, string>> }).secrets;
}

test('a first start has no secret, and writes nothing', async () => {
  const { folder, secrets } = await opened();

  expect({ names: secrets.names('c'), revealed: secrets.reveal('c'), keeping: secrets.keeping('c') }).toEqual({
    names: [],
    revealed: {},
    keeping: 'session',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('stored secrets are there at the next start, sealed in a file that its owner alone may read', async () => {
  const { folder, again, secrets } = await opened();
  await secrets.change('c', { clientKey: KEY, password: PASSWORD }, 'stored');

  const next = await again();

  expect(next.reveal('c')).toEqual({ password: PASSWORD, clientKey: KEY });
  expect(next.names('c')).toEqual(['password', 'clientKey']);
  expect(next.keeping('c')).toBe('stored');
  expect(next.names('other')).toEqual([]);
  expect((await stat(path.join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(await everyFile(folder))).not.toMatch(/correct horse|the key/);
});

test('what a change leaves out stays, null forgets', async () => {
  const { again, secrets } = await opened();
  await secrets.change('c', { password: PASSWORD, clientKey: KEY }, 'stored');

  await secrets.change('c', { tokenSecret: 'new', password: null }, 'stored');

  expect((await again()).reveal('c')).toEqual({ tokenSecret: 'new', clientKey: KEY });
});

test('secrets for the session are gone at the next start, and nothing of them is in a file', async () => {
  const { folder, again, secrets } = await opened();

  await secrets.change('c', { password: PASSWORD }, 'session');

  expect(secrets.reveal('c')).toEqual({ password: PASSWORD });
  expect(secrets.keeping('c')).toBe('session');
  expect(await readdir(folder)).toEqual([]);
  const next = await again();
  expect({ revealed: next.reveal('c'), keeping: next.keeping('c') }).toEqual({ revealed: {}, keeping: 'session' });
});

test('what was stored leaves the file when it is kept for the session, and comes back', async () => {
  const { folder, again, secrets } = await opened();
  await secrets.change('c', { password: PASSWORD }, 'stored');
  await secrets.change('other', { password: 'of another' }, 'stored');

  await secrets.change('c', { clientKey: KEY }, 'session');
  expect(secrets.reveal('c')).toEqual({ password: PASSWORD, clientKey: KEY });
  expect(Object.keys(await sealedIn(folder))).toEqual(['other']);

  await secrets.change('c', {}, 'stored');
  expect((await again()).reveal('c')).toEqual({ password: PASSWORD, clientKey: KEY });
  await secrets.change('c', { password: 'changed', clientKey: null }, 'stored');
  expect(secrets.reveal('c')).toEqual({ password: 'changed' });
});

test('a connection without secrets remembers that they are stored', async () => {
  const { again, secrets } = await opened(nodeBox('obfuscated'));

  await secrets.change('c', {}, 'stored');

  expect((await again()).keeping('c')).toBe('stored');
});

test('what belongs to a connection is forgotten with it', async () => {
  const { folder, secrets } = await opened();
  await secrets.change('c', { password: PASSWORD }, 'stored');
  await secrets.change('d', { password: PASSWORD }, 'session');

  await secrets.forget('c');
  await secrets.forget('d');

  expect([...secrets.names('c'), ...secrets.names('d')]).toEqual([]);
  expect(await sealedIn(folder)).toEqual({});
});

test("a connection's id may be a word of JavaScript", async () => {
  const { again, secrets } = await opened();
  expect(secrets.names('constructor')).toEqual([]);

  await secrets.change('constructor', { password: PASSWORD }, 'stored');

  expect((await again()).reveal('constructor')).toEqual({ password: PASSWORD });
});

test('a secret that can no longer be opened is missing and named, the others stay', async () => {
  const { folder, again, secrets } = await opened();
  await secrets.change('c', { password: PASSWORD, clientKey: KEY }, 'stored');
  const { c } = await sealedIn(folder);
  const reset = { version: 1, secrets: { c: { ...c, password: nodeBox().seal(PASSWORD) } } };
  await writeFile(path.join(folder, 'secrets.json'), JSON.stringify(reset));

  const next = await again();
  expect(next.unreadable('c')).toEqual(['password']);
  expect(next.names('c')).toEqual(['clientKey']);
  expect(next.reveal('c')).toEqual({ clientKey: KEY });

  await next.change('c', { password: 'typed again' }, 'stored');
  expect(next.unreadable('c')).toEqual([]);
  expect((await again()).reveal('c')).toEqual({ password: 'typed again', clientKey: KEY });
});

test('what cannot be opened today is not thrown away by a change of another', async () => {
  const box = nodeBox();
  const { again, secrets } = await opened(box);
  await secrets.change('c', { password: PASSWORD }, 'stored');
  const locked = await again({ ...box, open: () => assertLocked() });
  await locked.change('c', { clientKey: KEY }, 'stored');

  expect((await again()).reveal('c')).toEqual({ password: PASSWORD, clientKey: KEY });
});

function assertLocked(): never {
  throw new Error('the keyring is locked');
}

test('a sealed secret does not open for another connection, or under another name', async () => {
  const { folder, again, secrets } = await opened();
  await secrets.change('c', { password: PASSWORD }, 'stored');
  const { password } = (await sealedIn(folder))['c']!;
  const moved = { version: 1, secrets: { evil: { password }, c: { tokenSecret: password } } };
  await writeFile(path.join(folder, 'secrets.json'), JSON.stringify(moved));

  const next = await again();

  expect([next.reveal('evil'), next.reveal('c')]).toEqual([{}, {}]);
  expect([...next.unreadable('evil'), ...next.unreadable('c')]).toEqual(['password', 'tokenSecret']);
});

test('without a keyring nothing is stored before the user agrees', async () => {
  const { folder, again, secrets } = await opened(nodeBox('obfuscated'));
  await secrets.change('c', { clientKey: KEY }, 'session');

  await expect(secrets.change('c', { password: PASSWORD }, 'stored')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    context: { field: 'keeping' },
    message: expect.stringMatching(/obfuscated only.*can read the data folder.*until the app closes/) as string,
  });
  await expect(secrets.change('c', {}, 'stored')).rejects.toMatchObject({ context: { field: 'keeping' } });
  expect(secrets.reveal('c')).toEqual({ clientKey: KEY });
  expect(await readdir(folder)).toEqual([]);

  await secrets.change('c', { password: PASSWORD }, 'stored', { acceptsObfuscation: true });
  expect((await again()).reveal('c')).toEqual({ password: PASSWORD, clientKey: KEY });
  await secrets.change('c', { clientKey: null }, 'stored');
  expect((await again()).reveal('c')).toEqual({ password: PASSWORD });
});

test('changes at the same time are all there', async () => {
  const { again, secrets } = await opened();

  await Promise.all([
    ...SECRET_NAMES.map((name) => secrets.change('c', { [name]: `c's ${name}` }, 'stored')),
    secrets.change('d', { password: PASSWORD }, 'stored'),
  ]);

  const next = await again();
  expect(next.names('c')).toEqual(SECRET_NAMES);
  expect(next.reveal('d')).toEqual({ password: PASSWORD });
});

test.each<readonly [what: string, text: string]>([
  ...DAMAGED,
  ['secrets that are none', '{"version":1,"secrets":[]}'],
  ['a secret that is no text', '{"version":1,"secrets":{"c":{"password":1}}}'],
  ['a secret that is not known', '{"version":1,"secrets":{"c":{"pasword":"c2VhbGVk"}}}'],
  ['an id that is none', '{"version":1,"secrets":{"No id":{"password":"c2VhbGVk"}}}'],
])('%s is set aside and told, without a word of it', async (_what, text) => {
  const folder = await dataFolder();
  const file = path.join(folder, 'secrets.json');
  await writeFile(file, text);

  const { secrets, setAside } = await SecretFile.open(folder, nodeBox());

  expect(secrets.names('c')).toEqual([]);
  const [[name, kept] = []] = Object.entries(await everyFile(folder));
  expect(kept).toBe(text);
  expect(name).toMatch(damagedName('secrets'));
  expect(setAside).toMatchObject({ file, movedTo: path.join(folder, name!) });
  expect(['it is empty', 'it is no JSON', 'it does not hold what it should']).toContain(setAside?.why);
});

test('secrets of a newer Permafrost are refused, and stay as they are', async () => {
  const folder = await dataFolder();
  await writeFile(path.join(folder, 'secrets.json'), '{"version":2}');

  await expect(SecretFile.open(folder, nodeBox())).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/newer Permafrost: version 2 .* up to 1/) as string,
  });
  expect(await everyFile(folder)).toEqual({ 'secrets.json': '{"version":2}' });
});

test('a change that cannot be written is refused, and the secrets are as they were', async () => {
  const { folder, secrets } = await opened();
  await secrets.change('c', { password: PASSWORD }, 'stored');

  await whileReadOnly(folder, async () => {
    await expect(secrets.change('c', { password: 'b' }, 'stored')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    await expect(secrets.change('c', { password: 'b' }, 'session')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    await expect(secrets.forget('c')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });

  expect(secrets.reveal('c')).toEqual({ password: PASSWORD });
  expect(secrets.keeping('c')).toBe('stored');
});
