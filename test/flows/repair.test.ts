/** What somebody deleted from the bucket and Kafka still has is archived again into its place. */
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import type { ObjectStore, StoredObject } from '../../electron/engine/store/port';
import { repair, type RepairOptions } from '../../electron/engine/restore/repair/repair';
import { verify } from '../../electron/engine/restore/verify/verify';
import { NO_REDUCTION } from '../../shared/model/reduction';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OPTIONS, readChains, send } from './archiving';
import { storeOther } from '../engine/restore/support';
import { events, permafrost } from './command';
import { BUCKET, TOPIC, type Environment } from './environment';
import { archiveAll, sendMixedRecords } from './restoring';
import { startEnvironment } from './start-environment';

const BY_THOUSANDS = { maxBytes: 1e9, maxRecords: 1_000, maxAgeMs: 60_000 };
const GOES_ON = new AbortController().signal;

let environment: Environment;
/** may delete, as the archiver may not */
let owner: ObjectStore;

beforeEach(async () => {
  environment = await startEnvironment(1);
  owner = connectCloudStorage({ endpoint: environment.bucketEndpoint, projectId: 'test' }).bucket(BUCKET);
});
afterEach(() => environment.close());

async function archives(): Promise<readonly StoredObject[]> {
  return (await owner.list({ prefix: `archive/${TOPIC}/` })).objects;
}

async function removeArchives(...indexes: readonly number[]): Promise<void> {
  const all = await archives();
  for (const index of indexes) await owner.remove(all.at(index)!.name);
}

function options(changed: Partial<RepairOptions> = {}): RepairOptions {
  return {
    ...{ prefix: 'archive', topics: null, partitions: null, kafka: environment.kafka, groupId: 'archiver' },
    archives: { ...OPTIONS, limits: BY_THOUSANDS },
    ...{ keepAll: false, isDryRun: false, signal: GOES_ON },
    ...{ onPlan: () => undefined, onProgress: () => undefined, onStored: () => undefined, onRetry: () => undefined },
    ...changed,
  };
}

async function missing(): Promise<number> {
  const { findings } = await verify(environment.store, {
    ...{ prefix: 'archive', topics: null, partitions: null, kafka: environment.kafka, groupId: 'archiver' },
    ...{ content: { part: null, source: null }, identities: [], signal: GOES_ON, onProgress: () => undefined },
  });
  return findings.length;
}

async function contents() {
  return (await readChains(owner)).map(({ records }) => records);
}

test('archives missing in the middle and at the end come back as they were', async () => {
  await sendMixedRecords(environment, 1, 4_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  const before = await contents();
  await removeArchives(1, -1);
  expect(await missing()).toBe(2);

  const done = await repair(environment.store, options());

  expect(done.stretches.map(({ isRepaired }) => isRepaired)).toEqual([true, true]);
  expect(await missing()).toBe(0);
  expect(await contents()).toEqual(before);
  expect((await repair(environment.store, options())).stretches).toEqual([]);
});

test('the command does the same, tells before what it would do, and ends with 3 while something is missing', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  await removeArchives(1);
  const { kafkaAddress, bucketEndpoint } = environment;
  const where = [
    '--brokers',
    kafkaAddress,
    '--endpoint',
    bucketEndpoint,
    '--bucket',
    BUCKET,
    '--no-encryption',
    '--json',
  ];

  const dry = permafrost('repair', ...where, '--dry-run');
  expect(await dry.ended).toMatchObject({ code: 3 });
  expect(events(dry, 'missing')).toMatchObject([{ firstOffset: '1000', nextOffset: '2000', refusal: null }]);
  expect(await archives()).toHaveLength(2);

  const done = permafrost('repair', ...where);
  expect(await done.ended).toMatchObject({ code: 0 });
  expect(events(done, 'archived')).toMatchObject([{ records: 1_000, gap: null }]);
  expect(await missing()).toBe(0);
});

test('of what Kafka has lost in part, the rest comes back, and the loss is told', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  await environment.admin.deleteRecords(TOPIC, [{ partition: 0, offset: 1_700n }]);
  await removeArchives(1);

  await repair(environment.store, options());

  const [chain] = await readChains(owner);
  expect(chain!.segments.map(({ firstOffset, gap, records }) => [firstOffset, gap, records])).toEqual([
    [0n, null, 1_000],
    [1_000n, 'removed', 0],
    [1_700n, null, 300],
    [2_000n, null, 1_000],
  ]);
});

test('what Kafka has lost stays missing, and nothing is written', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  await environment.admin.deleteRecords(TOPIC, [{ partition: 0, offset: 2_500n }]);
  await removeArchives(1);

  const done = await repair(environment.store, options());

  expect(done).toMatchObject({ archives: 0, stretches: [{ isRepaired: false, readableFrom: null }] });
  expect(await archives()).toHaveLength(2);
  expect(await missing()).toBe(1);
});

test('a stretch that ends within a batch is cut there', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  const before = await contents();
  await removeArchives(1);
  const first = options({ onPlan: (planned) => void Object.assign(planned[0]!, { nextOffset: 1_250n }) });
  await repair(environment.store, first); // batches have 500 records
  expect((await archives()).map(({ metadata }) => metadata['next-offset'])).toEqual(['1000', '1250', '3000']);

  await repair(environment.store, options());

  expect(await contents()).toEqual(before);
});

test('cancelled in the middle, what is stored holds, and the next run goes on behind it', async () => {
  await send(environment, 0, 6_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  const before = await contents();
  await removeArchives(1, 2, 3, 4);
  const cancel = new AbortController();
  const cut = options({ signal: cancel.signal, onStored: () => cancel.abort() });
  await expect(repair(environment.store, cut)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await archives()).toHaveLength(3);

  await repair(environment.store, options());

  expect(await contents()).toEqual(before);
});

test('two at the same time write nothing twice', async () => {
  await send(environment, 0, 6_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  const before = await contents();
  await removeArchives(1, 2, 3, 4);
  const other = options({ archives: { ...OPTIONS, limits: { ...BY_THOUSANDS, maxRecords: 700 } } });

  await Promise.all([repair(environment.store, options()), repair(environment.store, other)]);

  expect(await contents()).toEqual(before);
});

test('a topic made anew is not taken for the old one', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  await removeArchives(1);
  const admin = environment.kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [TOPIC] });
  const isMade = (): Promise<boolean> =>
    admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1 }] }).catch(() => false); // it is still being deleted
  await expect.poll(isMade, { timeout: 30_000 }).toBe(true);
  await admin.disconnect();
  await environment.admin.reconnect();
  await send(environment, 0, 3_000);

  const done = await repair(environment.store, options({ topics: [TOPIC] }));

  expect(done.stretches).toMatchObject([
    { isRepaired: false, refusal: expect.stringContaining('no longer has the topic') as unknown },
  ]);
  expect(await archives()).toHaveLength(2);
});

test('where records are left out on purpose, the rule must be the same', async () => {
  const reduction = { ...NO_REDUCTION, oneIn: 10 };
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS, reduction });
  const before = await contents();
  await removeArchives(1);

  const refused = await repair(environment.store, options());
  expect(refused.stretches).toMatchObject([
    { isRepaired: false, refusal: expect.stringContaining('another rule') as unknown },
  ]);

  await repair(environment.store, options({ archives: { ...OPTIONS, reduction, limits: BY_THOUSANDS } }));
  expect(await contents()).toEqual(before);
});

test('what stands in the way and is no archive is left alone, and named', async () => {
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: BY_THOUSANDS });
  const { name } = (await archives())[1]!;
  await owner.remove(name);
  const stranger = await storeOther(owner, name, Buffer.from('mine'));

  const done = await repair(environment.store, options());

  expect(done.stretches).toMatchObject([
    { isRepaired: false, refusal: expect.stringContaining('is not that of an archive') as unknown },
  ]);
  expect(await owner.head(name)).toEqual(stranger);
});
