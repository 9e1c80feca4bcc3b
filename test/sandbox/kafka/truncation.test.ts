import { expect, test } from 'vitest';
import { LeaderEpochs } from '../../../electron/sandbox/kafka/leader-epochs';
import { connect, createTopic, makeFolder, receive, send, startBroker } from './support';
import { WireClient, array, fetchRaw, int32, string } from './wire-client';

/** OffsetForLeaderEpoch v2 for partition 0 of one topic. */
async function endOfEpoch(
  client: WireClient,
  topic: string,
  asked: { readonly current: number; readonly epoch: number },
): Promise<{ errorCode: number; leaderEpoch: number; endOffset: number }> {
  const partition = Buffer.concat([int32(0), int32(asked.current), int32(asked.epoch)]);
  const answer = await client.request(23, 2, array(Buffer.concat([string(topic), array(partition)])));
  const at = 4 + 4 + 2 + topic.length + 4;
  return {
    errorCode: answer.readInt16BE(at),
    leaderEpoch: answer.readInt32BE(at + 6),
    endOffset: Number(answer.readBigInt64BE(at + 10)),
  };
}

test('a log that was cut says where its epochs ended, and new records carry the new epoch, also after a restart', async () => {
  const dataDir = await makeFolder();
  const first = await startBroker({ dataDir });
  const kafka = connect(first);
  await createTopic(kafka, 'buses');
  await send(kafka, 'buses', [{ value: 'a' }]);
  await send(kafka, 'buses', [{ value: 'b' }, { value: 'c' }]);
  await send(kafka, 'buses', [{ value: 'd' }]);

  // The batch of b and c reaches beyond 2.
  expect(await first.truncate('buses', 0, 2)).toBe(1);
  await send(kafka, 'buses', [{ value: 'e' }]);

  for (const broker of [first, undefined]) {
    if (broker === undefined) await first.close();
    const now = broker ?? (await startBroker({ dataDir }));
    const client = await WireClient.connect(now);
    expect(await endOfEpoch(client, 'buses', { current: 1, epoch: 0 })).toEqual({
      errorCode: 0,
      leaderEpoch: 0,
      endOffset: 1,
    });
    expect(await endOfEpoch(client, 'buses', { current: -1, epoch: 1 })).toMatchObject({
      leaderEpoch: 1,
      endOffset: 2,
    });
    expect(await endOfEpoch(client, 'buses', { current: 0, epoch: 0 })).toMatchObject({ errorCode: 74 });
    expect(await endOfEpoch(client, 'buses', { current: 2, epoch: 0 })).toMatchObject({ errorCode: 75 });
    const { records } = await fetchRaw(client, 'buses', 1);
    expect([Number(records.readBigInt64BE(0)), records.readInt32BE(12)]).toEqual([1, 1]);
    const received = await receive(connect(now), 'buses', 2, broker === undefined ? 'second' : 'first');
    expect(received.map(({ message }) => `${message.offset} ${String(message.value)}`)).toEqual(['0 a', '1 e']);
  }
});

test('a fetch that waits is told to look for the leader, and its offset is out of range then', async () => {
  const broker = await startBroker();
  await send(connect(broker), 'buses', [{ value: 'a' }]);
  await send(connect(broker), 'buses', [{ value: 'b' }]);
  const waiting = fetchRaw(await WireClient.connect(broker), 'buses', 2, { maxWaitMs: 600_000 });
  const client = await WireClient.connect(broker);
  expect((await fetchRaw(client, 'buses', 2)).errorCode).toBe(0);

  await broker.truncate('buses', 0, 1);

  expect((await waiting).errorCode).toBe(6);
  expect((await fetchRaw(client, 'buses', 2)).errorCode).toBe(1);
});

test('a log that was cut to nothing is written to from its beginning', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  await send(kafka, 'buses', [{ value: 'a' }]);

  expect(await broker.truncate('buses', 0, 0)).toBe(0);
  await send(kafka, 'buses', [{ value: 'b' }]);

  const [received] = await receive(kafka, 'buses', 1);
  expect(`${received?.message.offset} ${String(received?.message.value)}`).toBe('0 b');
});

test('a cut outside of the log is refused', async () => {
  const broker = await startBroker();
  await send(connect(broker), 'buses', [{ value: 'a' }]);

  await expect(broker.truncate('buses', 0, 2)).rejects.toMatchObject({ errorCode: 1 });
  await expect(broker.truncate('buses', 1, 0)).rejects.toMatchObject({ errorCode: 3 });
});

test('of several cuts the deepest counts', () => {
  const epochs = new LeaderEpochs().next(10).next(20).next(5);

  expect(epochs.starts).toEqual([
    { epoch: 0, startOffset: 0 },
    { epoch: 3, startOffset: 5 },
  ]);
  expect(epochs.endOf(2, 9)).toEqual({ leaderEpoch: 0, endOffset: 5 });
  expect(epochs.endOf(3, 9)).toEqual({ leaderEpoch: 3, endOffset: 9 });
  expect(epochs.endOf(4, 9)).toEqual({ leaderEpoch: -1, endOffset: -1 });
  expect([epochs.at(4), epochs.at(5)]).toEqual([0, 3]);
});
