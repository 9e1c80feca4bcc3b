/** DescribeLogDirs, written and read by hand. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect, createTopic, makeFolder, send, startBroker } from './support';
import { array, int16, int32, int64, int8, string, WireClient } from './wire-client';

const DESCRIBE_LOG_DIRS = 35;
const ALL = int32(-1);

async function bytesOnDisk(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.log'));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

test('the sizes of all logs are told, as they are on the disk', async () => {
  const dataDir = await makeFolder();
  const broker = await startBroker({ dataDir });
  await createTopic(connect(broker), 'buses', 2);
  await createTopic(connect(broker), 'trams');
  await send(connect(broker), 'buses', [{ value: 'x'.repeat(1000), partition: 1 }]);
  const client = await WireClient.connect(broker);

  const answer = await client.request(DESCRIBE_LOG_DIRS, 1, ALL);

  const partition = (index: number, size: number): Buffer =>
    Buffer.concat([int32(index), int64(size), int64(0), int8(0)]);
  const size = await bytesOnDisk(dataDir);
  expect(size).toBeGreaterThan(1000);
  const folder = join(dataDir, 'topics');
  expect(answer.toString('hex')).toBe(
    Buffer.concat([
      ...[int32(0), int32(1), int16(0), string(folder)],
      array(
        Buffer.concat([string('buses'), array(partition(0, 0), partition(1, size))]),
        Buffer.concat([string('trams'), array(partition(0, 0))]),
      ),
    ]).toString('hex'),
  );
});

test('of named partitions those that exist are told', async () => {
  const broker = await startBroker();
  await createTopic(connect(broker), 'buses', 2);
  const client = await WireClient.connect(broker);
  const wanted = array(
    Buffer.concat([string('buses'), array(int32(1), int32(7))]),
    Buffer.concat([string('not-there'), array(int32(0))]),
  );

  const answer = await client.request(DESCRIBE_LOG_DIRS, 1, wanted);

  const only = Buffer.concat([int32(1), int64(0), int64(0), int8(0)]);
  expect(answer.subarray(-(2 + 5 + 4 + 21)).toString('hex')).toBe(
    Buffer.concat([string('buses'), array(only)]).toString('hex'),
  );
});

test('the fourth version is flexible, has an error for all of it, and tells the room on the disk', async () => {
  const broker = await startBroker();
  await createTopic(connect(broker), 'buses');
  const client = await WireClient.connect(broker);

  const answer = await client.request(DESCRIBE_LOG_DIRS, 4, Buffer.from([0, 0]), true);

  expect(answer.subarray(0, 9).toString('hex')).toBe(Buffer.from([0, 0, 0, 0, 0, 0, 2, 0, 0]).toString('hex'));
  const tail = answer.subarray(-(6 + 1 + 4 + 8 + 8 + 1 + 1 + 1 + 16 + 2));
  expect(tail.subarray(0, 7).toString()).toBe('\u0006buses\u0002');
  const [total, usable] = [tail.readBigInt64BE(30), tail.readBigInt64BE(38)];
  expect(usable).toBeGreaterThan(0n);
  expect(total).toBeGreaterThanOrEqual(usable);
});
