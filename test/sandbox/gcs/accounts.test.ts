import { expect, test } from 'vitest';
import { BUCKET, startServer, type Answer, type Server } from './support';

const ACCOUNTS = ['', 'archiver', 'viewer', 'creator', 'object-admin', 'nobody'] as const;

/** Each on a bucket with one object, "a". */
const OPERATIONS: Readonly<Record<string, (server: Server, token: string) => Promise<Answer>>> = {
  'storage.buckets.list': (server, token) => server.ask('GET', '/b', { token }),
  'storage.buckets.create': (server, token) => server.ask('POST', '/b', { token, json: { name: 'another' } }),
  'storage.buckets.get': (server, token) => server.ask('GET', `/b/${BUCKET}`, { token }),
  'storage.buckets.update': (server, token) => server.ask('PATCH', `/b/${BUCKET}`, { token, json: {} }),
  'storage.objects.list': (server, token) => server.ask('GET', `/b/${BUCKET}/o`, { token }),
  'storage.objects.get': (server, token) => server.ask('GET', `/b/${BUCKET}/o/a`, { token }),
  'storage.objects.create': (server, token) => server.upload('b', 'ice', '', token),
  'storage.objects.delete': (server, token) => server.ask('DELETE', `/b/${BUCKET}/o/a`, { token }),
  'storage.buckets.delete': (server, token) => server.ask('DELETE', `/b/${BUCKET}`, { token }),
};

const objects = (...verbs: string[]): string[] => verbs.map((verb) => `storage.objects.${verb}`);

const HELD: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(OPERATIONS),
  archiver: objects('list', 'get', 'create'),
  viewer: objects('list', 'get'),
  creator: objects('create'),
  'object-admin': objects('list', 'get', 'create', 'delete'),
  nobody: [],
};

test.each(ACCOUNTS)('the account "%s" may do what it holds the permission for, and is told so', async (account) => {
  const server = await startServer();
  await server.createBucket();
  await server.stored('a');
  const token = account === '' ? '' : `sandbox-${account}`;

  const asked = Object.keys(OPERATIONS).map((permission) => `permissions=${permission}`);
  const told = await server.ask('GET', `/b/${BUCKET}/iam/testPermissions?${asked.join('&')}`, { token });
  const allowed: string[] = [];
  for (const [permission, operation] of Object.entries(OPERATIONS)) {
    const { status, reason, message } = await operation(server, token);
    if (status !== 403) {
      allowed.push(permission);
      continue;
    }
    expect(reason).toBe('forbidden');
    expect(message).toMatch(new RegExp(`^${token}@.* does not have ${permission} access to the Google Cloud `));
  }

  expect(allowed).toEqual(HELD[account]);
  expect(told.body['permissions']).toEqual(HELD[account]);
});

test('who is refused is told in the words of Cloud Storage', async () => {
  const server = await startServer();
  await server.createBucket();

  const { message } = await server.ask('GET', `/b/${BUCKET}/o`, { token: 'sandbox-nobody' });

  expect(message).toBe(
    'sandbox-nobody@permafrost-sandbox.iam.gserviceaccount.com does not have storage.objects.list access to the ' +
      "Google Cloud Storage bucket. Permission 'storage.objects.list' denied on resource (or it may not exist).",
  );
});

test.each([
  ['sandbox-creator', 403],
  ['sandbox-archiver', 403],
  ['sandbox-object-admin', 200],
])('overwriting takes the right to delete: %s', async (token, status) => {
  const server = await startServer();
  await server.createBucket({ versioning: { enabled: true } });
  await server.stored('a');

  const answer = await server.upload('a', 'water', '', token);

  expect(answer.status).toBe(status);
  if (status === 403) expect(answer.message).toContain('storage.objects.delete');
  expect((await server.upload('a', 'water', '&ifGenerationMatch=0', token)).status).toBe(412);
  expect((await server.upload('new', 'water', '', token)).status).toBe(200);
});

test('downloads, locks and lifecycle ask for rights as well; a bucket that is not there is told to everybody', async () => {
  const server = await startServer();
  await server.createBucket({ retentionPolicy: { retentionPeriod: '1' } });
  await server.stored('a');
  const refused: readonly [string, string][] = [
    ['GET', `/b/${BUCKET}/o/a?alt=media`],
    ['GET', `/download/storage/v1/b/${BUCKET}/o/a?alt=media`],
    ['POST', `/b/${BUCKET}/lockRetentionPolicy?ifMetagenerationMatch=1`],
    ['POST', `/sandbox/b/${BUCKET}/applyLifecycle`],
  ];

  for (const [method, target] of refused) {
    expect(await server.ask(method, target, { token: 'sandbox-creator' })).toMatchObject({ status: 403 });
  }
  expect(await server.ask('GET', '/b/no-such/o', { token: 'sandbox-nobody' })).toMatchObject({ status: 404 });
});

test('what the server does not know is refused by name', async () => {
  const server = await startServer();
  await server.createBucket();
  expect(await server.ask('PATCH', `/b/${BUCKET}/o/a`, { json: {} })).toMatchObject({ reason: 'notImplemented' });
  expect(await server.ask('GET', `/b/${BUCKET}/acl`)).toMatchObject({ status: 404 });
  expect(await server.ask('GET', `/b/${BUCKET}/o/%E0%A4%A`)).toMatchObject({ status: 400 });
  expect(await server.ask('GET', `/b?projection=none`)).toMatchObject({ status: 400 });
});
