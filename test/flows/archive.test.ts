import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { archivedNumbers, numbers, readBy, readChains, send, startArchiver } from './archiving';
import { TOPIC, type Environment } from './environment';
import { startEnvironment } from './start-environment';

let environment: Environment;

beforeEach(async () => {
  environment = await startEnvironment();
});
afterEach(() => environment.close());

test('what is sent lands in the bucket exactly once, encrypted, and is committed', async () => {
  const key = await generateRsaKeyPair(2048);
  await send(environment, 0, 5_000);
  const watched = await startArchiver(environment, { recipients: [parseRecipient(key.publicKey)] });
  await send(environment, 5_000, 5_000);
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(10_000);

  await watched.archiver.stop();

  const chains = await readChains(environment.store, [parseIdentity(key.privateKeyPem)]);
  const all = chains.flatMap(({ records }) => records);
  expect(await archivedNumbers(environment.store, [parseIdentity(key.privateKeyPem)])).toEqual(numbers(10_000));
  expect(all[0]?.headers).toEqual([[Buffer.from('source'), Buffer.from('test')]]);
  expect(all.every(({ key: name }) => name?.toString().startsWith('bus '))).toBe(true);
  expect(chains.every(({ segments }) => segments.every(({ recipients }) => recipients[0] === key.fingerprint))).toBe(
    true,
  );
  const committed = await environment.admin.committed('archiver', TOPIC);
  expect(committed.map(({ offset }) => offset)).toEqual(chains.map(({ segments }) => segments.at(-1)?.nextOffset));
  expect(watched.problems).toEqual([]);
});

test.each(['none', 'gzip', 'zstd'] as const)('after a stop it goes on where it stood, with codec %s', async (codec) => {
  await send(environment, 0, 900);
  for (const end of [900, 1_800, 2_700]) {
    const watched = await startArchiver(environment, { codec });
    if (end > 900) await send(environment, end - 900, 900);
    await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(end);
    await watched.archiver.stop();
  }

  expect(await archivedNumbers(environment.store)).toEqual(numbers(2_700));
});

test('segments close by count and by age, also on an idle topic', async () => {
  await send(environment, 0, 3_000);
  const watched = await startArchiver(environment, { limits: { maxBytes: 1e9, maxRecords: 400, maxAgeMs: 1_000 } });

  await expect.poll(() => archivedNumbers(environment.store), { timeout: 20_000 }).toEqual(numbers(3_000));

  expect(watched.uploads.length).toBeGreaterThan(3);
  await watched.archiver.stop();
});

test('when Kafka goes away it says so, and goes on by itself when Kafka is back', async () => {
  await send(environment, 0, 600);
  // a member that comes back is a new one to Kafka, which waits for the old one's session to end
  const watched = await startArchiver(environment, { sessionTimeoutMs: 6_000 });
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(600);

  await environment.restartBroker(async () => {
    await expect.poll(() => watched.degraded, { timeout: 30_000 }).toContain('KAFKA_UNAVAILABLE');
  });
  await send(environment, 600, 300);
  await expect.poll(() => readBy(watched), { timeout: 30_000 }).toBe(900);
  await watched.archiver.stop();

  expect(watched.degraded.at(-1)).toBeNull();
  expect(watched.failures).toEqual([]);
  expect(await archivedNumbers(environment.store)).toEqual(numbers(900));
}, 90_000);

test('two archivers of one group share the partitions; one that joins and one that leaves lose and double nothing', async () => {
  const options = { limits: { maxBytes: 1e9, maxRecords: 200, maxAgeMs: 500 }, sessionTimeoutMs: 6_000 };
  const first = await startArchiver(environment, options);
  await send(environment, 0, 3_000);
  const second = await startArchiver(environment, options);
  await send(environment, 3_000, 3_000);
  await expect.poll(() => second.archiver.status().partitions.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await first.archiver.stop();
  await send(environment, 6_000, 3_000);

  await expect.poll(async () => (await archivedNumbers(environment.store)).length, { timeout: 40_000 }).toBe(9_000);

  await second.archiver.stop();
  expect(await archivedNumbers(environment.store)).toEqual(numbers(9_000));
});

test('another group that archives to the same place adopts what lies there', async () => {
  await send(environment, 0, 1_000);
  const first = await startArchiver(environment);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(1_000);
  const other = await startArchiver(environment, { groupId: 'other' });
  await expect.poll(() => readBy(other), { timeout: 20_000 }).toBe(1_000);
  await first.archiver.stop();
  await send(environment, 1_000, 500);

  await other.archiver.stop();
  const last = await startArchiver(environment, { groupId: 'other' });
  await expect
    .poll(
      async () =>
        (await environment.admin.logRanges(TOPIC)).every(({ partition, end }) =>
          last.archiver.status().partitions.some((each) => each.partition === partition && each.position === end),
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  await last.archiver.stop();

  expect(await archivedNumbers(environment.store)).toEqual(numbers(1_500));
});

test('what expired before it was archived is a gap of that kind, and the archive goes on', async () => {
  await send(environment, 0, 900);
  const first = await startArchiver(environment);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(900);
  await first.archiver.stop();
  await send(environment, 900, 900);
  const before = await environment.admin.logRanges(TOPIC);
  await environment.admin.deleteRecords(
    TOPIC,
    before.map(({ partition, end }) => ({ partition, offset: end - 10n })),
  );

  const second = await startArchiver(environment);
  await expect.poll(() => readBy(second), { timeout: 20_000 }).toBe(30);
  await second.archiver.stop();

  const chains = await readChains(environment.store);
  const gaps = chains.flatMap(({ segments }) => segments.filter(({ gap }) => gap !== null));
  expect(gaps.map(({ gap }) => gap)).toEqual(['expired', 'expired', 'expired']);
  expect(chains.flatMap(({ records }) => records)).toHaveLength(930);
  expect(gaps.reduce((sum, { firstOffset, nextOffset }) => sum + Number(nextOffset - firstOffset), 0)).toBe(870);
});

test('a topic that is deleted and made anew gets a chain of its own', async () => {
  await send(environment, 0, 300);
  const first = await startArchiver(environment);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(300);
  await first.archiver.stop();
  await environment.admin.deleteTopic(TOPIC);
  await environment.admin.ensureTopic(TOPIC, 3);
  await send(environment, 1_000, 300);

  const second = await startArchiver(environment);
  await expect
    .poll(
      async () =>
        (await environment.admin.logRanges(TOPIC)).every(({ partition, end }) =>
          second.archiver.status().partitions.some((each) => each.partition === partition && each.position === end),
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  await second.archiver.stop();

  const chains = await readChains(environment.store);
  expect(new Set(chains.map(({ life }) => life)).size).toBe(2);
  expect(await archivedNumbers(environment.store)).toEqual([
    ...numbers(300),
    ...numbers(300).map((number) => number + 1_000),
  ]);
});
