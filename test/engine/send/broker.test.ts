/** Sending to the sandbox broker: what is said to be sent is what the topic holds. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KafkaAdmin } from '../../../electron/engine/kafka/admin';
import { connectKafka } from '../../../electron/engine/kafka/client';
import { KafkaProducer } from '../../../electron/engine/kafka/producer';
import { breadcrumbs } from '../../../electron/engine/send/breadcrumbs';
import { openJsonlFile } from '../../../electron/engine/send/jsonl-file';
import { firstOf } from '../../../electron/engine/send/record-source';
import { sendRecords } from '../../../electron/engine/send/sender';
import { startSandboxBroker } from '../../../electron/sandbox/kafka/broker';

const TOPIC = 'archivetest';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'permafrost-send-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A broker with one topic of three partitions. */
async function startTopic(): Promise<{ producer: KafkaProducer; countMessages: () => Promise<number> }> {
  const broker = await startSandboxBroker({ port: 0, dataDir: await makeFolder() });
  onTestFinished(() => broker.close());
  const kafka = connectKafka({ brokers: [`${broker.host}:${broker.port}`], clientId: 'test' });
  const admin = await KafkaAdmin.connect(kafka);
  onTestFinished(() => admin.close());
  await admin.ensureTopic(TOPIC, 3);
  const producer = await KafkaProducer.connect(kafka);
  onTestFinished(() => producer.close());
  return {
    producer,
    countMessages: async () =>
      (await admin.logRanges(TOPIC)).reduce((sum, { earliest, end }) => sum + Number(end - earliest), 0),
  };
}

const sending = { topic: TOPIC, ratePerSecond: null, signal: new AbortController().signal };

describe('sending to a broker', { timeout: 30_000 }, () => {
  test('puts every generated message into the topic', async () => {
    const { producer, countMessages } = await startTopic();
    const source = firstOf(5_000, breadcrumbs({ vehicles: 12, seed: 1 }));

    const result = await sendRecords({ ...sending, producer, source, total: 5_000 });

    expect(result).toMatchObject({ state: 'done', sent: 5_000 });
    expect(await countMessages()).toBe(5_000);
  });

  test('puts every line of a file into the topic', async () => {
    const { producer, countMessages } = await startTopic();
    const path = join(await makeFolder(), 'messages.jsonl');
    const lines = breadcrumbs({ vehicles: 12, seed: 1 }).next(2_500);
    await writeFile(path, lines.map(({ value }) => `${String(value)}\n`).join(''));
    const file = await openJsonlFile(path);
    onTestFinished(() => file.close());

    const result = await sendRecords({ ...sending, producer, source: file, total: file.messages });

    expect(result).toMatchObject({ state: 'done', sent: 2_500 });
    expect(await countMessages()).toBe(2_500);
  });

  test('counts exactly what arrived when it is cancelled', async () => {
    const { producer, countMessages } = await startTopic();
    const controller = new AbortController();
    const made = firstOf(1_000_000, breadcrumbs({ vehicles: 12, seed: 1 }));
    let batches = 0;
    const source: typeof made = {
      next: (...call) => {
        if (++batches === 3) controller.abort();
        return made.next(...call);
      },
    };

    const result = await sendRecords({ ...sending, producer, source, total: 1_000_000, signal: controller.signal });

    expect(result).toMatchObject({ state: 'cancelled', sent: 6_000 });
    expect(await countMessages()).toBe(6_000);
  });
});
