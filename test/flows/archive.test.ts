import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import {
  archivedNumbers,
  numbers,
  readBy,
  readChains,
  send,
  startArchiver,
  startSandbox,
  TOPIC,
  type Sandbox,
} from './sandbox';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

test('what is sent lands in the bucket exactly once, encrypted, and is committed', async () => {
  const key = await generateRsaKeyPair(2048);
  await send(sandbox, 0, 5_000);
  const watched = await startArchiver(sandbox, { recipients: [parseRecipient(key.publicKey)] });
  await send(sandbox, 5_000, 5_000);
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(10_000);

  await watched.archiver.stop();

  const chains = await readChains(sandbox.store, [parseIdentity(key.privateKeyPem)]);
  const all = chains.flatMap(({ records }) => records);
  expect(await archivedNumbers(sandbox.store, [parseIdentity(key.privateKeyPem)])).toEqual(numbers(10_000));
  expect(all[0]?.headers).toEqual([[Buffer.from('source'), Buffer.from('test')]]);
  expect(all.every(({ key: name }) => name?.toString().startsWith('bus '))).toBe(true);
  expect(chains.every(({ segments }) => segments.every(({ recipients }) => recipients[0] === key.fingerprint))).toBe(
    true,
  );
  const committed = await sandbox.admin.committed('archiver', TOPIC);
  expect(committed.map(({ offset }) => offset)).toEqual(chains.map(({ segments }) => segments.at(-1)?.nextOffset));
  expect(watched.problems).toEqual([]);
});

test.each(['none', 'gzip', 'zstd'] as const)('after a stop it goes on where it stood, with codec %s', async (codec) => {
  await send(sandbox, 0, 900);
  for (const end of [900, 1_800, 2_700]) {
    const watched = await startArchiver(sandbox, { codec });
    if (end > 900) await send(sandbox, end - 900, 900);
    await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(end);
    await watched.archiver.stop();
  }

  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(2_700));
});

test('segments close by count and by age, also on an idle topic', async () => {
  await send(sandbox, 0, 3_000);
  const watched = await startArchiver(sandbox, { limits: { maxBytes: 1e9, maxRecords: 400, maxAgeMs: 1_000 } });

  await expect.poll(() => archivedNumbers(sandbox.store), { timeout: 20_000 }).toEqual(numbers(3_000));

  expect(watched.uploads.length).toBeGreaterThan(3);
  await watched.archiver.stop();
});

test('a lost reply is recognised as our own upload', async () => {
  await send(sandbox, 0, 300);
  let lost = 0;
  sandbox.bucketServer.intercept(({ method }) =>
    method === 'POST' && (lost += 1) <= 2 ? { kind: 'lose-reply' } : undefined,
  );
  const watched = await startArchiver(sandbox);
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(300);

  await watched.archiver.stop();

  expect(watched.uploads.filter(({ adopted }) => adopted)).toHaveLength(2);
  expect(watched.degraded).toContain('STORE_UNAVAILABLE');
  expect(watched.degraded.at(-1)).toBeNull();
  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(300));
});

test('while the bucket is down it says so, goes on trying, and loses nothing', async () => {
  await send(sandbox, 0, 600);
  const end = sandbox.bucketServer.intercept(({ method }) =>
    method === 'POST' ? { kind: 'answer', status: 503 } : undefined,
  );
  const watched = await startArchiver(sandbox, { limits: { maxBytes: 1e9, maxRecords: 100, maxAgeMs: 60_000 } });
  await expect.poll(() => watched.degraded, { timeout: 20_000 }).toContain('STORE_UNAVAILABLE');
  const during = await archivedNumbers(sandbox.store);
  end();

  await watched.archiver.stop();

  expect(during).toEqual([]);
  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(600));
});

test('when Kafka goes away it says so, and goes on by itself when Kafka is back', async () => {
  await send(sandbox, 0, 600);
  const watched = await startArchiver(sandbox);
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(600);

  await sandbox.restartBroker(async () => {
    await expect.poll(() => watched.degraded, { timeout: 30_000 }).toContain('KAFKA_UNAVAILABLE');
  });
  await send(sandbox, 600, 300);
  await expect.poll(() => readBy(watched), { timeout: 30_000 }).toBe(900);
  await watched.archiver.stop();

  expect(watched.degraded.at(-1)).toBeNull();
  expect(watched.failures).toEqual([]);
  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(900));
}, 90_000);

test('a bucket that is missing, or without rights, fails with a message and loses nothing', async () => {
  const end = sandbox.bucketServer.intercept(({ method }) =>
    method === 'POST' ? { kind: 'answer', status: 403 } : undefined,
  );
  await send(sandbox, 0, 300);
  const watched = await startArchiver(sandbox, { limits: { maxBytes: 1e9, maxRecords: 10, maxAgeMs: 60_000 } });
  await expect.poll(() => watched.failures, { timeout: 20_000 }).toEqual(['STORE_DENIED']);
  end();

  const again = await startArchiver(sandbox);
  await expect.poll(() => readBy(again), { timeout: 20_000 }).toBe(300);
  await again.archiver.stop();

  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(300));
});

test('two archivers of one group share the partitions; one that joins and one that leaves lose and double nothing', async () => {
  const limits = { maxBytes: 1e9, maxRecords: 200, maxAgeMs: 500 };
  const first = await startArchiver(sandbox, { limits });
  await send(sandbox, 0, 3_000);
  const second = await startArchiver(sandbox, { limits });
  await send(sandbox, 3_000, 3_000);
  await expect.poll(() => second.archiver.status().partitions.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await first.archiver.stop();
  await send(sandbox, 6_000, 3_000);

  await expect.poll(async () => (await archivedNumbers(sandbox.store)).length, { timeout: 40_000 }).toBe(9_000);

  await second.archiver.stop();
  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(9_000));
});

test('another group that archives to the same place adopts what lies there', async () => {
  await send(sandbox, 0, 1_000);
  const first = await startArchiver(sandbox);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(1_000);
  const other = await startArchiver(sandbox, { groupId: 'other' });
  await expect.poll(() => readBy(other), { timeout: 20_000 }).toBe(1_000);
  await first.archiver.stop();
  await send(sandbox, 1_000, 500);

  await other.archiver.stop();
  const last = await startArchiver(sandbox, { groupId: 'other' });
  await expect
    .poll(
      async () =>
        (await sandbox.admin.logRanges(TOPIC)).every(({ partition, end }) =>
          last.archiver.status().partitions.some((each) => each.partition === partition && each.position === end),
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  await last.archiver.stop();

  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(1_500));
});

test('what expired before it was archived is a gap of that kind, and the archive goes on', async () => {
  await send(sandbox, 0, 900);
  const first = await startArchiver(sandbox);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(900);
  await first.archiver.stop();
  await send(sandbox, 900, 900);
  const before = await sandbox.admin.logRanges(TOPIC);
  await sandbox.admin.deleteRecords(
    TOPIC,
    before.map(({ partition, end }) => ({ partition, offset: end - 10n })),
  );

  const second = await startArchiver(sandbox);
  await expect.poll(() => readBy(second), { timeout: 20_000 }).toBe(30);
  await second.archiver.stop();

  const chains = await readChains(sandbox.store);
  const gaps = chains.flatMap(({ segments }) => segments.filter(({ gap }) => gap !== null));
  expect(gaps.map(({ gap }) => gap)).toEqual(['expired', 'expired', 'expired']);
  expect(chains.flatMap(({ records }) => records)).toHaveLength(930);
  expect(gaps.reduce((sum, { firstOffset, nextOffset }) => sum + Number(nextOffset - firstOffset), 0)).toBe(870);
});

test('a topic that is deleted and made anew gets a chain of its own', async () => {
  await send(sandbox, 0, 300);
  const first = await startArchiver(sandbox);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(300);
  await first.archiver.stop();
  await sandbox.admin.deleteTopic(TOPIC);
  await sandbox.admin.ensureTopic(TOPIC, 3);
  await send(sandbox, 1_000, 300);

  const second = await startArchiver(sandbox);
  await expect
    .poll(
      async () =>
        (await sandbox.admin.logRanges(TOPIC)).every(({ partition, end }) =>
          second.archiver.status().partitions.some((each) => each.partition === partition && each.position === end),
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  await second.archiver.stop();

  const chains = await readChains(sandbox.store);
  expect(new Set(chains.map(({ life }) => life)).size).toBe(2);
  expect(await archivedNumbers(sandbox.store)).toEqual([
    ...numbers(300),
    ...numbers(300).map((number) => number + 1_000),
  ]);
});
