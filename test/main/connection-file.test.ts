import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ConnectionFile } from '../../electron/main/connection-file';
import { SANDBOX, type Connection } from '../../shared/model/connection';
import { damagedName, DAMAGED, dataFolder, everyFile, whileReadOnly } from './data-folder';

function connection(id: string, name: string): Connection {
  return {
    id,
    name,
    kafka: {
      brokers: ['kafka-1.example.com:9093'],
      tls: { ca: null, certificate: null },
      login: { kind: 'password', mechanism: 'scram-sha-512', username: 'archiver' },
    },
    destination: {
      kind: 'cloud-storage',
      login: { kind: 'default' },
      endpoint: null,
      projectId: null,
      userProject: null,
      bucket: 'bus-archive',
      prefix: 'archive',
    },
    archiving: {
      topics: { names: ['buses'], patterns: [] },
      archiverGroup: 'archiver',
      start: 'earliest',
      watched: null,
      pipelineGroup: null,
    },
  };
}

const BUSES = connection('b-1', 'Buses');
const TRAMS = connection('t-1', 'Trams');

/** A file with these connections, and where it is. */
async function saved(...each: readonly Connection[]) {
  const folder = await dataFolder();
  const { connections } = await ConnectionFile.open(folder);
  for (const one of each) await connections.save(one);
  return { folder, connections };
}

test('a first start has the sandbox alone, and writes nothing', async () => {
  const folder = await dataFolder();

  const { connections, setAside, missingActive } = await ConnectionFile.open(folder);

  expect({ active: connections.active, list: connections.list(), setAside, missingActive }).toEqual({
    active: SANDBOX,
    list: [],
    setAside: null,
    missingActive: null,
  });
  expect(await readdir(folder)).toEqual([]);
});

test('what was saved is there at the next start, by name, with the one in use', async () => {
  const { folder, connections } = await saved(TRAMS, connection('b-10', 'Buses 10'), connection('b-9', 'buses 9'));
  await connections.use('t-1');

  const again = await ConnectionFile.open(folder);

  expect(again.connections.active).toBe('t-1');
  expect(again.connections.list().map(({ name }) => name)).toEqual(['buses 9', 'Buses 10', 'Trams']);
  expect(again.connections.get('t-1')).toEqual(TRAMS);
  const content = JSON.parse((await everyFile(folder))['connections.json']!) as object;
  expect(content).toMatchObject({ version: 1, active: 't-1' });
});

test('a connection that is there is replaced, and may change the case of its name', async () => {
  const { folder, connections } = await saved(BUSES, TRAMS);

  await connections.save({ ...BUSES, name: 'BUSES' });

  const again = await ConnectionFile.open(folder);
  expect(again.connections.list()).toEqual([{ ...BUSES, name: 'BUSES' }, TRAMS]);
});

test.each(['Buses', 'bUSES', ' Buses '])('a second connection cannot be called %j', async (name) => {
  const { connections } = await saved(BUSES);

  await expect(connections.save(connection('other', name))).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    context: { field: 'draft.name' },
    message: expect.stringContaining('Buses') as string,
  });
  expect(connections.list()).toEqual([BUSES]);
});

test('a name is the same however its accents are written', async () => {
  const { connections } = await saved(connection('z', 'Zu\u0308rich'));

  await expect(connections.save(connection('other', 'Z\u00fcrich'))).rejects.toMatchObject({
    context: { field: 'draft.name' },
  });
});

test.each([
  ['draft.kafka.brokers.0', { ...BUSES, kafka: { ...BUSES.kafka, brokers: ['no port'] } }],
  ['draft.name', { ...BUSES, name: ' ' }],
  ['draft.id', { ...BUSES, id: SANDBOX }],
])('what could not be read at the next start is not written: %s', async (field, broken) => {
  const { connections, folder } = await saved(TRAMS);
  const before = await everyFile(folder);

  await expect(connections.save(broken)).rejects.toMatchObject({ code: 'INPUT_INVALID', context: { field } });

  expect(await everyFile(folder)).toEqual(before);
});

test('a connection is removed, the one in use is not', async () => {
  const { folder, connections } = await saved(BUSES, TRAMS);
  await connections.use('t-1');

  await expect(connections.remove('t-1')).rejects.toMatchObject({ code: 'BUSY' });
  await connections.remove('b-1');

  expect((await ConnectionFile.open(folder)).connections.list()).toEqual([TRAMS]);
});

test('the sandbox can be used again', async () => {
  const { folder, connections } = await saved(BUSES);
  await connections.use('b-1');

  await connections.use(SANDBOX);

  expect((await ConnectionFile.open(folder)).connections.active).toBe(SANDBOX);
});

test('a connection that is not there can be neither had, used nor removed', async () => {
  const { connections } = await saved(BUSES);
  const refused = { code: 'INPUT_INVALID', context: { field: 'id' } };

  expect(() => connections.get('gone')).toThrow(expect.objectContaining(refused) as Error);
  await expect(connections.use('gone')).rejects.toMatchObject(refused);
  await expect(connections.remove('gone')).rejects.toMatchObject(refused);
  expect(connections.active).toBe(SANDBOX);
});

test('where the one in use is not there the sandbox is used, and that is told', async () => {
  const { folder } = await saved(BUSES);
  const file = path.join(folder, 'connections.json');
  await writeFile(file, JSON.stringify({ version: 1, active: 'gone', connections: [BUSES] }));

  const { connections, missingActive, setAside } = await ConnectionFile.open(folder);

  expect({ active: connections.active, missingActive, setAside }).toEqual({
    active: SANDBOX,
    missingActive: 'gone',
    setAside: null,
  });
  expect(connections.list()).toEqual([BUSES]);
});

test('changes at the same time are all there', async () => {
  const { folder, connections } = await saved(BUSES);

  await Promise.all([connections.save(TRAMS), connections.use('t-1'), connections.save(connection('f', 'Ferries'))]);

  const again = await ConnectionFile.open(folder);
  expect(again.connections.active).toBe('t-1');
  expect(again.connections.list().map(({ id }) => id)).toEqual(['b-1', 'f', 't-1']);
});

test('a change that cannot be written is refused, and the connections are as they were', async () => {
  const { folder, connections } = await saved(BUSES);

  await whileReadOnly(folder, () => expect(connections.save(TRAMS)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' }));

  expect(connections.list()).toEqual([BUSES]);
  await connections.save(TRAMS);
  expect(connections.list()).toEqual([BUSES, TRAMS]);
});

const content = (fields: object) => JSON.stringify({ version: 1, active: SANDBOX, connections: [], ...fields });

test.each<readonly [what: string, text: string]>([
  ...DAMAGED,
  ['connections that are none', content({ connections: 'all' })],
  ['a connection with a field that does not exist', content({ connections: [{ ...BUSES, password: 'x' }] })],
  ['two with the same id', content({ connections: [BUSES, { ...TRAMS, id: 'b-1' }] })],
  ['two with the same name', content({ connections: [BUSES, { ...TRAMS, name: 'buses' }] })],
  ["one with the sandbox's id", content({ connections: [{ ...BUSES, id: SANDBOX }] })],
])('%s is set aside and told, and the sandbox is used', async (_what, text) => {
  const folder = await dataFolder();
  const file = path.join(folder, 'connections.json');
  await writeFile(file, text);

  const { connections, setAside, missingActive } = await ConnectionFile.open(folder);

  expect({ active: connections.active, list: connections.list(), missingActive }).toEqual({
    active: SANDBOX,
    list: [],
    missingActive: null,
  });
  const [[name, kept] = []] = Object.entries(await everyFile(folder));
  expect(kept).toBe(text);
  expect(name).toMatch(damagedName('connections'));
  expect(setAside).toMatchObject({ file, movedTo: path.join(folder, name!) });
});

test('connections of a newer Permafrost are refused, and stay as they are', async () => {
  const folder = await dataFolder();
  await writeFile(path.join(folder, 'connections.json'), '{"version":2,"all":[]}');

  await expect(ConnectionFile.open(folder)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/newer Permafrost: version 2 .* up to 1/) as string,
  });
  expect(await everyFile(folder)).toEqual({ 'connections.json': '{"version":2,"all":[]}' });
});
