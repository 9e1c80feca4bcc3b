import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { openFolderStore } from '../../electron/engine/store/folder-store';
import { startKafkaProxy } from '../faults/kafka-proxy';
import { startRealServers } from '../real/environment';
import { readChains } from './archiving';
import { events, permafrost } from './command';
import { BUCKET, connect, TOPIC, type Servers } from './environment';
import { SERVERS } from './start-environment';

const JOIN_GROUP = 11;
const GROUP_AUTHORIZATION_FAILED = 30;

let folder: string;
let environment: Servers;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-cli-'));
  environment = await connect(SERVERS === 'sandbox' ? await startSandboxCommand() : await startRealServers(), 3);
});
afterEach(async () => {
  await environment.close();
  await rm(folder, { recursive: true });
});

async function startSandboxCommand(): Promise<Servers> {
  const sandbox = permafrost('sandbox', '--kafka-port', '0', '--gcs-port', '0', '--data', folder, '--json');
  await expect.poll(() => sandbox.lines.length, { timeout: 60_000 }).toBe(1);
  const { kafka, gcs } = JSON.parse(sandbox.lines[0] ?? '') as { kafka: string; gcs: string };
  const storage = connectCloudStorage({ endpoint: gcs, projectId: 'test' });
  await storage.admin.createBucket({ name: BUCKET, location: 'EU', storageClass: 'NEARLINE' });
  return {
    kafkaAddress: kafka,
    bucketEndpoint: gcs,
    store: storage.bucket(BUCKET),
    close: async () => {
      sandbox.process.kill('SIGTERM');
      expect((await sandbox.ended).code).toBe(0);
    },
  };
}

function target(): string[] {
  const { kafkaAddress, bucketEndpoint } = environment;
  return ['--brokers', kafkaAddress, '--topic', TOPIC, '--endpoint', bucketEndpoint, '--bucket', BUCKET];
}

async function send(count: number): Promise<void> {
  const sent = await permafrost(
    'send',
    '--brokers',
    environment.kafkaAddress,
    '--topic',
    TOPIC,
    '--count',
    String(count),
  ).ended;
  expect(sent).toMatchObject({ code: 0 });
}

test('sent and archived without a window, to the end of the topic, encrypted to a key in a file', async () => {
  const key = await generateRsaKeyPair(2048);
  const keyFile = path.join(folder, 'key.pub');
  await writeFile(keyFile, `${key.publicKey}\n`);
  await send(4_000);

  const archiving = permafrost('archive', ...target(), '--recipient', keyFile, '--until-end', '--json');

  expect(await archiving.ended).toEqual({ code: 0, stderr: '' });
  const chains = await readChains(environment.store, [parseIdentity(key.privateKeyPem)]);
  expect(chains.flatMap(({ records }) => records)).toHaveLength(4_000);
  expect(events(archiving, 'uploaded')).toHaveLength(3);
  expect(events(archiving, 'stopped')).toMatchObject([{ archives: 3, records: 4_000 }]);
});

test('settings come from a file, and flags win over it', async () => {
  await send(500);
  const archives = path.join(folder, 'archives');
  await mkdir(archives);
  const settings = path.join(folder, 'settings.json');
  await writeFile(
    settings,
    JSON.stringify({
      brokers: [environment.kafkaAddress],
      topic: TOPIC,
      folder: archives,
      encrypt: false,
      codec: 'gzip',
      maxSegmentRecords: 1,
    }),
  );

  const archiving = permafrost('archive', '--settings', settings, '--max-records', '1000', '--until-end');

  expect(await archiving.ended).toMatchObject({ code: 0 });
  const chains = await readChains(await openFolderStore(archives));
  expect(chains.flatMap(({ segments }) => segments.map(({ codec }) => codec))).toEqual(['gzip', 'gzip', 'gzip']);
  expect(chains.flatMap(({ records }) => records)).toHaveLength(500);
});

test('a settings file with a field that does not exist is refused', async () => {
  const settings = path.join(folder, 'settings.json');
  await writeFile(settings, JSON.stringify({ topic: TOPIC, bukket: 'typo' }));

  const { code, stderr } = await permafrost('archive', '--settings', settings).ended;

  expect(code).toBe(2);
  expect(stderr).toContain('bukket');
});

test.each([2, 4])(
  '%i workers share the partitions, and end when all are archived',
  async (workers) => {
    await send(4_000);
    const flags = ['--no-encryption', '--workers', String(workers), '--until-end', '--json'];

    const archiving = permafrost('archive', ...target(), ...flags);

    expect(await archiving.ended).toEqual({ code: 0, stderr: '' });
    expect((await readChains(environment.store)).flatMap(({ records }) => records)).toHaveLength(4_000);
    expect(events(archiving, 'stopped')).toMatchObject([{ records: 4_000 }]);
  },
  90_000,
);

test('SIGTERM uploads and commits what was read', async () => {
  const archiving = permafrost('archive', ...target(), '--no-encryption', '--json');
  await expect.poll(() => events(archiving, 'archiving').length, { timeout: 30_000 }).toBe(1);
  await send(2_000);
  archiving.process.kill('SIGTERM');

  expect((await archiving.ended).code).toBe(0);
  const [stopped] = events(archiving, 'stopped');
  const archived = (await readChains(environment.store)).flatMap(({ records }) => records).length;
  expect(stopped).toMatchObject({ records: archived });
});

test('SIGTERM while it still joins its group ends it in order, and leaves no member behind', async () => {
  const [host = '', port] = environment.kafkaAddress.split(':');
  const proxy = await startKafkaProxy({ host, port: Number(port) });
  try {
    const join = proxy.plan({ kind: 'delay', ms: 2_000 }, { matches: ({ apiKey }) => apiKey === JOIN_GROUP });
    const flags = target().with(1, proxy.address);
    const archiving = permafrost('archive', ...flags, '--no-encryption', '--json');
    await join.met;
    archiving.process.kill('SIGTERM');

    expect(await archiving.ended).toEqual({ code: 0, stderr: '' });
    expect(events(archiving, 'archiving')).toEqual([]);
    expect(events(archiving, 'stopped')).toMatchObject([{ records: 0 }]);
    const next = permafrost('archive', ...target(), '--no-encryption', '--until-end', '--session-timeout', '60s');
    expect((await next.ended).code).toBe(0);
  } finally {
    await proxy.close();
  }
});

test('one worker of two that may not join ends both, with its message', async () => {
  const [host = '', port] = environment.kafkaAddress.split(':');
  const proxy = await startKafkaProxy({ host, port: Number(port) });
  try {
    const refused = { kind: 'refuse', errorCode: GROUP_AUTHORIZATION_FAILED } as const;
    proxy.plan(refused, { matches: ({ apiKey }) => apiKey === JOIN_GROUP });
    const archiving = permafrost('archive', ...target().with(1, proxy.address), '--no-encryption', '--workers', '2');

    const { code, stderr } = await archiving.ended;

    expect(code).toBe(1);
    expect(stderr).toContain('Consumer group archiver: this user has no right to group archiver');
  } finally {
    await proxy.close();
  }
});

test('archives go into a folder as well, and the chain there goes on', async () => {
  const archives = path.join(folder, 'archives');
  await mkdir(archives);
  const { kafkaAddress } = environment;
  const flags = ['--brokers', kafkaAddress, '--topic', TOPIC, '--folder', archives, '--no-encryption', '--until-end'];
  for (let round = 0; round < 2; round += 1) {
    await send(500);
    expect(await permafrost('archive', ...flags).ended).toMatchObject({ code: 0 });
  }

  const chains = await readChains(await openFolderStore(archives));
  expect(chains.flatMap(({ records }) => records)).toHaveLength(1_000);
  expect(chains.flatMap(({ segments }) => segments)).toHaveLength(6);
});

test('what is left out on purpose is told with every archive', async () => {
  await send(2_000);
  const rule = ['--one-in', '10', '--filter', '!NO_SUCH_FIELD', '--keep-field', 'VEHICLE_ID', '--drop-field', 'x.y'];

  const archiving = permafrost('archive', ...target(), ...rule, '--no-encryption', '--until-end', '--json');

  expect(await archiving.ended).toEqual({ code: 0, stderr: '' });
  const records = (await readChains(environment.store)).flatMap((chain) => chain.records);
  const uploads = events(archiving, 'uploaded') as { records: number; dropped: number; reduction: string }[];
  expect(records.map(({ value }) => Object.keys(JSON.parse(String(value)) as object).join())).toEqual(
    records.map(() => 'VEHICLE_ID'),
  );
  expect(uploads.reduce((sum, { records: kept, dropped }) => sum + kept + dropped, 0)).toBe(2_000);
  expect(uploads.every(({ reduction }) => reduction.startsWith('sha256:'))).toBe(true);
  expect(events(archiving, 'stopped')).toMatchObject([
    { records: records.length, reduction: { seen: 2_000, sampled: 2_000 - records.length, notJson: 0 } },
  ]);
});

test('a bucket that is missing ends it with exit code 1 and a message', async () => {
  const wrong = target().map((each) => (each === BUCKET ? 'no-such-bucket' : each));
  const { code, stderr } = await permafrost('archive', ...wrong, '--no-encryption').ended;

  expect(code).toBe(1);
  expect(stderr).toContain('no-such-bucket');
});

// the last one: the members that it leaves behind cost a real Kafka
test('killed while it archives, it goes on without a loss or a double', async () => {
  const sending = permafrost(
    'send',
    '--brokers',
    environment.kafkaAddress,
    '--topic',
    TOPIC,
    '--count',
    '30000',
    '--rate',
    '4000',
  );
  for (let kills = 0; kills < 3; kills += 1) {
    // a group of its own, so that it need not wait for the dead member's session to end
    const flags = ['--group', `group-${kills}`, '--no-encryption', '--max-records', '1000', '--json'];
    const archiving = permafrost('archive', ...target(), ...flags);
    await expect.poll(() => events(archiving, 'uploaded').length, { timeout: 30_000 }).toBeGreaterThan(1);
    archiving.process.kill('SIGKILL');
    await archiving.ended;
  }

  expect((await sending.ended).code).toBe(0);
  const last = permafrost('archive', ...target(), '--group', 'last', '--no-encryption', '--until-end', '--json');
  expect((await last.ended).code).toBe(0);

  const chains = await readChains(environment.store);
  const offsets = chains.flatMap(({ partition, records }) => records.map(({ offset }) => `${partition}/${offset}`));
  expect(offsets).toHaveLength(30_000);
  expect(new Set(offsets).size).toBe(30_000);
});
