import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { BUCKET, DAY_MS, START, startServer } from './support';

const DELETE_OLD = { action: { type: 'Delete' }, condition: { age: 30 } };

test('a new bucket has the defaults of Cloud Storage', async () => {
  const server = await startServer();

  const { status, body } = await server.createBucket();

  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ kind: 'storage#bucket', name: BUCKET, location: 'US', locationType: 'multi-region' },
    ...{ storageClass: 'STANDARD', metageneration: '1', versioning: { enabled: false } },
    iamConfiguration: { uniformBucketLevelAccess: { enabled: false }, publicAccessPrevention: 'inherited' },
    ...{ timeCreated: '2030-01-01T00:00:00.000Z', updated: '2030-01-01T00:00:00.000Z' },
  });
  expect(body).not.toHaveProperty('retentionPolicy');
  expect(body).not.toHaveProperty('lifecycle');
  expect((await server.bucket()).body).toEqual(body);
});

test.each([
  ['eu', 'EU', 'multi-region'],
  ['ASIA', 'ASIA', 'multi-region'],
  ['nam4', 'NAM4', 'dual-region'],
  ['EUR4', 'EUR4', 'dual-region'],
  ['ASIA1', 'ASIA1', 'dual-region'],
  ['europe-west3', 'EUROPE-WEST3', 'region'],
])('the location %s is %s, a %s', async (location, shown, locationType) => {
  const server = await startServer();
  expect((await server.createBucket({ location })).body).toMatchObject({ location: shown, locationType });
});

test('a bucket can be made with all its settings, and they survive a restart', async () => {
  const server = await startServer();
  const settings = {
    ...{ storageClass: 'COLDLINE', labels: { team: 'bus' }, versioning: { enabled: true } },
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
    ...{ retentionPolicy: { retentionPeriod: '3600' }, lifecycle: { rule: [DELETE_OLD] } },
  };

  const made = await server.createBucket(settings);
  await server.restart();

  expect(made.body).toMatchObject(settings);
  expect((await server.bucket()).body).toMatchObject({
    ...settings,
    retentionPolicy: { retentionPeriod: '3600', effectiveTime: '2030-01-01T00:00:00.000Z', isLocked: false },
  });
});

test('a patch merges, null removes, and each change counts', async () => {
  const server = await startServer();
  const { body: made } = await server.createBucket({ labels: { team: 'bus', stage: 'test' } });
  server.now += 1_000;

  await server.patch({ labels: { stage: null, owner: 'me' }, storageClass: 'ARCHIVE' });
  await server.patch({ lifecycle: { rule: [DELETE_OLD] } });
  const { body: after } = await server.patch({ iamConfiguration: { publicAccessPrevention: 'enforced' } });

  expect(after).toMatchObject({
    ...{ labels: { team: 'bus', owner: 'me' }, storageClass: 'ARCHIVE', lifecycle: { rule: [DELETE_OLD] } },
    iamConfiguration: { uniformBucketLevelAccess: { enabled: false }, publicAccessPrevention: 'enforced' },
    ...{ metageneration: '4', updated: '2030-01-01T00:00:01.000Z', timeCreated: '2030-01-01T00:00:00.000Z' },
  });
  expect(after['labels']).toEqual({ team: 'bus', owner: 'me' });
  expect(after['etag']).not.toBe(made['etag']);
  expect((await server.patch({ lifecycle: null })).body).not.toHaveProperty('lifecycle');
  expect((await server.stored('a')) !== '').toBe(true);
  expect((await server.object('GET', 'a')).body).toMatchObject({ storageClass: 'ARCHIVE' });
});

test('preconditions on the metageneration decide between writers', async () => {
  const server = await startServer();
  await server.createBucket();

  const answers = await Promise.all(
    ['a', 'b', 'c'].map((owner) => server.patch({ labels: { owner } }, '?ifMetagenerationMatch=1')),
  );

  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  expect((await server.bucket()).body['metageneration']).toBe('2');
  expect((await server.ask('GET', `/b/${BUCKET}?ifMetagenerationMatch=1`)).reason).toBe('conditionNotMet');
  expect((await server.ask('DELETE', `/b/${BUCKET}?ifMetagenerationMatch=1`)).status).toBe(412);
  expect((await server.ask('DELETE', `/b/${BUCKET}?ifMetagenerationMatch=2`)).status).toBe(204);
});

const rule = (condition: object, action: object = { type: 'Delete' }): object => ({
  lifecycle: { rule: [{ action, condition }] },
});

test.each<[string, object, number]>([
  ['an unknown storage class', { storageClass: 'FROZEN' }, 400],
  ['a label that Cloud Storage refuses', { labels: { Team: 'bus' } }, 400],
  ['a wrong type', { versioning: { enabled: 'yes' } }, 400],
  ['an unknown prevention', { iamConfiguration: { publicAccessPrevention: 'maybe' } }, 400],
  ['no retention at all', { retentionPolicy: { retentionPeriod: '0' } }, 400],
  ['a retention of 100 years', { retentionPolicy: { retentionPeriod: '3155760000' } }, 400],
  ['the longest retention', { retentionPolicy: { retentionPeriod: '3155759999' } }, 200],
  ['a lock outside of lockRetentionPolicy', { retentionPolicy: { retentionPeriod: '9', isLocked: true } }, 400],
  ['a rule without a condition', rule({}), 400],
  ['a rule with an unknown condition', rule({ phase: 'full moon' }), 400],
  ['a rule with an unknown action', rule({ age: 1 }, { type: 'Melt' }), 400],
  ['a rule with an unknown class', rule({ age: 1 }, { type: 'SetStorageClass', storageClass: 'WARM' }), 400],
  ['a negative age', rule({ age: -1 }), 400],
  ['an age of no days', rule({ age: 0 }), 200],
  ['a day that does not exist', rule({ createdBefore: '2030-02-30' }), 400],
  ['no prefixes', rule({ matchesPrefix: [] }), 400],
  ['an abort by age', rule({ age: 1 }, { type: 'AbortIncompleteMultipartUpload' }), 200],
  ['an abort of what is live', rule({ isLive: true }, { type: 'AbortIncompleteMultipartUpload' }), 400],
  ['another location', { location: 'EU' }, 400],
  ['its own location', { location: 'us' }, 200],
  ['a field that the sandbox does not have', { cors: [{ origin: ['*'] }] }, 501],
  ['something that is no object', ['versioning'], 400],
])('a patch with %s', async (_, patch, status) => {
  const server = await startServer();
  await server.createBucket();

  expect((await server.ask('PATCH', `/b/${BUCKET}`, { json: patch })).status).toBe(status);

  expect((await server.bucket()).body['metageneration']).toBe(status === 200 ? '2' : '1');
});

test('uniform access can be taken back for 90 days', async () => {
  const server = await startServer();
  const uniform = (enabled: boolean) => server.patch({ iamConfiguration: { uniformBucketLevelAccess: { enabled } } });
  await server.createBucket();
  const on = await uniform(true);
  server.now += DAY_MS;
  await server.patch({ labels: { a: 'b' } });
  expect(on.body['iamConfiguration']).toMatchObject({
    uniformBucketLevelAccess: { enabled: true, lockedTime: new Date(START + 90 * DAY_MS).toISOString() },
  });
  expect((await server.bucket()).body['iamConfiguration']).toEqual(on.body['iamConfiguration']);

  expect((await uniform(false)).status).toBe(200);
  await uniform(true);
  server.now += 90 * DAY_MS - 1;
  expect((await uniform(false)).status).toBe(200);
  await uniform(true);
  server.now += 90 * DAY_MS;
  expect(await uniform(false)).toMatchObject({ status: 400, message: expect.stringContaining('locked') as string });
});

test('a bucket of an older sandbox is read, and written with its new fields', async () => {
  const server = await startServer();
  await server.createBucket();
  await server.stop();
  const old = { name: BUCKET, location: 'EU', storageClass: 'NEARLINE', timeCreated: '2029-05-01T00:00:00.000Z' };
  await writeFile(server.bucketFile, JSON.stringify(old));
  await server.start();

  expect((await server.bucket()).body).toMatchObject({ ...old, metageneration: '1', updated: old.timeCreated });
  expect((await server.patch({ versioning: { enabled: true } })).body).toMatchObject({ ...old, metageneration: '2' });
  expect(JSON.parse(await readFile(server.bucketFile, 'utf8'))).toMatchObject({
    ...old,
    versioning: { enabled: true },
  });
});

test("Google's client reads and changes the settings", async () => {
  const server = await startServer();
  await server.createBucket();
  const client = server.client();

  await client.setMetadata({ versioning: { enabled: true } }, { ifMetagenerationMatch: 1 });
  await client.setLabels({ team: 'bus' });
  await client.addLifecycleRule({ action: { type: 'Delete' }, condition: { age: 30 } });
  await client.setStorageClass('nearline');
  const [metadata] = await client.getMetadata();

  expect(metadata).toMatchObject({
    ...{ versioning: { enabled: true }, labels: { team: 'bus' }, lifecycle: { rule: [DELETE_OLD] } },
    ...{ storageClass: 'NEARLINE', metageneration: '5' },
  });
  await expect(client.setMetadata({}, { ifMetagenerationMatch: 1 })).rejects.toMatchObject({ code: 412 });
});
