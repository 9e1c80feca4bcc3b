import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { KeyRing } from '../../electron/main/key-ring';
import { dataFolder, everyFile } from './data-folder';
import { nodeBox } from './node-box';

test('damaged keys are neither moved nor replaced: archives depend on them', async () => {
  const folder = await dataFolder();
  await writeFile(path.join(folder, 'keys.json'), '{"version":1');

  await expect(KeyRing.open(folder, nodeBox())).rejects.toMatchObject({ code: 'KEY_INVALID' });

  expect(await everyFile(folder)).toEqual({ 'keys.json': '{"version":1' });
});

test('a private key lies in the file as the box made it, and opens at the next start', async () => {
  const folder = await dataFolder();
  const box = nodeBox('obfuscated');
  const first = await KeyRing.open(folder, box);

  const again = await KeyRing.open(folder, box);

  expect(again.storage).toBe('obfuscated');
  expect(again.privateKeys()).toEqual(first.privateKeys());
  expect(again.privateKeys()[0]).toContain('PRIVATE KEY');
  expect((await everyFile(folder))['keys.json']).not.toContain('PRIVATE KEY');
});

test('a private key that another box made is named, and told to be imported again', async () => {
  const folder = await dataFolder();
  const { fingerprint } = (await KeyRing.open(folder, nodeBox())).current();

  const other = await KeyRing.open(folder, nodeBox());

  expect(() => other.privateKeys()).toThrow(
    expect.objectContaining({ code: 'KEY_INVALID', context: { fingerprint } }) as Error,
  );
});
