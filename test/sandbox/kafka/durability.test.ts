import { appendFile, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSandboxBroker } from '../../../electron/sandbox/kafka/broker';
import { connect, createTopic, makeFolder, receive, send, startBroker } from './support';
import { WireClient, commitRaw } from './wire-client';

/** Leaves a folder with three messages in one partition, each a batch, and returns the partition's log file. */
async function leaveThreeMessages(dataDir: string): Promise<string> {
  const broker = await startBroker({ dataDir });
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  for (const value of ['a', 'b', 'c']) await send(kafka, 'buses', [{ value }]);
  await broker.close();
  const [topic] = await readdir(join(dataDir, 'topics'));
  return join(dataDir, 'topics', topic!, '0', `${'0'.repeat(20)}.log`);
}

async function valuesIn(dataDir: string, count: number): Promise<string[]> {
  const received = await receive(connect(await startBroker({ dataDir })), 'buses', count);
  return received.map(({ message }) => `${message.offset} ${String(message.value)}`);
}

test('messages survive a restart, and new ones follow them', async () => {
  const dataDir = await makeFolder();
  await leaveThreeMessages(dataDir);
  const broker = await startBroker({ dataDir });

  await send(connect(broker), 'buses', [{ value: 'd' }]);
  await broker.close();

  expect(await valuesIn(dataDir, 4)).toEqual(['0 a', '1 b', '2 c', '3 d']);
});

test('half a batch at the end, as a killed process leaves it, is cut off', async () => {
  const dataDir = await makeFolder();
  const log = await leaveThreeMessages(dataDir);
  const { size } = await stat(log);
  await truncate(log, size - 5);

  const broker = await startBroker({ dataDir });
  await send(connect(broker), 'buses', [{ value: 'd' }]);
  await broker.close();

  expect(await valuesIn(dataDir, 3)).toEqual(['0 a', '1 b', '2 d']);
});

test.each([
  ['a few bytes', Buffer.from('torn')],
  ['zeros', Buffer.alloc(4096)],
  ['noise', Buffer.alloc(4096, 0xa5)],
])('%s at the end of a log are cut off', async (_, garbage) => {
  const dataDir = await makeFolder();
  const log = await leaveThreeMessages(dataDir);
  const { size } = await stat(log);
  await appendFile(log, garbage);

  expect(await valuesIn(dataDir, 3)).toEqual(['0 a', '1 b', '2 c']);
  expect((await stat(log)).size).toBe(size);
});

test('a log that is damaged before its end is refused and left as it is', async () => {
  const dataDir = await makeFolder();
  const log = await leaveThreeMessages(dataDir);
  const bytes = await readFile(log);
  bytes[70]! ^= 1;
  await writeFile(log, bytes);

  const start = startSandboxBroker({ dataDir, port: 0 });

  await expect(start).rejects.toMatchObject({ code: 'SANDBOX_FAILED', context: { file: log } });
  expect((await readFile(log)).equals(bytes)).toBe(true);
});

test('a log that is gone is missed', async () => {
  const dataDir = await makeFolder();
  const log = await leaveThreeMessages(dataDir);
  await rm(log);

  await expect(startSandboxBroker({ dataDir, port: 0 })).rejects.toMatchObject({ code: 'SANDBOX_FAILED' });
});

test.each(['topics.json', 'cluster.json', 'producer-ids.json', 'group-offsets.jsonl'])(
  'a damaged %s is refused by name and left as it is',
  async (name) => {
    const dataDir = await makeFolder();
    await leaveThreeMessages(dataDir);
    const file = join(dataDir, name);
    await writeFile(file, '{"version":1,\n');

    const start = startSandboxBroker({ dataDir, port: 0 });

    await expect(start).rejects.toMatchObject({ code: 'SANDBOX_FAILED', context: { file } });
    expect(await readFile(file, 'utf8')).toBe('{"version":1,\n');
  },
);

test('an offset that was half written when the process died is forgotten, those before it are kept', async () => {
  const dataDir = await makeFolder();
  const broker = await startBroker({ dataDir });
  await createTopic(connect(broker), 'buses');
  expect(await commitRaw(await WireClient.connect(broker), 'riders', 'buses', 7)).toBe(0);
  await broker.close();
  await appendFile(join(dataDir, 'group-offsets.jsonl'), '{"kind":"commit","group":"riders","topic":"bus');

  const again = connect(await startBroker({ dataDir })).admin();
  await again.connect();
  const offsets = await again.fetchOffsets({ groupId: 'riders', topics: ['buses'] });
  await again.disconnect();

  expect(offsets[0]?.partitions[0]?.offset).toBe('7');
});

test('the cluster keeps its id', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });
  await first.close();

  const second = await startBroker({ dataDir, clusterId: 'another' });

  expect(second.clusterId).toBe(first.clusterId);
});
