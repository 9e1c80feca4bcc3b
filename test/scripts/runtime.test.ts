import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refusal, requireNode } from '../../scripts/console.mjs';
import { cacheFolder } from '../../scripts/cache-folder.mjs';
import { integrityOf } from '../../scripts/electron/carried-runtime.mjs';
import { findRuntime, reasonIn } from '../../scripts/electron/runtime.mjs';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-runtime-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('the folder that ELECTRON_OVERRIDE_DIST_PATH names comes before all others', async () => {
  const name = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform as string];
  const executablePath = path.join(folder, name ?? 'electron');
  await writeFile(executablePath, '');
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);

  expect(await findRuntime()).toEqual({ kind: 'override', folder, executablePath });
});

test('an override without an Electron in it is refused, not passed over', async () => {
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);

  await expect(findRuntime()).rejects.toThrow(Refusal);
});

test('the reason of a failed download is its cause, else its error', () => {
  const stack = 'TypeError: fetch failed\n    at node:internal\n';

  expect(reasonIn(stack)).toBe('TypeError: fetch failed');
  expect(reasonIn(`${stack}  [cause]: Error: connect ECONNREFUSED\n`)).toBe('Error: connect ECONNREFUSED');
  expect(reasonIn('')).toBe('no reason given');
});

test('the cache lies where XDG_CACHE_HOME says, if that is a whole path', () => {
  vi.stubEnv('XDG_CACHE_HOME', '/elsewhere');
  expect(cacheFolder()).toBe(path.join('/elsewhere', 'permafrost'));

  vi.stubEnv('XDG_CACHE_HOME', 'relative');
  vi.stubEnv('HOME', '/home/someone');
  expect(cacheFolder()).toBe(path.join('/home/someone', '.cache', 'permafrost'));
});

test('an integrity is written as package-lock.json writes it', async () => {
  const file = path.join(folder, 'empty');
  await writeFile(file, '');

  expect(await integrityOf(file)).toBe(
    'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
  );
});

test.each(['20.18.0', '20.20.2', '22.0.0', '24.11.1'])('Node %s is new enough', (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

test.each(['18.20.8', '20.17.0'])('Node %s is refused, with both versions in the message', (version) => {
  expect(() => requireNode(version)).toThrow(`needs Node 20.18 or newer, this is ${version}`);
});
