import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BUCKET, startServer, type Server } from './support';

async function versioned(): Promise<Server> {
  const server = await startServer();
  await server.createBucket({ versioning: { enabled: true } });
  return server;
}

test('what is overwritten or deleted stays as a noncurrent generation, readable by its number', async () => {
  const server = await versioned();
  const first = await server.stored('a', 'one');
  server.now += 1_000;
  const second = await server.stored('a', 'two');
  server.now += 1_000;
  expect((await server.object('DELETE', 'a')).status).toBe(204);

  expect(await server.list()).toEqual([]);
  expect(await server.list('versions=true')).toEqual([`a#${first} noncurrent`, `a#${second} noncurrent`]);
  expect((await server.object('GET', 'a')).status).toBe(404);
  expect(await server.content('a', `&generation=${first}`)).toBe('one');
  expect(await server.content('a', `&generation=${second}`)).toBe('two');
  expect((await server.object('GET', 'a', `?generation=${first}`)).body).toMatchObject({
    ...{ generation: first, metageneration: '1', timeDeleted: '2030-01-01T00:00:01.000Z' },
    timeCreated: '2030-01-01T00:00:00.000Z',
  });
});

test('a generation that is named goes for good, the live one too', async () => {
  const server = await versioned();
  const first = await server.stored('a', 'one');
  const second = await server.stored('a', 'two');

  expect((await server.object('DELETE', 'a', `?generation=${first}`)).status).toBe(204);
  expect((await server.object('DELETE', 'a', `?generation=${first}`)).status).toBe(404);
  expect(await server.list('versions=true')).toEqual([`a#${second}`]);
  expect((await server.object('DELETE', 'a', `?generation=${second}`)).status).toBe(204);

  expect(await server.list('versions=true')).toEqual([]);
  expect(await readdir(server.objectFolder)).toEqual([]);
});

test('without versioning nothing is kept; what was kept stays when it is switched off', async () => {
  const server = await versioned();
  const first = await server.stored('a', 'one');
  const second = await server.stored('a', 'two');
  await server.patch({ versioning: { enabled: false } });
  const third = await server.stored('a', 'three');

  expect(await server.list('versions=true')).toEqual([`a#${first} noncurrent`, `a#${third}`]);
  expect(await server.content('a', `&generation=${second}`)).toBe(404);
  await server.object('DELETE', 'a');
  expect(await server.list('versions=true')).toEqual([`a#${first} noncurrent`]);
});

test('generations are listed by name, then by number, in pages that go on where they ended', async () => {
  const server = await versioned();
  const b1 = await server.stored('logs/b');
  const a1 = await server.stored('a');
  const b2 = await server.stored('logs/b');
  const c1 = await server.stored('logs/c');
  const a2 = await server.stored('a');
  await server.object('DELETE', 'logs/c');
  const all = [`a#${a1} noncurrent`, `a#${a2}`, `logs/b#${b1} noncurrent`, `logs/b#${b2}`, `logs/c#${c1} noncurrent`];

  for (const maxResults of [1, 2, 3, 5])
    expect(await server.list(`versions=true&maxResults=${maxResults}`)).toEqual(all);
  expect(await server.list('versions=true&prefix=logs/&maxResults=1')).toEqual(all.slice(2));
  expect(await server.list('versions=true&startOffset=logs/b&endOffset=logs/c')).toEqual(all.slice(2, 4));
  expect(await server.list('versions=true&delimiter=/&maxResults=1')).toEqual([...all.slice(0, 2), 'logs/']);
  expect(await server.list('maxResults=1')).toEqual(['a', 'logs/b']);
  expect((await server.ask('GET', `/b/${BUCKET}/o?pageToken=bm9uc2Vuc2U`)).status).toBe(400);
});

test('create-only is decided by the live object alone', async () => {
  const server = await versioned();
  await server.stored('a');
  expect((await server.upload('a', 'two', '&ifGenerationMatch=0')).status).toBe(412);
  await server.object('DELETE', 'a');
  expect((await server.upload('a', 'two', '&ifGenerationMatch=0')).status).toBe(200);
});

test('a bucket with noncurrent generations is not empty', async () => {
  const server = await versioned();
  const generation = await server.stored('a');
  await server.object('DELETE', 'a');
  expect((await server.ask('DELETE', `/b/${BUCKET}`)).status).toBe(409);
  await server.restart();
  expect((await server.ask('DELETE', `/b/${BUCKET}`)).status).toBe(409);
  await server.object('DELETE', 'a', `?generation=${generation}`);
  expect((await server.ask('DELETE', `/b/${BUCKET}`)).status).toBe(204);
});

test('generations survive a restart, and new ones are younger than all of them', async () => {
  const server = await versioned();
  await server.stored('a', 'one');
  await server.stored('a', 'two');
  await server.stored('b');
  await server.object('DELETE', 'b');
  const before = await server.ask('GET', `/b/${BUCKET}/o?versions=true`);

  server.now -= 60_000;
  await server.restart();

  expect((await server.ask('GET', `/b/${BUCKET}/o?versions=true`)).body).toEqual(before.body);
  const listed = (await server.list('versions=true')).map((each) => BigInt(/#(\d+)/.exec(each)?.[1] ?? '0'));
  expect(BigInt(await server.stored('a'))).toBeGreaterThan(listed.reduce((a, b) => (a > b ? a : b)));
});

test('killed before the commit, the live object is the old one, and it is there once', async () => {
  const server = await versioned();
  const generation = await server.stored('a', 'one');
  await server.stop();
  // what an overwrite has written before its commit: the former generation's sidecar, and the new body
  const sidecar = (await readdir(server.objectFolder)).find((entry) => entry.endsWith('.json')) ?? '';
  const hash = path.basename(sidecar, '.json');
  const record = JSON.parse(await readFile(path.join(server.objectFolder, sidecar), 'utf8')) as object;
  const former = path.join(server.objectFolder, `${hash}.${generation}.json`);
  await writeFile(former, JSON.stringify({ ...record, timeDeleted: '2030-01-01T00:00:01.000Z' }));
  await writeFile(path.join(server.objectFolder, `${hash}.9999999999999999.body`), 'two');

  await server.start();

  expect(await server.list('versions=true')).toEqual([`a#${generation}`]);
  expect(await server.content('a')).toBe('one');
  expect((await readdir(server.objectFolder)).sort()).toEqual([`${hash}.${generation}.body`, sidecar].sort());
});

test('an overwrite that the disk refuses leaves the live generation, once', async () => {
  const server = await versioned();
  const generation = await server.stored('a', 'one');
  const before = await readdir(server.objectFolder);
  const sidecar = before.find((entry) => entry.endsWith('.json')) ?? '';
  const blocked = path.join(server.objectFolder, `${sidecar}.new`);
  await mkdir(blocked);

  expect((await server.upload('a', 'two')).status).toBe(500);

  expect(server.defects).toHaveLength(1);
  expect(await server.list('versions=true')).toEqual([`a#${generation}`]);
  expect((await readdir(server.objectFolder)).filter((entry) => entry.endsWith('.json'))).toEqual([sidecar]);
  await rmdir(blocked);
  await server.restart();
  expect(await readdir(server.objectFolder)).toEqual(before);
});

test('of many writers and removers at once none loses a generation', async () => {
  const server = await versioned();
  const bodies = Array.from({ length: 20 }, (_, at) => String(at));

  const answers = await Promise.all(bodies.map((body) => server.upload('a', body)));
  const removals = await Promise.all([1, 2, 3].map(() => server.object('DELETE', 'a')));

  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(removals.map(({ status }) => status).sort()).toEqual([204, 404, 404]);
  const generations = answers.map(({ body }) => String(body['generation']));
  const contents = await Promise.all(generations.map((generation) => server.content('a', `&generation=${generation}`)));
  expect(contents).toEqual(bodies);
  expect(await server.list('versions=true')).toEqual(generations.sort().map((each) => `a#${each} noncurrent`));
});

test('killed after the commit of a deletion, the generation is noncurrent', async () => {
  const server = await versioned();
  const generation = await server.stored('a', 'one');
  await server.object('DELETE', 'a');
  await server.stop();
  await writeFile(path.join(server.objectFolder, '3-1.part'), 'half');

  await server.start();

  expect(await server.list('versions=true')).toEqual([`a#${generation} noncurrent`]);
  expect(await server.content('a', `&generation=${generation}`)).toBe('one');
});

test("Google's client lists and removes generations", async () => {
  const server = await versioned();
  const client = server.client();
  const save = (body: string) => client.file('a').save(body, { resumable: false });
  await save('one');
  await save('two');

  const [files] = await client.getFiles({ versions: true });
  expect(files.map(({ metadata }) => metadata.timeDeleted !== undefined)).toEqual([true, false]);
  const former = client.file('a', { generation: files[0]?.metadata.generation ?? '' });
  expect((await former.download())[0].toString()).toBe('one');
  await former.delete();

  expect((await client.getFiles({ versions: true }))[0]).toHaveLength(1);
  expect((await client.file('a').download())[0].toString()).toBe('two');
});
