import { once } from 'node:events';
import { crc32c } from '@node-rs/crc32';
import { expect, onTestFinished, test } from 'vitest';
import { produce } from '../../../electron/sandbox/kafka/00-produce';
import { fetch } from '../../../electron/sandbox/kafka/01-fetch';
import type { SandboxBroker } from '../../../electron/sandbox/kafka/broker';
import { connect, createTopic, makeFolder, receive, send, startBroker } from './support';
import { WireClient, fetchBody, fetchRaw, produceRaw, readFetch } from './wire-client';

/** A batch as kafkajs makes it, taken from the wire; it ends up in the topic, too. */
async function captureBatch(broker: SandboxBroker, topic: string, values: string[]): Promise<Buffer> {
  let batch: Buffer | undefined;
  const stop = broker.intercept(produce, (request) => {
    batch = Buffer.from(request.topics[0]!.partitions[0]!.records!);
    return undefined;
  });
  const kafka = connect(broker);
  await send(
    kafka,
    topic,
    values.map((value) => ({ value })),
  );
  stop();
  return batch!;
}

test('a fetch that waits is answered as soon as something is appended', async () => {
  const broker = await startBroker();
  await createTopic(connect(broker), 'buses');
  const client = await WireClient.connect(broker);

  client.send(1, 4, fetchBody('buses', 0, { maxWaitMs: 600_000 }));
  const answer = client.next();
  await send(connect(broker), 'buses', [{ value: 'a' }]);

  const { records, highWatermark } = readFetch('buses', (await answer).subarray(4));
  expect(highWatermark).toBe(1);
  expect(records.includes('a')).toBe(true);
});

test('a fetch that waits for a topic that is deleted is told so', async () => {
  const broker = await startBroker();
  const admin = connect(broker).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  await createTopic(connect(broker), 'buses');
  const client = await WireClient.connect(broker);

  client.send(1, 4, fetchBody('buses', 0, { maxWaitMs: 600_000 }));
  const answer = client.next();
  // The waiting fetch holds its own connection only; a second answer on another one shows that it was taken up.
  expect((await fetchRaw(await WireClient.connect(broker), 'buses', 0)).errorCode).toBe(0);
  await admin.deleteTopics({ topics: ['buses'] });

  expect(readFetch('buses', (await answer).subarray(4)).errorCode).toBe(3);
});

test('an offset beyond the log is OFFSET_OUT_OF_RANGE, a topic nobody knows UNKNOWN_TOPIC_OR_PARTITION', async () => {
  const broker = await startBroker();
  await createTopic(connect(broker), 'buses');
  const client = await WireClient.connect(broker);

  expect((await fetchRaw(client, 'buses', 1)).errorCode).toBe(1);
  expect((await fetchRaw(client, 'trams', 0)).errorCode).toBe(3);
  expect((await fetchRaw(client, 'buses', 0)).errorCode).toBe(0);
});

test('a fetch keeps to its bytes, but always brings one batch', async () => {
  const broker = await startBroker();
  const batch = await captureBatch(broker, 'buses', ['x'.repeat(500)]);
  const client = await WireClient.connect(broker);
  for (let count = 1; count < 5; count++) await produceRaw(client, 'buses', batch);

  expect((await fetchRaw(client, 'buses', 0, { maxBytes: 1 })).records).toHaveLength(batch.length);
  expect((await fetchRaw(client, 'buses', 0, { maxBytes: 3 * batch.length - 1 })).records).toHaveLength(
    2 * batch.length,
  );
  expect((await fetchRaw(client, 'buses', 3)).records).toHaveLength(2 * batch.length);
});

test('a batch is kept byte for byte, but for its base offset and leader epoch', async () => {
  const broker = await startBroker();
  const batch = await captureBatch(broker, 'buses', ['a', 'b']);
  const client = await WireClient.connect(broker);

  const { baseOffset } = await produceRaw(client, 'buses', batch);

  const { records } = await fetchRaw(client, 'buses', baseOffset);
  expect(baseOffset).toBe(2);
  expect(Number(records.readBigInt64BE(0))).toBe(2);
  expect(records.subarray(8, 12).equals(batch.subarray(8, 12))).toBe(true);
  expect(records.readInt32BE(12)).toBe(0);
  expect(records.subarray(16).equals(batch.subarray(16))).toBe(true);
});

test('damaged batches and old formats are refused', async () => {
  const broker = await startBroker();
  const batch = await captureBatch(broker, 'buses', ['a']);
  const client = await WireClient.connect(broker);
  const damaged = Buffer.from(batch);
  damaged[damaged.length - 1]! ^= 1;
  const old = Buffer.from(batch);
  old[16] = 1;

  expect((await produceRaw(client, 'buses', damaged)).errorCode).toBe(2);
  expect((await produceRaw(client, 'buses', batch.subarray(0, 50))).errorCode).toBe(2);
  expect((await produceRaw(client, 'buses', old)).errorCode).toBe(43);
  expect((await produceRaw(client, 'buses', Buffer.concat([batch, batch]))).errorCode).toBe(87);
  expect((await fetchRaw(client, 'buses', 0)).highWatermark).toBe(1);
});

test('an idempotent producer whose answer was lost keeps its message once', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  let lost = 0;
  const offsets: number[] = [];
  broker.intercept(produce, async (_, next) => {
    const response = await next();
    if (typeof response === 'object') offsets.push(response.topics[0]!.partitions[0]!.baseOffset);
    return lost++ === 0 ? 'close' : response;
  });

  await producer.send({ topic: 'buses', messages: [{ value: 'a' }] });
  await producer.send({ topic: 'buses', messages: [{ value: 'b' }] });

  expect(offsets).toEqual([0, 0, 1]);
  const received = await receive(kafka, 'buses', 2);
  expect(received.map(({ message }) => String(message.value))).toEqual(['a', 'b']);
});

test('a sequence number that skips one is refused, also after a restart', async () => {
  const dataDir = await makeFolder();
  const broker = await startBroker({ dataDir });
  const batch = await captureBatch(broker, 'buses', ['a']);
  const withSequence = (sequence: number): Buffer => {
    const copy = Buffer.from(batch);
    copy.writeBigInt64BE(7n, 43);
    copy.writeInt16BE(0, 51);
    copy.writeInt32BE(sequence, 53);
    copy.writeUInt32BE(crc32c(copy.subarray(21)), 17);
    return copy;
  };
  const client = await WireClient.connect(broker);

  expect(await produceRaw(client, 'buses', withSequence(0))).toEqual({ errorCode: 0, baseOffset: 1 });
  expect(await produceRaw(client, 'buses', withSequence(0))).toEqual({ errorCode: 0, baseOffset: 1 });
  expect(await produceRaw(client, 'buses', withSequence(2))).toEqual({ errorCode: 45, baseOffset: -1 });
  await broker.close();
  const again = await WireClient.connect(await startBroker({ dataDir }));
  expect(await produceRaw(again, 'buses', withSequence(2))).toEqual({ errorCode: 45, baseOffset: -1 });
  expect(await produceRaw(again, 'buses', withSequence(0))).toEqual({ errorCode: 0, baseOffset: 1 });
  expect(await produceRaw(again, 'buses', withSequence(1))).toEqual({ errorCode: 0, baseOffset: 2 });
});

test('a test can answer a request itself, and the client copes', async () => {
  const broker = await startBroker();
  const kafka = connect(broker);
  await createTopic(kafka, 'buses');
  const failures = ['error', 'close'];
  broker.intercept(produce, async (request) => {
    switch (failures.shift()) {
      case 'error':
        return {
          topics: request.topics.map(({ name, partitions }) => ({
            name,
            partitions: partitions.map(({ partition }) => ({
              partition,
              errorCode: 6, // NOT_LEADER_OR_FOLLOWER
              errorMessage: null,
              baseOffset: -1,
              appendTimeMs: -1,
              logStartOffset: -1,
            })),
          })),
        };
      case 'close':
        return 'close';
      default:
        return undefined;
    }
  });

  await send(kafka, 'buses', [{ value: 'a' }]);

  expect(failures).toEqual([]);
  expect(await receive(kafka, 'buses', 1)).toHaveLength(1);
});

test('an interception sees the answer and ends when it is told to', async () => {
  const broker = await startBroker();
  await createTopic(connect(broker), 'buses');
  const client = await WireClient.connect(broker);
  const stop = broker.intercept(fetch, async (_, next) => {
    const response = await next();
    if (typeof response !== 'object') return response;
    const [topic] = response.topics;
    return { ...response, topics: [{ ...topic!, partitions: [{ ...topic!.partitions[0]!, errorCode: 1 }] }] };
  });

  expect((await fetchRaw(client, 'buses', 0)).errorCode).toBe(1);
  stop();
  expect((await fetchRaw(client, 'buses', 0)).errorCode).toBe(0);
});

test('a version of ApiVersions that is not known is answered with those that are', async () => {
  const client = await WireClient.connect(await startBroker());

  const answer = await client.request(18, 99, Buffer.alloc(0));

  expect(answer.readInt16BE(0)).toBe(35);
  expect(answer.readInt32BE(2)).toBeGreaterThan(20);
});

test.each([
  ['a frame without end', Buffer.from('7fffffff', 'hex')],
  ['a negative size', Buffer.from('ffffffff', 'hex')],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['an unknown API', Buffer.from('0000000a7777000000000001ffff', 'hex')],
  ['a request that stops in the middle', Buffer.from('0000000c0003000100000001ffff00ff', 'hex')],
  ['an array of two thousand million', Buffer.from('0000000e0003000100000001ffff7fffffff', 'hex')],
])('%s closes the connection and leaves the broker as it was', async (_, bytes) => {
  const broker = await startBroker();
  const client = await WireClient.connect(broker);

  client.socket.write(bytes);
  await once(client.socket, 'close');

  await send(connect(broker), 'buses', [{ value: 'still here' }]);
  expect(await receive(connect(broker), 'buses', 1)).toHaveLength(1);
});
