/** The memory budget, with many partitions and with a bucket that does not take anything. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readChains, startArchiver } from './archiving';
import { TOPIC } from './environment';
import { startSandbox, type Sandbox } from './sandbox';

const MB = 1024 * 1024;

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox(100);
});
afterEach(() => sandbox.close());

/** Values that hardly shrink, so that compression does not hide what is held. */
async function send(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 500) {
    const records = Array.from({ length: 500 }, (_, index) => ({
      key: Buffer.from(`${sent + index}`),
      value: Buffer.from(randomBytes(750).toString('base64')),
      headers: [],
      timestamp: 1_671_494_400_000,
    }));
    await sandbox.producer.send(TOPIC, records);
  }
}

test('a hundred partitions share the budget, and are not cut into pieces for it', async () => {
  await send(20_000);
  const maxHeldBytes = 8 * MB;
  const watched = await startArchiver(sandbox, { maxHeldBytes });
  let most = 0;
  await expect
    .poll(
      () => {
        const { heldBytes, stages } = watched.archiver.status();
        most = Math.max(most, heldBytes);
        return stages.records;
      },
      { timeout: 40_000, interval: 5 },
    )
    .toBe(20_000);
  await watched.archiver.stop();

  const chains = await readChains(sandbox.store);
  expect(chains.flatMap(({ records }) => records)).toHaveLength(20_000);
  expect(most).toBeLessThan(2 * maxHeldBytes);
  expect(chains.flatMap(({ segments }) => segments).length).toBeLessThan(300);
}, 90_000);

test('while the bucket takes nothing, reading waits; then all of it is archived', async () => {
  await send(20_000);
  const end = sandbox.bucketServer.intercept(({ method }) =>
    method === 'POST' ? { kind: 'answer', status: 503 } : undefined,
  );
  const maxHeldBytes = 6 * MB;
  const watched = await startArchiver(sandbox, { maxHeldBytes });
  await expect.poll(() => watched.degraded, { timeout: 40_000 }).toContain('STORE_UNAVAILABLE');
  const { heldBytes, stages } = watched.archiver.status();
  end();
  await expect.poll(() => watched.archiver.status().stages.records, { timeout: 60_000 }).toBe(20_000);
  await watched.archiver.stop();

  expect(stages.records).toBeLessThan(20_000);
  expect(heldBytes).toBeLessThan(2 * maxHeldBytes);
  expect((await readChains(sandbox.store)).flatMap(({ records }) => records)).toHaveLength(20_000);
}, 120_000);
