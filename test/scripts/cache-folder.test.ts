import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cachedFolder, cacheFolder, isCached } from '../../scripts/cache-folder.mjs';
import { reasonWhyNot, requirePrograms } from '../real/unavailable';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'permafrost-cache-'));
  vi.stubEnv('XDG_CACHE_HOME', home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

const fill = (text: string) => async (folder: string) => {
  await mkdir(folder);
  await writeFile(path.join(folder, 'content'), text);
};
const content = (folder: string) => readFile(path.join(folder, 'content'), 'utf8');

test('a folder is made once, and nothing is left beside it', async () => {
  const first = await cachedFolder('thing-1', fill('first'));
  const second = await cachedFolder('thing-1', fill('second'));

  expect(second).toBe(first);
  expect(await content(second)).toBe('first');
  expect(await readdir(cacheFolder())).toEqual(['thing-1']);
});

test('of several at once one wins, and all get what it made', async () => {
  const folders = await Promise.all(['a', 'b', 'c'].map((text) => cachedFolder('thing-1', fill(text))));

  expect(new Set(await Promise.all(folders.map(content))).size).toBe(1);
  expect(await readdir(cacheFolder())).toEqual(['thing-1']);
});

test('one that could not be made leaves nothing that would be taken for it', async () => {
  const made = cachedFolder('thing-1', async (folder) => {
    await fill('half')(folder);
    throw new Error('the network went away');
  });

  await expect(made).rejects.toThrow('the network went away');
  expect(await isCached('thing-1')).toBe(false);
  expect(await readdir(cacheFolder())).toEqual([]);
});

test('a program that is missing is a reason with the command that installs it; other errors are no reason', async () => {
  const program = { command: 'no-such-program', versionArgs: [], debianPackage: 'some-package' };

  expect(await reasonWhyNot(() => requirePrograms('A server', [program]))).toBe(
    "A server can't be had here: no-such-program not found. Install it:  sudo apt-get install -y --no-install-recommends some-package",
  );
  await expect(reasonWhyNot(() => Promise.reject(new Error('a defect')))).rejects.toThrow('a defect');
});
