/** What the archiver does when Kafka answers with trouble, or loses records: faults on request are what only the sandbox can do. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logEnds, untilArchived } from '../../electron/engine/archive/until-end';
import { connectCluster } from '../../electron/engine/kafka/client';
import { fetchTopicIdentity } from '../../electron/engine/kafka/topic-identity';
import { buildObjectName } from '../../electron/engine/store/object-names';
import { offsetCommit } from '../../electron/sandbox/kafka/08-offset-commit';
import { ErrorCode } from '../../electron/sandbox/kafka/error-codes';
import { archivedNumbers, numbers, OPTIONS, readBy, readChains, send, startArchiver, type Watched } from './archiving';
import { TOPIC } from './environment';
import { startSandbox, type Sandbox } from './sandbox';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

/** Whether all partitions have been read to where they end now. */
async function isAtEnd({ archiver }: Watched): Promise<boolean> {
  const ranges = await sandbox.admin.logRanges(TOPIC);
  const { partitions } = archiver.status();
  return ranges.every(({ partition, end }) =>
    partitions.some((each) => each.partition === partition && each.position === end),
  );
}

test('what expires while it runs is a gap, also when nothing comes behind it; the committed offset never goes back', async () => {
  await send(sandbox, 0, 300);
  const watched = await startArchiver(sandbox, { limits: { maxBytes: 1e9, maxRecords: 1e9, maxAgeMs: 300 } });
  await expect.poll(() => archivedNumbers(sandbox.store), { timeout: 20_000 }).toEqual(numbers(300));
  const committed: number[] = [];
  sandbox.broker.intercept(offsetCommit, ({ topics }) => {
    for (const { partitions } of topics) committed.push(...partitions.map(({ offset }) => offset));
    return undefined;
  });
  watched.archiver.pause();
  await send(sandbox, 300, 300);
  const ranges = await sandbox.admin.logRanges(TOPIC);
  await sandbox.admin.deleteRecords(
    TOPIC,
    ranges.map(({ partition, end }) => ({ partition, offset: end })),
  );

  watched.archiver.resume();
  await expect.poll(() => isAtEnd(watched), { timeout: 20_000 }).toBe(true);
  await watched.archiver.stop();

  const gaps = (await readChains(sandbox.store)).flatMap(({ segments }) => segments.filter(({ gap }) => gap !== null));
  expect(gaps.map(({ gap }) => gap)).toEqual(['expired', 'expired', 'expired']);
  expect(gaps.reduce((sum, { firstOffset, nextOffset }) => sum + Number(nextOffset - firstOffset), 0)).toBe(300);
  expect(Math.min(...committed)).toBeGreaterThan(0);
});

test('a commit that was lost is made up for at the next start, though nothing new was sent', async () => {
  await send(sandbox, 0, 300);
  const lose = sandbox.broker.intercept(offsetCommit, ({ topics }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode: ErrorCode.ILLEGAL_GENERATION })),
    })),
  }));
  const first = await startArchiver(sandbox);
  await expect.poll(() => readBy(first), { timeout: 20_000 }).toBe(300);
  await first.archiver.stop();
  lose();

  const second = await startArchiver(sandbox);
  await expect.poll(() => isAtEnd(second), { timeout: 20_000 }).toBe(true);
  await second.archiver.stop();

  const ranges = await sandbox.admin.logRanges(TOPIC);
  const committed = await sandbox.admin.committed('archiver', TOPIC);
  expect(committed.map(({ offset }) => offset)).toEqual(ranges.map(({ end }) => end));
});

test('a partition that is lost twice at once is looked for once', async () => {
  await send(sandbox, 0, 100);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let uploads = 0;
  sandbox.bucketServer.intercept(({ method }) =>
    method === 'POST' && (uploads += 1) === 1 ? { kind: 'wait', until: released } : undefined,
  );
  const slow = await startArchiver(sandbox, { limits: { maxBytes: 1e9, maxRecords: 1, maxAgeMs: 300 } });
  await expect.poll(() => uploads, { timeout: 20_000 }).toBeGreaterThan(0);
  const other = await startArchiver(sandbox, { groupId: 'other', codec: 'gzip' });
  await expect.poll(() => isAtEnd(other), { timeout: 20_000 }).toBe(true);
  await other.archiver.stop();
  slow.archiver.pause();
  await send(sandbox, 100, 100);
  const ranges = await sandbox.admin.logRanges(TOPIC);
  await sandbox.admin.deleteRecords(
    TOPIC,
    ranges.map(({ partition, end }) => ({ partition, offset: end })),
  );
  slow.archiver.resume();
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // it has asked for what is gone

  release();
  await expect.poll(() => isAtEnd(slow), { timeout: 20_000 }).toBe(true);
  await slow.archiver.stop();

  expect(slow.problems).toContain('STORE_CONFLICT');
  expect(slow.uploads.filter(({ adopted }) => adopted)).toEqual([]);
  expect(slow.failures).toEqual([]);
});

test('until the end: a partition that has failed is told, not passed over', async () => {
  await send(sandbox, 0, 300);
  const cluster = await connectCluster(sandbox.kafka);
  const identity = await fetchTopicIdentity(cluster, TOPIC);
  await cluster.disconnect();
  const foreign = buildObjectName({
    ...{ prefix: OPTIONS.prefix, topic: TOPIC, partition: 1, firstOffset: 0n },
    life: identity?.topicId ?? expect.unreachable('the topic has an id'),
  });
  await sandbox.store.create(foreign, [], { metadata: {}, crc32c: 'AAAAAA==' });
  const ends = await logEnds(sandbox.kafka, OPTIONS.topics);

  const watched = await startArchiver(sandbox);
  const { signal } = new AbortController();
  const reading = untilArchived(watched.archiver, ends, { kafka: sandbox.kafka, groupId: 'archiver', signal });

  await expect(reading).rejects.toMatchObject({ code: 'CHAIN_BROKEN' });
  await watched.archiver.stop();
});

test('until the end: what another archiver was faster with is read again, and the rest is not forgotten', async () => {
  await send(sandbox, 0, 300);
  const watched = await startArchiver(sandbox);
  const other = await startArchiver(sandbox, { groupId: 'other', codec: 'gzip' });
  await expect.poll(() => isAtEnd(other), { timeout: 20_000 }).toBe(true);
  await other.archiver.stop();
  await send(sandbox, 300, 300);
  await expect.poll(() => isAtEnd(watched), { timeout: 20_000 }).toBe(true);
  const ends = await logEnds(sandbox.kafka, OPTIONS.topics);

  const { signal } = new AbortController();
  await untilArchived(watched.archiver, ends, { kafka: sandbox.kafka, groupId: 'archiver', signal });
  await watched.archiver.stop();

  expect(watched.problems).toContain('STORE_CONFLICT');
  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(600));
});

test('until the end: an open transaction is not waited for', async () => {
  await send(sandbox, 0, 30);
  const producer = sandbox.kafka.producer({ transactionalId: 'tx', idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic: TOPIC, messages: [{ partition: 0, value: '{"number":30}' }] });
  const ends = await logEnds(sandbox.kafka, OPTIONS.topics);

  const watched = await startArchiver(sandbox);
  const { signal } = new AbortController();
  await untilArchived(watched.archiver, ends, { kafka: sandbox.kafka, groupId: 'archiver', signal });
  await watched.archiver.stop();

  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(30));
  await transaction.abort();
  await producer.disconnect();
}, 20_000);

test('a first start that broke off while it was marked is marked to the end by the next one', async () => {
  await send(sandbox, 0, 300);
  let uploads = 0;
  const deny = sandbox.bucketServer.intercept(({ method }) =>
    method === 'POST' && (uploads += 1) > 1 ? { kind: 'answer', status: 403 } : undefined,
  );
  await expect(startArchiver(sandbox, { start: 'latest' })).rejects.toMatchObject({ code: 'STORE_DENIED' });
  deny();

  const watched = await startArchiver(sandbox, { start: 'latest' });
  await send(sandbox, 300, 300);
  await expect.poll(() => isAtEnd(watched), { timeout: 20_000 }).toBe(true);
  await watched.archiver.stop();

  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(600).slice(300));
});
