import { expect, test } from 'vitest';
import { BUCKET, startServer, type Server } from './support';

const HOUR_MS = 3_600_000;

async function retaining(seconds = 3_600): Promise<Server> {
  const server = await startServer();
  await server.createBucket({ retentionPolicy: { retentionPeriod: String(seconds) } });
  return server;
}

const lock = (server: Server, query = '?ifMetagenerationMatch=1') =>
  server.ask('POST', `/b/${BUCKET}/lockRetentionPolicy${query}`);
const retain = (server: Server, retentionPeriod: string) => server.patch({ retentionPolicy: { retentionPeriod } });

test('an object is kept until it has the age that the policy demands, to the millisecond', async () => {
  const server = await retaining();
  await server.stored('a');

  server.now += HOUR_MS - 1;
  const removed = await server.object('DELETE', 'a');
  const replaced = await server.upload('a', 'water');

  expect(removed).toMatchObject({ status: 403, reason: 'retentionPolicyNotMet' });
  expect(removed.message).toBe(
    `Object '${BUCKET}/a' is subject to bucket's retention policy or object retention ` +
      'and cannot be deleted or overwritten until 2030-01-01T01:00:00.000Z',
  );
  expect(replaced).toMatchObject({ status: 403, reason: 'retentionPolicyNotMet' });
  expect(await server.content('a')).toBe('ice');

  server.now += 1;
  expect((await server.upload('a', 'water')).status).toBe(200);
  expect((await server.object('DELETE', 'a')).reason).toBe('retentionPolicyNotMet');
  server.now += HOUR_MS;
  expect((await server.object('DELETE', 'a')).status).toBe(204);
});

test('objects show until when they are kept, also those that were there before the policy', async () => {
  const server = await startServer();
  await server.createBucket();
  await server.stored('a');
  expect((await server.object('GET', 'a')).body).not.toHaveProperty('retentionExpirationTime');

  await retain(server, '60');

  const kept = { retentionExpirationTime: '2030-01-01T00:01:00.000Z' };
  expect((await server.object('GET', 'a')).body).toMatchObject(kept);
  expect((await server.ask('GET', `/b/${BUCKET}/o`)).body).toMatchObject({ items: [kept] });
  expect((await server.object('DELETE', 'a')).status).toBe(403);
  await server.patch({ retentionPolicy: null });
  expect((await server.object('DELETE', 'a')).status).toBe(204);
});

test('a precondition that fails is told before the policy', async () => {
  const server = await retaining();
  await server.stored('a');
  expect((await server.upload('a', 'water', '&ifGenerationMatch=0')).status).toBe(412);
  expect((await server.object('DELETE', 'a', '?ifGenerationMatch=1')).status).toBe(412);
});

test('a policy is locked only by who knows the metageneration, and only where there is one', async () => {
  const server = await retaining();

  expect(await lock(server, '')).toMatchObject({ status: 400, reason: 'required' });
  expect(await lock(server, '?ifMetagenerationMatch=2')).toMatchObject({ status: 412, reason: 'conditionNotMet' });
  expect((await server.bucket()).body).toMatchObject({ retentionPolicy: { isLocked: false }, metageneration: '1' });
  expect(await lock(server)).toMatchObject({
    status: 200,
    body: { retentionPolicy: { isLocked: true, retentionPeriod: '3600' }, metageneration: '2' },
  });
  expect(await lock(server, '?ifMetagenerationMatch=2')).toMatchObject({ status: 400, reason: 'invalid' });

  const bare = await startServer();
  await bare.createBucket();
  expect((await lock(bare)).message).toBe(`Bucket '${BUCKET}' does not have an unlocked retention policy.`);
});

test('a locked policy can be lengthened, never shortened or removed, also after a restart', async () => {
  const server = await retaining();
  await lock(server);
  await server.restart();

  const removed = await server.patch({ retentionPolicy: null });
  const shortened = await retain(server, '3599');
  const unlocked = await server.patch({ retentionPolicy: { isLocked: false } });
  const lengthened = await retain(server, '3601');

  expect(removed).toMatchObject({
    status: 403,
    message: `Bucket '${BUCKET}' has a locked Retention Policy which cannot be removed.`,
  });
  expect(shortened).toMatchObject({
    status: 403,
    message: `Cannot reduce retention duration of a locked Retention Policy for bucket '${BUCKET}'.`,
  });
  expect(unlocked.status).toBe(400);
  expect(lengthened.body).toMatchObject({ retentionPolicy: { retentionPeriod: '3601', isLocked: true } });
  expect((await server.patch({ labels: { a: 'b' } })).status).toBe(200);
});

test('an unlocked policy can be shortened and removed', async () => {
  const server = await retaining();
  expect((await retain(server, '1')).status).toBe(200);
  expect((await server.patch({ retentionPolicy: null })).body).not.toHaveProperty('retentionPolicy');
});

test('a bucket with a locked policy goes once it is empty', async () => {
  const server = await retaining();
  await server.stored('a');
  await lock(server);
  const remove = () => server.ask('DELETE', `/b/${BUCKET}`);

  expect((await remove()).status).toBe(409);
  server.now += HOUR_MS;
  await server.object('DELETE', 'a');
  expect((await remove()).status).toBe(204);
});

test('with versioning the live object may go, and its noncurrent generation is kept', async () => {
  const server = await retaining();
  await server.patch({ versioning: { enabled: true } });
  const generation = await server.stored('a');

  expect((await server.upload('a', 'water')).status).toBe(200);
  expect(await server.object('DELETE', 'a', `?generation=${generation}`)).toMatchObject({
    status: 403,
    reason: 'retentionPolicyNotMet',
  });
  server.now += HOUR_MS;
  expect((await server.object('DELETE', 'a', `?generation=${generation}`)).status).toBe(204);
});

test("Google's client sets, locks and lengthens the policy", async () => {
  const server = await startServer();
  await server.createBucket();
  const client = server.client();

  await client.setRetentionPeriod(60);
  await client.lock(2);
  await client.setRetentionPeriod(61);

  expect((await client.getMetadata())[0].retentionPolicy).toMatchObject({ retentionPeriod: '61', isLocked: true });
  await expect(client.removeRetentionPeriod()).rejects.toMatchObject({ code: 403 });
  await expect(client.setRetentionPeriod(60)).rejects.toMatchObject({ code: 403 });
  await client.file('a').save('ice', { resumable: false });
  const [expiration] = await client.file('a').getExpirationDate();
  expect(expiration).toEqual(new Date('2030-01-01T00:01:01.000Z'));
});
