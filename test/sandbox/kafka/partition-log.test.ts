import { crc32c } from '@node-rs/crc32';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PartitionLog } from '../../../electron/sandbox/kafka/partition-log';
import { readBatchHeader } from '../../../electron/sandbox/kafka/record-batch';
import { makeFolder } from './support';

/** A batch of one record whose payload nobody reads. */
function makeBatch(byteLength: number, timestamp = 0): Buffer {
  const batch = Buffer.alloc(byteLength, 0x61);
  batch.fill(0, 0, 61);
  batch.writeInt32BE(byteLength - 12, 8);
  batch.writeInt8(2, 16);
  batch.writeBigInt64BE(BigInt(timestamp), 27);
  batch.writeBigInt64BE(BigInt(timestamp), 35);
  batch.writeBigInt64BE(-1n, 43);
  batch.writeInt32BE(1, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

async function append(log: PartitionLog, batch: Buffer): Promise<number> {
  return log.append(batch, readBatchHeader(batch, 0));
}

/** Base offsets of the batches a read brings. */
async function offsetsFrom(log: PartitionLog, offset: number, maxBytes: number, atLeastOne = true): Promise<number[]> {
  const bytes = Buffer.concat((await log.read({ offset, beforeOffset: Infinity, maxBytes, atLeastOne })).chunks);
  const offsets: number[] = [];
  for (let at = 0; at < bytes.length; at += readBatchHeader(bytes, at).byteLength) {
    offsets.push(readBatchHeader(bytes, at).baseOffset);
  }
  return offsets;
}

async function readAll(log: PartitionLog, maxBytes: number): Promise<number[]> {
  const all: number[] = [];
  while ((all.at(-1) ?? -1) + 1 < log.highWatermark) all.push(...(await offsetsFrom(log, all.length, maxBytes)));
  return all;
}

const BATCHES = 120;
const BATCH_BYTES = 100_000;
const EVERY_OFFSET = Array.from({ length: BATCHES }, (_, at) => at);

/** A log of 12 MB in files of 1 MB: too much for its memory, and for one file. */
async function fillLog(folder: string): Promise<PartitionLog> {
  const log = await PartitionLog.create(folder, 1_000_000);
  for (let at = 0; at < BATCHES; at++) expect(await append(log, makeBatch(BATCH_BYTES, at))).toBe(at);
  return log;
}

test.each([1, 99_999, 250_000, 1_500_000, 50_000_000])(
  'every batch is read once in reads of %i bytes, from files and from memory, before and after a restart',
  async (maxBytes) => {
    const folder = join(await makeFolder(), '0');
    const log = await fillLog(folder);
    expect(await readAll(log, maxBytes)).toEqual(EVERY_OFFSET);
    await log.close();

    const loaded = await PartitionLog.load(folder, 0, { maxFileBytes: 1_000_000 });
    expect(await readAll(loaded, maxBytes)).toEqual(EVERY_OFFSET);
    expect(await append(loaded, makeBatch(100))).toBe(BATCHES);
    await loaded.close();
  },
);

test('a batch that does not fit is left out where it may be', async () => {
  const log = await fillLog(join(await makeFolder(), '0'));

  expect(await offsetsFrom(log, 3, BATCH_BYTES - 1, false)).toEqual([]);
  expect(await offsetsFrom(log, 3, BATCH_BYTES, false)).toEqual([3]);
  expect(await offsetsFrom(log, BATCHES - 1, BATCH_BYTES - 1, false)).toEqual([]);
  expect(await offsetsFrom(log, BATCHES, 1_000_000)).toEqual([]);
  await log.close();
});

test('what is appended at the same time keeps its order', async () => {
  const log = await PartitionLog.create(join(await makeFolder(), '0'));

  const offsets = await Promise.all(EVERY_OFFSET.map(() => append(log, makeBatch(1000))));

  expect(offsets).toEqual(EVERY_OFFSET);
  expect(await readAll(log, 3000)).toEqual(EVERY_OFFSET);
  await log.close();
});

test('files whose records were all deleted are removed, and the rest is found again', async () => {
  const folder = join(await makeFolder(), '0');
  const log = await fillLog(folder);
  const before = await readdir(folder);

  await log.deleteRecords(95);
  await log.close();

  const files = await readdir(folder);
  expect(files).toEqual(before.filter((name) => Number(name.slice(0, 20)) >= 90));
  const loaded = await PartitionLog.load(folder, 95, { maxFileBytes: 1_000_000 });
  expect(await offsetsFrom(loaded, 95, 1)).toEqual([95]);
  expect(loaded.logStartOffset).toBe(95);
  await loaded.close();
});

test('the first batch that is not older than a timestamp is found in any file, but not among deleted ones', async () => {
  const log = await fillLog(join(await makeFolder(), '0'));
  const find = (timestamp: number) =>
    log.searchTimestamp(BigInt(timestamp), (batches) => readBatchHeader(batches, 0).baseOffset);

  expect(await find(77)).toBe(77);
  expect(await find(BATCHES)).toBeUndefined();
  await log.deleteRecords(95);
  expect(await find(77)).toBe(95);
  await log.close();
});
