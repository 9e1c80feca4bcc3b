import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { KafkaAdmin } from '../../electron/engine/kafka/admin';
import { connectKafka } from '../../electron/engine/kafka/client';
import { RawConsumer } from '../../electron/engine/kafka/raw-consumer';
import { startSandboxBroker, type SandboxBroker } from '../../electron/sandbox/kafka/broker';
import { ApiKey, type KafkaRequest } from './kafka-frames';
import { startKafkaProxy, type KafkaProxy } from './kafka-proxy';

const TOPIC = 'birds';

const to =
  (apiKey: number) =>
  (request: KafkaRequest): boolean =>
    request.apiKey === apiKey;

async function startProxy(): Promise<{ readonly proxy: KafkaProxy; readonly broker: SandboxBroker }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'permafrost-coordinator-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const broker = await startSandboxBroker({ dataDir, port: 0 });
  onTestFinished(() => broker.close());
  const proxy = await startKafkaProxy(broker);
  onTestFinished(() => proxy.close());
  const admin = await KafkaAdmin.connect(connectKafka({ brokers: [proxy.address], clientId: 'test' }));
  await admin.ensureTopic(TOPIC, 1);
  await admin.close();
  return { proxy, broker };
}

interface Watched {
  assignments: number;
  /** of each crash, whether the consumer starts again */
  readonly restarts: boolean[];
}

async function startConsumer(proxy: KafkaProxy): Promise<Watched> {
  const watched: Watched = { assignments: 0, restarts: [] };
  const consumer = await RawConsumer.start(
    connectKafka({ brokers: [proxy.address], clientId: 'test' }),
    { groupId: 'watchers', topics: [TOPIC], sessionTimeoutMs: 6_000 },
    {
      onAssigned: () => void (watched.assignments += 1),
      onFetched: () => Promise.resolve(),
      onCrash: (_error, restarts) => void watched.restarts.push(restarts),
    },
  );
  onTestFinished(() => consumer.stop());
  return watched;
}

test('a coordinator whose answer was lost is asked for again', async () => {
  const { proxy } = await startProxy();
  const planned = proxy.plan({ kind: 'cut-reply' }, { matches: to(ApiKey.FindCoordinator), times: 2 });

  const watched = await startConsumer(proxy);
  await expect.poll(() => watched.assignments, { timeout: 20_000 }).toBe(1);

  expect(planned.count).toBe(2);
  expect(watched.restarts).not.toContain(false);
});

test('a consumer joins again when its broker comes back and connections break once more', async () => {
  const { proxy, broker } = await startProxy();
  const watched = await startConsumer(proxy);
  await expect.poll(() => watched.assignments, { timeout: 20_000 }).toBe(1);
  proxy.retarget({ host: '127.0.0.1', port: 1 });
  proxy.cutAll();
  await expect.poll(() => watched.restarts.length, { timeout: 40_000 }).toBeGreaterThan(0);
  const lost = proxy.plan({ kind: 'cut' }, { matches: to(ApiKey.FindCoordinator), times: 3 });

  proxy.retarget(broker);

  await expect.poll(() => watched.assignments, { timeout: 40_000 }).toBe(2);
  expect(lost.count).toBe(3);
  expect(watched.restarts).not.toContain(false);
});
