import { expect, test } from 'vitest';
import { BUCKET, DAY_MS, START, startServer, type Server } from './support';

type Rule = readonly [action: string, condition: object];

/** Actions are Delete, or the class to set. */
async function startWith(rules: readonly Rule[], fields: Readonly<Record<string, unknown>> = {}): Promise<Server> {
  const server = await startServer();
  const rule = rules.map(([action, condition]) => ({
    action: action === 'Delete' ? { type: action } : { type: 'SetStorageClass', storageClass: action },
    condition,
  }));
  await server.createBucket({ ...fields, lifecycle: { rule } });
  return server;
}

const after = (days: number, ms = 0): Date => new Date(START + days * DAY_MS + ms);
const apply = (server: Server, at?: Date) => server.running.applyLifecycle(BUCKET, at);
const classOf = async (server: Server, name = 'a') => (await server.object('GET', name)).body['storageClass'];

test('nothing happens by itself; on request the rules are carried out, for now or for another time', async () => {
  const server = await startWith([['Delete', { age: 30 }]]);
  await server.stored('a');
  await server.stored('b');
  const ask = (query = '') => server.ask('POST', `/sandbox/b/${BUCKET}/applyLifecycle${query}`);

  expect((await ask()).body).toEqual({ deleted: 0, moved: 0 });
  expect((await ask('?at=2030-01-30T23:59:59.999Z')).body).toEqual({ deleted: 0, moved: 0 });
  expect(await server.list()).toEqual(['a', 'b']);
  expect((await ask('?at=2030-01-31T00:00:00Z')).body).toEqual({ deleted: 2, moved: 0 });
  expect(await server.list()).toEqual([]);
  expect((await ask('?at=tomorrow')).status).toBe(400);
  await expect(server.running.applyLifecycle('no-such')).rejects.toMatchObject({ status: 404 });
});

test('the server has its own now', async () => {
  const server = await startWith([['Delete', { age: 1 }]]);
  await server.stored('a');
  server.now += DAY_MS;
  expect(await apply(server)).toEqual({ deleted: 1, moved: 0 });
});

test.each<[string, object, boolean]>([
  ['old enough', { age: 10 }, true],
  ['not old enough', { age: 11 }, false],
  ['created before a day', { createdBefore: '2030-01-02' }, true],
  ['created on that day', { createdBefore: '2030-01-01' }, false],
  ['live', { isLive: true }, true],
  ['not noncurrent', { isLive: false }, false],
  ['one of the prefixes', { matchesPrefix: ['x/', 'logs/'] }, true],
  ['another prefix', { matchesPrefix: ['x/'] }, false],
  ['one of the suffixes', { matchesSuffix: ['.zst', '.gz'] }, true],
  ['another suffix', { matchesSuffix: ['.zst'] }, false],
  ['its class', { matchesStorageClass: ['NEARLINE', 'STANDARD'] }, true],
  ['another class', { matchesStorageClass: ['NEARLINE'] }, false],
  ['no newer versions', { numNewerVersions: 1 }, false],
  ['never noncurrent', { daysSinceNoncurrentTime: 0 }, false],
  ['all conditions', { age: 10, matchesPrefix: ['logs/'], isLive: true }, true],
  ['all but one condition', { age: 11, matchesPrefix: ['logs/'], isLive: true }, false],
])('ten days later, an object is met by: %s', async (_, condition, isDeleted) => {
  const server = await startWith([['Delete', condition]]);
  await server.stored('logs/a.gz');

  expect(await apply(server, after(10))).toEqual({ deleted: isDeleted ? 1 : 0, moved: 0 });

  expect(await server.list()).toEqual(isDeleted ? [] : ['logs/a.gz']);
});

test('a class is set to the coldest that applies, never to a warmer one, and Delete goes before', async () => {
  const server = await startWith([
    ['ARCHIVE', { age: 90 }],
    ['NEARLINE', { age: 30 }],
    ['COLDLINE', { age: 30 }],
    ['STANDARD', { age: 0 }],
    ['Delete', { age: 365 }],
  ]);
  await server.stored('a');

  expect(await apply(server, after(29))).toEqual({ deleted: 0, moved: 0 });
  expect(await apply(server, after(30))).toEqual({ deleted: 0, moved: 1 });
  expect(await classOf(server)).toBe('COLDLINE');
  expect(await apply(server, after(31))).toEqual({ deleted: 0, moved: 0 });
  expect(await apply(server, after(90))).toEqual({ deleted: 0, moved: 1 });
  expect(await classOf(server)).toBe('ARCHIVE');
  expect(await apply(server, after(365))).toEqual({ deleted: 1, moved: 0 });
});

test('a class that was set keeps the generation and the bytes, and survives a restart', async () => {
  const server = await startWith([['NEARLINE', { age: 30 }]]);
  const generation = await server.stored('a');
  const { body: before } = await server.object('GET', 'a');
  expect(before).toMatchObject({ metageneration: '1', timeStorageClassUpdated: '2030-01-01T00:00:00.000Z' });

  await apply(server, after(30));
  await server.restart();

  const { body: moved } = await server.object('GET', 'a');
  expect(moved).toMatchObject({
    ...{ generation, metageneration: '2', storageClass: 'NEARLINE', timeCreated: before['timeCreated'] },
    ...{ timeStorageClassUpdated: '2030-01-31T00:00:00.000Z', updated: '2030-01-31T00:00:00.000Z' },
  });
  expect(moved['etag']).not.toBe(before['etag']);
  expect(await server.content('a')).toBe('ice');
  expect((await server.object('DELETE', 'a', '?ifMetagenerationMatch=1')).status).toBe(412);
});

test('with versioning a live object becomes noncurrent first, and goes by the rules for that', async () => {
  const versioning = { versioning: { enabled: true } };
  const rules: Rule[] = [
    ['Delete', { age: 10, isLive: true }],
    ['Delete', { daysSinceNoncurrentTime: 5 }],
  ];
  const server = await startWith(rules, versioning);
  const generation = await server.stored('a');

  expect(await apply(server, after(10))).toEqual({ deleted: 1, moved: 0 });
  expect(await server.list('versions=true')).toEqual([`a#${generation} noncurrent`]);
  expect(await apply(server, after(15, -1))).toEqual({ deleted: 0, moved: 0 });
  expect(await apply(server, after(15))).toEqual({ deleted: 1, moved: 0 });
  expect(await server.list('versions=true')).toEqual([]);
});

test('of many generations only so many newer ones are kept', async () => {
  const server = await startWith([['Delete', { numNewerVersions: 2 }]], { versioning: { enabled: true } });
  const generations: string[] = [];
  for (let at = 0; at < 4; at++) generations.push(await server.stored('a'));

  expect(await apply(server)).toEqual({ deleted: 2, moved: 0 });

  expect(await server.list('versions=true')).toEqual([`a#${generations[2]} noncurrent`, `a#${generations[3]}`]);
});

test('a noncurrent generation gets a colder class, and stays noncurrent', async () => {
  const server = await startWith([['COLDLINE', { isLive: false }]], { versioning: { enabled: true } });
  const first = await server.stored('a');
  const second = await server.stored('a');

  expect(await apply(server, after(1))).toEqual({ deleted: 0, moved: 1 });
  await server.restart();

  expect(await server.list('versions=true')).toEqual([`a#${first} noncurrent`, `a#${second}`]);
  expect((await server.object('GET', 'a', `?generation=${first}`)).body).toMatchObject({ storageClass: 'COLDLINE' });
  expect(await classOf(server)).toBe('STANDARD');
});

test('what the retention policy keeps is not deleted, but may get a colder class', async () => {
  const retentionPolicy = { retentionPeriod: String((10 * DAY_MS) / 1_000) };
  const server = await startWith(
    [
      ['Delete', { age: 1, matchesPrefix: ['a'] }],
      ['ARCHIVE', { age: 1 }],
    ],
    {
      retentionPolicy,
    },
  );
  await server.stored('a');
  await server.stored('b');

  expect(await apply(server, after(10, -1))).toEqual({ deleted: 0, moved: 1 });
  expect(await classOf(server, 'b')).toBe('ARCHIVE');
  expect(await apply(server, after(10))).toEqual({ deleted: 1, moved: 0 });
  expect(await server.list()).toEqual(['b']);
});
