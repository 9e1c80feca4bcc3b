/** What the archiver does when the bucket fails: faults on request are what only the sandbox can do. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archivedNumbers, numbers, readBy, send, startArchiver } from './archiving';
import { TOPIC } from './environment';
import { startSandbox, type Sandbox } from './sandbox';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

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
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(600);

  await watched.archiver.stop();

  expect(during).toEqual([]);
  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(600));
});

test('a bucket that is missing, or without rights, fails with a message and loses nothing', async () => {
  const end = sandbox.bucketServer.intercept(({ method }) =>
    method === 'POST' ? { kind: 'answer', status: 403 } : undefined,
  );
  await send(sandbox, 0, 300);
  const watched = await startArchiver(sandbox, { limits: { maxBytes: 1e9, maxRecords: 10, maxAgeMs: 60_000 } });
  await expect.poll(() => watched.failures, { timeout: 20_000 }).toEqual(['STORE_DENIED']);
  end();

  const again = await startArchiver(sandbox);
  // an upload of the first that was on its way may have arrived since: it is not read again
  const hasReachedEnds = async (): Promise<boolean> => {
    const { partitions } = again.archiver.status();
    const ends = await sandbox.admin.logRanges(TOPIC);
    return ends.every(({ partition, end: logEnd }) =>
      partitions.some((each) => each.partition === partition && each.position === logEnd),
    );
  };
  await expect.poll(hasReachedEnds, { timeout: 20_000 }).toBe(true);
  await again.archiver.stop();

  expect(await archivedNumbers(sandbox.store)).toEqual(numbers(300));
});
