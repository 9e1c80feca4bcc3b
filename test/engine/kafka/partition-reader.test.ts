/** One partition read without a group, from the sandbox's broker. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectCluster } from '../../../electron/engine/kafka/client';
import type { Cluster } from '../../../electron/engine/kafka/kafkajs-types';
import { readPartition } from '../../../electron/engine/kafka/partition-reader';
import { recordBatches } from '../../../electron/engine/kafka/record-batch';
import { send } from '../../flows/archiving';
import { TOPIC, type Environment } from '../../flows/environment';
import { startSandbox } from '../../flows/sandbox';

const TARGET = { topic: TOPIC, partition: 0 };
const GOES_ON = new AbortController().signal;
let environment: Environment;
let cluster: Cluster;

beforeEach(async () => {
  environment = await startSandbox(1);
  cluster = await connectCluster(environment.kafka);
});
afterEach(async () => {
  await cluster.disconnect();
  await environment.close();
});

async function read(from: bigint, to: bigint, signal = GOES_ON): Promise<{ first: bigint; last: bigint }[]> {
  const batches: { first: bigint; last: bigint }[] = [];
  for await (const { recordSet } of readPartition(cluster, TARGET, { from, to }, signal)) {
    for (const { baseOffset, lastOffset } of recordBatches(recordSet))
      batches.push({ first: baseOffset, last: lastOffset });
  }
  return batches;
}

test('from one offset to another comes every batch that has some of them, once', async () => {
  await send(environment, 0, 5_000);

  const batches = await read(700n, 1_600n);

  expect(batches[0]).toEqual({ first: 500n, last: 999n });
  expect(batches.map(({ first }) => first)).toEqual(batches.map((_, index) => 500n + 500n * BigInt(index)));
  expect(batches.at(-1)!.last).toBeGreaterThanOrEqual(1_599n);
});

test('many fetches follow one another without a break', async () => {
  const value = Buffer.alloc(400_000, 'x');
  for (let at = 0; at < 40; at += 1)
    await environment.producer.send(TOPIC, [{ key: null, value, headers: [], timestamp: 0 }]);

  expect((await read(0n, 40n)).map(({ first }) => first)).toEqual(Array.from({ length: 40 }, (_, at) => BigInt(at)));
});

test('it ends where the log ends', async () => {
  await send(environment, 0, 10);

  expect(await read(0n, 1_000n)).toEqual([{ first: 0n, last: 9n }]);
  expect(await read(10n, 1_000n)).toEqual([]);
  expect(await read(5n, 5n)).toEqual([]);
});

test('what Kafka no longer has is told by the name of its error', async () => {
  await send(environment, 0, 1_000);
  await environment.admin.deleteRecords(TOPIC, [{ partition: 0, offset: 500n }]);

  await expect(read(0n, 1_000n)).rejects.toMatchObject({
    code: 'KAFKA_REFUSED',
    context: { protocolError: 'OFFSET_OUT_OF_RANGE', offset: '0' },
  });
});

test('a broker that comes back is asked again', async () => {
  await send(environment, 0, 1_000);
  let reading: Promise<unknown> = Promise.resolve();
  await environment.restartBroker(async () => {
    reading = read(0n, 1_000n);
    reading.catch(() => undefined);
  });

  expect(await reading).toHaveLength(2);
});

test('it can be cancelled', async () => {
  await send(environment, 0, 1_000);

  await expect(read(0n, 1_000n, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});
