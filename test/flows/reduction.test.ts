import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_REDUCTION } from '../../shared/model/reduction';
import { droppedOf } from '../../shared/model/reduction-counts';
import type { Coverage } from '../../electron/engine/store/coverage-metadata';
import { readBy, readChains, send, startArchiver } from './archiving';
import type { Environment } from './environment';
import { startEnvironment } from './start-environment';

let environment: Environment;

beforeEach(async () => {
  environment = await startEnvironment();
});
afterEach(() => environment.close());

const sum = (segments: readonly Coverage[], of: (coverage: Coverage) => number): number =>
  segments.reduce((total, each) => total + of(each), 0);

test('the numbers of a reduced archive add up, the chain is whole, and the group has seen everything', async () => {
  await send(environment, 0, 3_400); // 17 keys, 200 messages each
  const reduction = { ...NO_REDUCTION, filterKeys: ['!bus 1*'], filter: ['number>=170'], oneIn: 10 };
  const watched = await startArchiver(environment, {
    reduction,
    limits: { maxBytes: 1e9, maxRecords: 500, maxAgeMs: 60_000 },
  });
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(3_400);

  await watched.archiver.stop();

  const chains = await readChains(environment.store); // each segment begins where the one before ends
  const segments = chains.flatMap((chain) => chain.segments);
  const records = chains.flatMap((chain) => chain.records);
  const { stages } = watched.archiver.status();
  expect(segments.length).toBeGreaterThan(3);
  expect(sum(segments, (each) => each.records)).toBe(records.length);
  expect(sum(segments, ({ records: kept, dropped }) => kept + dropped)).toBe(3_400);
  expect(sum(segments, ({ nextOffset, firstOffset }) => Number(nextOffset - firstOffset))).toBe(3_400);
  expect(new Set(segments.map((each) => each.reduction)).size).toBe(1);
  expect(segments[0]?.reduction).toMatch(/^sha256:/);
  expect(records.every(({ key }) => !key?.toString().startsWith('bus 1'))).toBe(true);
  expect(records.every(({ value }) => (JSON.parse(String(value)) as { number: number }).number >= 170)).toBe(true);
  // bus 1 and 10 to 16: 8 of 17 keys; of the other 9 keys the first 10 messages of 200
  expect(stages.reduction).toMatchObject({ seen: 3_400, filtered: 8 * 200 + 9 * 10, notJson: 0, restarts: 0 });
  expect(stages.reduction === null ? -1 : droppedOf(stages.reduction)).toBe(3_400 - records.length);
  expect(stages.records).toBe(records.length);
  expect(records.length).toBeGreaterThanOrEqual(9 * 19); // more where a segment began anew
  expect(watched.failures).toEqual([]);
});

test('a segment of which everything was left out is uploaded, empty, by its age, and the archive goes on', async () => {
  await send(environment, 0, 300);
  const limits = { maxBytes: 1e9, maxRecords: 1e6, maxAgeMs: 500 };
  const reduction = { ...NO_REDUCTION, filterKeys: ['nobody'] };
  const watched = await startArchiver(environment, { reduction, limits });
  await expect.poll(() => watched.uploads.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(300);
  await watched.archiver.stop();

  const everything = await startArchiver(environment);
  await send(environment, 300, 300);
  await expect.poll(() => readBy(everything), { timeout: 20_000 }).toBe(600);
  await everything.archiver.stop();

  const chains = await readChains(environment.store);
  const segments = chains.flatMap((chain) => chain.segments);
  const reduced = segments.filter((each) => each.reduction !== null);
  expect(sum(reduced, ({ dropped }) => dropped)).toBe(300);
  expect(sum(reduced, ({ records }) => records)).toBe(0);
  expect(reduced.every(({ gap }) => gap === null)).toBe(true);
  expect(chains.flatMap(({ records }) => records)).toHaveLength(300);
  expect(sum(segments, ({ nextOffset, firstOffset }) => Number(nextOffset - firstOffset))).toBe(600);
});

test('fields are cut out of what is archived, byte by byte as it was written', async () => {
  const value = '{ "id" : 9007199254740993, "speed":12.50,\n "at":[{"lat":1.0,"raw":"x"}] }';
  await environment.producer.send('archivetest', [
    { key: null, value: Buffer.from(value), headers: [], timestamp: 1 },
    { key: null, value: Buffer.from('no JSON'), headers: [], timestamp: 1 },
  ]);
  const reduction = { ...NO_REDUCTION, dropFields: ['speed', 'at[*].raw'] };
  const watched = await startArchiver(environment, { reduction });
  await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(2);

  await watched.archiver.stop();

  const records = (await readChains(environment.store)).flatMap((chain) => chain.records);
  const values = records.map((record) => String(record.value)).sort();
  expect(values).toEqual(['no JSON', '{ "id" : 9007199254740993,\n "at":[{"lat":1.0}] }'].sort());
  const { reduction: counts } = watched.archiver.status().stages;
  expect(counts).toMatchObject({ seen: 2, notJson: 1, cutBytes: ' "speed":12.50,"raw":"x",'.length });
});
