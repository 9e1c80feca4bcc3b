import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConnectionBook } from '../../electron/main/connection-book';
import type { SecretBox } from '../../electron/main/secret-box';
import type { ConnectionDraft } from '../../shared/model/connection';
import { nodeBox } from './node-box';

const DRAFT: ConnectionDraft = {
  id: null,
  name: 'Production',
  kafka: {
    brokers: ['kafka-1:9092'],
    tls: null,
    login: { kind: 'password', mechanism: 'scram-sha-256', username: 'archiver' },
  },
  destination: { kind: 'folder', folder: '/archives', prefix: 'archive' },
  archiving: {
    topics: { names: [], patterns: [] },
    archiverGroup: 'archiver',
    start: 'earliest',
    watched: null,
    pipelineGroup: null,
  },
};
const STORED = { keeping: 'stored', acceptsObfuscation: false } as const;
const SESSION = { keeping: 'session', acceptsObfuscation: false } as const;

let folder: string;
let box: SecretBox;
beforeEach(async () => {
  box = nodeBox();
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-book-'));
});
afterEach(() => rm(folder, { recursive: true }));

const opened = async (): Promise<ConnectionBook> => (await ConnectionBook.open(folder, box)).book;

test('a connection is there after a restart with its secret, which the view does not hold', async () => {
  const book = await opened();
  const { connection } = await book.save(DRAFT, { secrets: { password: 'a-secret' }, ...STORED });
  await book.use(connection.id);

  const later = await opened();
  expect(later.active).toEqual(connection);
  expect(later.connectionsOf(connection).kafka.sasl).toMatchObject({ password: 'a-secret' });
  expect(later.view()).toMatchObject({ active: connection.id, connections: [{ secrets: ['password'] }] });
  expect(JSON.stringify(later.view())).not.toContain('a-secret');
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8')));
  expect(files.join()).not.toContain('a-secret');
});

test('a secret that is needed must be there to be stored; for the session it may be typed later', async () => {
  const book = await opened();
  await expect(book.save(DRAFT, { secrets: {}, ...STORED })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    context: { field: 'secrets.password' },
  });
  expect(book.view().connections).toEqual([]);

  const { connection, secrets } = await book.save(DRAFT, { secrets: {}, ...SESSION });
  expect(secrets).toEqual([]);
  expect(() => book.connectionsOf(connection)).toThrow('The password is not kept here');
});

test('what a connection no longer uses is forgotten', async () => {
  const book = await opened();
  const { connection } = await book.save(DRAFT, { secrets: { password: 'a-secret' }, ...STORED });

  const open = { ...connection, kafka: { ...connection.kafka, login: { kind: 'none' } } } as const;
  expect((await book.save(open, { secrets: {}, ...STORED })).secrets).toEqual([]);
});

test('a new one whose name is taken leaves no secret behind', async () => {
  const book = await opened();
  await book.save(DRAFT, { secrets: { password: 'first' }, ...STORED });
  const before = await readFile(path.join(folder, 'secrets.json'), 'utf8');

  const again = book.save({ ...DRAFT, name: 'PRODUCTION' }, { secrets: { password: 'second' }, ...STORED });

  await expect(again).rejects.toMatchObject({ code: 'INPUT_INVALID', context: { field: 'draft.name' } });
  expect(await readFile(path.join(folder, 'secrets.json'), 'utf8')).toBe(before);
});

test('certificates that cannot be used are refused beside their field', async () => {
  const book = await opened();
  const ca = '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----';
  const draft = { ...DRAFT, kafka: { ...DRAFT.kafka, tls: { ca, certificate: null } } };

  await expect(book.save(draft, { secrets: { password: 'p' }, ...STORED })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    context: { field: 'draft.kafka.tls.ca' },
  });
});

test('what is typed is tried with the secrets that are kept', async () => {
  const book = await opened();
  const { connection } = await book.save(DRAFT, { secrets: { password: 'kept' }, ...STORED });

  expect(book.reach(connection, {}).kafka.sasl).toMatchObject({ password: 'kept' });
  expect(book.reach(connection, { password: 'typed' }).kafka.sasl).toMatchObject({ password: 'typed' });
});

test('the one in use is not removed; another goes with its secrets', async () => {
  const book = await opened();
  const { connection } = await book.save(DRAFT, { secrets: { password: 'a-secret' }, ...STORED });
  await book.use(connection.id);
  await expect(book.remove(connection.id)).rejects.toMatchObject({ code: 'BUSY' });

  await book.use('sandbox');
  await book.remove(connection.id);

  expect((await opened()).view()).toEqual({ active: 'sandbox', connections: [] });
  expect(await readFile(path.join(folder, 'secrets.json'), 'utf8')).not.toContain(connection.id);
});
