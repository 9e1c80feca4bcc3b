import { chmod, link, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SettingsFile } from '../../electron/main/settings-file';
import { DEFAULT_SETTINGS, settingsPatchSchema } from '../../shared/model/settings';
import { SETTINGS_VERSION } from '../../shared/model/settings-migrations';
import { damagedName, DAMAGED, dataFolder, everyFile, whileReadOnly } from './data-folder';

const FIRST_VERSION = path.join(import.meta.dirname, '../vectors/settings/v1.json');

/** A data folder with these settings. */
async function written(text: string): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await dataFolder();
  const file = path.join(folder, 'settings.json');
  await writeFile(file, text, { mode: 0o644 });
  return { folder, file };
}

test('a first start has every default, and writes nothing', async () => {
  const folder = await dataFolder();

  const { settings, setAside } = await SettingsFile.open(folder);

  expect(settings.current).toEqual(DEFAULT_SETTINGS);
  expect(setAside).toBeNull();
  expect(await readdir(folder)).toEqual([]);
});

test('a change keeps the rest, and is there at the next start', async () => {
  const folder = await dataFolder();
  const { settings } = await SettingsFile.open(folder);
  await settings.update({ topic: 'buses' });
  await settings.update(settingsPatchSchema.parse({ codec: 'gzip' }));

  const again = await SettingsFile.open(folder);

  expect(again.settings.current).toEqual({ ...DEFAULT_SETTINGS, topic: 'buses', codec: 'gzip' });
  expect(await readdir(folder)).toEqual(['settings.json']);
});

test('changes at the same time are all there', async () => {
  const folder = await dataFolder();
  const { settings } = await SettingsFile.open(folder);

  await Promise.all([
    settings.update({ topic: 'buses' }),
    settings.update({ level: 9 }),
    settings.update({ start: 'latest' }),
  ]);

  const again = await SettingsFile.open(folder);
  expect(again.settings.current).toEqual({ ...DEFAULT_SETTINGS, topic: 'buses', level: 9, start: 'latest' });
});

test('the file says its version', async () => {
  const folder = await dataFolder();
  const { settings } = await SettingsFile.open(folder);

  await settings.update({ topic: 'buses' });

  expect(JSON.parse((await everyFile(folder))['settings.json']!)).toMatchObject({ version: SETTINGS_VERSION });
});

test('a file is replaced by another, never written into: a kill leaves one of both', async () => {
  const { folder, file } = await written('{"version":2,"topic":"before"}');
  const { settings } = await SettingsFile.open(folder);
  await link(file, path.join(folder, 'before'));
  await writeFile(`${file}.new`, '{"version":2,"top', { mode: 0o644 }); // what a kill leaves

  await settings.update({ topic: 'after' });

  const files = await everyFile(folder);
  expect(files['before']).toBe('{"version":2,"topic":"before"}');
  expect(JSON.parse(files['settings.json']!)).toMatchObject({ topic: 'after' });
  expect(Object.keys(files).sort()).toEqual(['before', 'settings.json']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a file of the first version is brought up to date, and kept beside as it was', async () => {
  const first = await readFile(FIRST_VERSION, 'utf8');
  const { folder } = await written(first);

  const { settings, setAside } = await SettingsFile.open(folder);

  expect(setAside).toBeNull();
  const now = { ...DEFAULT_SETTINGS, ...(JSON.parse(first) as object) };
  expect(settings.current).toEqual(now);
  const files = await everyFile(folder);
  expect(files['settings.v1.json']).toBe(first);
  expect(JSON.parse(files['settings.json']!)).toEqual({ version: SETTINGS_VERSION, ...now });
  expect((await SettingsFile.open(folder)).settings.current).toEqual(settings.current);
});

test('the file that was kept beside first stays', async () => {
  const { folder } = await written('{"topic":"later"}');
  await writeFile(path.join(folder, 'settings.v1.json'), 'the first');

  const { settings } = await SettingsFile.open(folder);

  expect(settings.current.topic).toBe('later');
  expect((await everyFile(folder))['settings.v1.json']).toBe('the first');
});

test('settings of a newer Permafrost are refused, and stay as they are', async () => {
  const text = '{"version":7,"topik":"no field of today"}';
  const { folder, file } = await written(text);

  await expect(SettingsFile.open(folder)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/written by a newer Permafrost: version 7 .* up to 2/) as string,
    context: { file },
  });
  expect(await everyFile(folder)).toEqual({ 'settings.json': text });
});

test.each<readonly [what: string, text: string]>([
  ...DAMAGED,
  ['a field of another type', '{"version":2,"partitions":"three"}'],
  ['a value that is out of range, of the first version', '{"partitions":0}'],
])('%s is set aside and told, and the defaults are used', async (_what, text) => {
  const { folder, file } = await written(text);

  const { settings, setAside } = await SettingsFile.open(folder);

  expect(settings.current).toEqual(DEFAULT_SETTINGS);
  const files = await everyFile(folder);
  expect(Object.values(files)).toEqual([text]);
  const [name] = Object.keys(files);
  expect(name).toMatch(damagedName('settings'));
  expect(setAside).toMatchObject({ file, movedTo: path.join(folder, name!) });
  expect(setAside?.why).toMatch(/^(it is |✖ )./);
});

test('what is wrong is told by the name of the field', async () => {
  const { folder } = await written('{"version":2,"partitions":"three"}');

  const { setAside } = await SettingsFile.open(folder);

  expect(setAside?.why).toContain('partitions');
});

test('after damaged settings were set aside, new ones are written in their place', async () => {
  const { folder } = await written('{"topic":"bu');
  const { settings } = await SettingsFile.open(folder);

  await settings.update({ topic: 'buses' });

  const again = await SettingsFile.open(folder);
  expect(again).toMatchObject({ setAside: null, settings: { current: { topic: 'buses' } } });
  expect(Object.values(await everyFile(folder))).toContain('{"topic":"bu');
});

test('damaged settings that cannot be moved stop the start, and stay as they are', async () => {
  const { folder, file } = await written('{"topic":"bu');

  await whileReadOnly(folder, () =>
    expect(SettingsFile.open(folder)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining(file) as string,
      context: { file },
    }),
  );

  expect(await everyFile(folder)).toEqual({ 'settings.json': '{"topic":"bu' });
});

test('settings that cannot be brought up to date stop the start, and stay as they are', async () => {
  const { folder } = await written('{"topic":"buses"}');

  await whileReadOnly(folder, () =>
    expect(SettingsFile.open(folder)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' }),
  );

  expect(await everyFile(folder)).toEqual({ 'settings.json': '{"topic":"buses"}' });
});

test('settings that this user may not read stop the start, and are not called damaged', async () => {
  const { folder, file } = await written('{"version":2}');
  await chmod(file, 0);

  await whileReadOnly(folder, () =>
    expect(SettingsFile.open(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', context: { file } }),
  );

  expect(await readdir(folder)).toEqual(['settings.json']);
});

test('a change that cannot be written is refused, and the settings are as they were', async () => {
  const { folder, file } = await written('{"version":2,"topic":"before"}');
  const { settings } = await SettingsFile.open(folder);

  await whileReadOnly(folder, () =>
    expect(settings.update({ topic: 'after' })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', context: { file } }),
  );

  expect(settings.current.topic).toBe('before');
  await settings.update({ level: 9 });
  expect(settings.current).toMatchObject({ topic: 'before', level: 9 });
});

test.each([
  { topic: 'no blanks' },
  { prefix: '/at/the/start' },
  { prefix: '@snapshots' },
  { level: 0 },
  { partitions: 1.5 },
  { version: 2 },
])('a patch that does not fit is refused: %j', (patch) => {
  expect(settingsPatchSchema.safeParse(patch).success).toBe(false);
});
