import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SettingsFile } from '../../electron/main/settings-file';
import { DEFAULT_SETTINGS, settingsPatchSchema } from '../../shared/model/settings';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-settings-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a first start has every default, and writes nothing', async () => {
  const settings = await SettingsFile.open(folder);

  expect(settings.current).toEqual(DEFAULT_SETTINGS);
  expect(await readdir(folder)).toEqual([]);
});

test('a change keeps the rest, and is there at the next start', async () => {
  const settings = await SettingsFile.open(folder);
  await settings.update({ topic: 'buses' });
  await settings.update(settingsPatchSchema.parse({ codec: 'gzip' }));

  const again = await SettingsFile.open(folder);

  expect(again.current).toEqual({ ...DEFAULT_SETTINGS, topic: 'buses', codec: 'gzip' });
  expect(await readdir(folder)).toEqual(['settings.json']);
});

test.each([
  ['half a file', '{"topic":"bu'],
  ['a field that does not fit', '{"partitions":"three"}'],
  ['a field that does not exist', '{"topik":"buses"}'],
])('%s is refused by name, and left as it is', async (_what, text) => {
  const file = path.join(folder, 'settings.json');
  await writeFile(file, text);

  await expect(SettingsFile.open(folder)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining(file) as string,
  });
  expect(await readFile(file, 'utf8')).toBe(text);
});

test.each([
  { topic: 'no blanks' },
  { prefix: '/at/the/start' },
  { prefix: '@snapshots' },
  { level: 0 },
  { partitions: 1.5 },
])('a patch that does not fit is refused: %j', (patch) => {
  expect(settingsPatchSchema.safeParse(patch).success).toBe(false);
});
