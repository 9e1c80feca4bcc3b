import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf, stampOf } from '../../scripts/build.mjs';

const SOURCES = ['sources', 'lock.json'];
let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'permafrost-build-'));
  await mkdir(path.join(root, 'sources/deep'), { recursive: true });
  await writeFile(path.join(root, 'sources/deep/a.ts'), 'a');
  await writeFile(path.join(root, 'lock.json'), '{}');
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test('the same sources, merely touched, are not built again', async () => {
  const before = await digestOf(root, SOURCES);

  await utimes(path.join(root, 'sources/deep/a.ts'), 1, 1);

  expect(await digestOf(root, SOURCES)).toBe(before);
});

test.each([
  ['a changed file', 'sources/deep/a.ts', 'b'],
  ['a new file', 'sources/b.ts', ''],
  ['a changed lock file', 'lock.json', '{ }'],
])('%s is built again', async (_what, file, content) => {
  const before = await digestOf(root, SOURCES);

  await writeFile(path.join(root, file), content);

  expect(await digestOf(root, SOURCES)).not.toBe(before);
});

test('content that moves from one file to the next is built again', async () => {
  await writeFile(path.join(root, 'sources/b.ts'), '');
  await writeFile(path.join(root, 'sources/c.ts'), 'x');
  const before = await digestOf(root, SOURCES);

  await writeFile(path.join(root, 'sources/b.ts'), 'x');
  await writeFile(path.join(root, 'sources/c.ts'), '');

  expect(await digestOf(root, SOURCES)).not.toBe(before);
});

test.each([
  ['untouched sources', () => Promise.resolve(), true],
  ['a touched file', () => utimes(path.join(root, 'sources/deep/a.ts'), 1, 1), false],
  ['a new file', () => writeFile(path.join(root, 'sources/b.ts'), ''), false],
])('%s: whether they look the same', async (_what, change, looksTheSame) => {
  const before = stampOf(root, SOURCES);

  await change();

  expect(stampOf(root, SOURCES) === before).toBe(looksTheSame);
});
