import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ConnectionFile } from '../../electron/main/connection-file';
import { SecretFile } from '../../electron/main/secret-file';
import { SettingsFile } from '../../electron/main/settings-file';
import { toPlainError } from '../../shared/errors';
import { dataFolder, everyFile, whileReadOnly } from './data-folder';
import { nodeBox } from './node-box';

const SECRET = 'correct-horse-battery-staple';

/** All that an error says, with its stack, context and causes, as a log or the window would show it. */
async function whatItSays(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => expect.fail('nothing was refused'),
    (reason: unknown) => reason,
  );
  return `${inspect(thrown, { depth: Infinity, showHidden: true })} ${JSON.stringify(toPlainError(thrown))}`;
}

test('no secret, sealed or not, is in an error, in what is told of a damaged file, or in any file but that of secrets', async () => {
  const folder = await dataFolder();
  const box = nodeBox();
  const { secrets } = await SecretFile.open(folder, box);
  const { settings } = await SettingsFile.open(folder);
  const { connections } = await ConnectionFile.open(folder);
  await settings.update({ topic: 'buses' });
  await connections.use('sandbox');
  await secrets.change('c', { password: SECRET }, 'stored');
  const file = path.join(folder, 'secrets.json');
  const text = (await everyFile(folder))['secrets.json']!;
  const sealed = /"password": "([^"]+)"/.exec(text)![1]!;
  const said: string[] = [];

  // refused: no keyring, a keyring whose errors say too much, a folder that can't be written
  const bare = await SecretFile.open(await dataFolder(), nodeBox('obfuscated'));
  said.push(await whatItSays(bare.secrets.change('c', { password: SECRET }, 'stored')));
  const loud = { ...box, seal: failsWith, open: failsWith };
  const talkative = (await SecretFile.open(folder, loud)).secrets;
  said.push(await whatItSays(talkative.change('c', { tokenSecret: SECRET }, 'stored')));
  said.push(inspect([talkative.unreadable('c'), talkative.names('c'), talkative, secrets], { showHidden: true }));
  said.push(await whileReadOnly(folder, () => whatItSays(secrets.change('c', { tokenSecret: SECRET }, 'stored'))));
  // damaged in each way that quotes: half a file, the secret in the place of a name, of a type, of a version
  for (const damaged of [
    text.slice(0, -6),
    `${sealed}${text}`,
    `{"version":1,"secrets":{"c":{"${sealed}":"password"}}}`,
    `{"version":1,"secrets":{"${sealed}":{}}}`,
    `{"version":"${sealed}"}`,
    `{"version":1,"${sealed}":{}}`,
  ]) {
    await writeFile(file, damaged);
    await chmod(file, 0o644); // it can be read while it can't be moved
    said.push(await whileReadOnly(folder, () => whatItSays(SecretFile.open(folder, box))));
    said.push(inspect((await SecretFile.open(folder, box)).setAside));
  }
  await writeFile(file, text.replace('"version": 1', '"version": 9'));
  said.push(await whatItSays(SecretFile.open(folder, box)));

  expect(said).toHaveLength(17);
  for (const each of said) {
    expect(each).not.toContain(SECRET);
    expect(each).not.toContain(sealed.slice(0, 8));
  }
  const files = Object.entries(await everyFile(folder)).filter(([name]) => !name.startsWith('secrets.'));
  expect(files.map(([name]) => name).sort()).toEqual(['connections.json', 'settings.json']);
  for (const [, content] of files) {
    expect(content).not.toContain(SECRET);
    expect(content).not.toContain(sealed.slice(0, 8));
  }
});

function failsWith(text: string): never {
  throw new Error(`cannot work on ${text}`);
}
