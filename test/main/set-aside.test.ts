import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { setAside } from '../../electron/main/set-aside';
import { dataFolder, everyFile } from './data-folder';

const TIME = Date.UTC(2026, 0, 31, 12, 5, 9, 250);

test('a damaged file gets the time into its name', async () => {
  const folder = await dataFolder();
  const file = path.join(folder, 'settings.json');
  await writeFile(file, 'damaged');

  const told = await setAside(file, 'it is no JSON', TIME);

  const movedTo = path.join(folder, 'settings.damaged-20260131T120509Z.json');
  expect(told).toEqual({ file, movedTo, why: 'it is no JSON' });
  expect(await everyFile(folder)).toEqual({ 'settings.damaged-20260131T120509Z.json': 'damaged' });
});

test('several in one second are all kept', async () => {
  const folder = await dataFolder();
  const file = path.join(folder, 'settings.json');
  for (const text of ['first', 'second', 'third']) {
    await writeFile(file, text);
    await setAside(file, 'it is no JSON', TIME);
  }

  expect(await everyFile(folder)).toEqual({
    'settings.damaged-20260131T120509Z.json': 'first',
    'settings.damaged-20260131T120509Z-2.json': 'second',
    'settings.damaged-20260131T120509Z-3.json': 'third',
  });
});

test('a file that is gone is told, and leaves nothing behind', async () => {
  const folder = await dataFolder();
  const file = path.join(folder, 'settings.json');

  await expect(setAside(file, 'it is no JSON', TIME)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    context: { file },
  });
  expect(await everyFile(folder)).toEqual({});
});
