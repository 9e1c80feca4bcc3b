/** Snapshots of the topics' settings and of their consumer groups' offsets. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kafkajs } from '../../electron/engine/kafka/kafkajs';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { readSnapshot } from '../../electron/engine/restore/snapshot';
import { describeArchive } from '../../electron/engine/restore/list';
import { listGroups, type ListGroupsResponse } from '../../electron/sandbox/kafka/16-list-groups';
import { readBy, send, startArchiver } from './archiving';
import { TOPIC } from './environment';
import { startSandbox, type Sandbox } from './sandbox';

const ON = { snapshotEveryMs: 300, topicCheckMs: 100 };

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

async function commit(groupId: string, offset: string): Promise<void> {
  const admin = sandbox.kafka.admin();
  await admin.connect();
  await admin.setOffsets({ groupId, topic: TOPIC, partitions: [{ partition: 0, offset }] });
  await admin.disconnect();
}

async function snapshots() {
  return (await sandbox.store.list({ prefix: 'archive/@snapshots/' })).objects;
}

test('settings and offsets are in a snapshot that only the key opens, and a change makes another', async () => {
  const key = await generateRsaKeyPair(2048);
  const identities = [parseIdentity(key.privateKeyPem)];
  await send(sandbox, 0, 300);
  await commit('pipeline', '7');
  const admin = sandbox.kafka.admin();
  await admin.connect();
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: TOPIC,
        configEntries: [{ name: 'max.message.bytes', value: '2000000' }],
      },
    ],
  });
  await admin.disconnect();

  const watched = await startArchiver(sandbox, { ...ON, recipients: [parseRecipient(key.publicKey)] });
  await expect.poll(async () => (await snapshots()).length, { timeout: 20_000 }).toBe(1);
  const [first] = await snapshots();
  await commit('pipeline', '9');
  await expect.poll(async () => (await snapshots()).length, { timeout: 20_000 }).toBe(2);
  await watched.archiver.stop();

  const [, second] = await snapshots();
  expect(await readSnapshot(sandbox.store, first!, identities)).toMatchObject({
    topics: [{ name: TOPIC, partitions: 3, replicationFactor: 1, settings: { 'max.message.bytes': '2000000' } }],
    groups: [{ groupId: 'pipeline', stale: false, offsets: [{ topic: TOPIC, partition: 0, offset: '7' }] }],
  });
  expect((await readSnapshot(sandbox.store, second!, identities)).groups[0]?.offsets[0]?.offset).toBe('9');
  await expect(readSnapshot(sandbox.store, first!, [])).rejects.toMatchObject({ code: 'KEY_MISSING' });
  expect(describeArchive(first!)).toEqual({ kind: 'other' });
  expect(watched.problems).toEqual([]);
});

test('what has not changed is not written again, also not after a restart', async () => {
  await send(sandbox, 0, 300);
  await commit('pipeline', '7');
  for (let run = 0; run < 2; run += 1) {
    const watched = await startArchiver(sandbox, ON);
    await expect.poll(() => readBy(watched), { timeout: 20_000 }).toBe(300);
    await expect.poll(async () => (await snapshots()).length, { timeout: 20_000 }).toBe(1);
    await watched.archiver.stop();
  }

  expect(await snapshots()).toHaveLength(1);
});

test('a group that Kafka does not answer for keeps its last offsets, marked stale', async () => {
  await commit('pipeline', '7');
  await commit('reports', '3');
  const watched = await startArchiver(sandbox, ON);
  await expect.poll(async () => (await snapshots()).length, { timeout: 20_000 }).toBe(1);
  const end = sandbox.broker.intercept(listGroups, async (_request, next) => {
    const answer = await next();
    if (!('groups' in Object(answer))) return answer;
    const { groups, ...rest } = answer as ListGroupsResponse;
    return { ...rest, groups: groups.filter(({ groupId }) => groupId !== 'reports') };
  });
  await commit('pipeline', '8');
  await expect.poll(async () => (await snapshots()).length, { timeout: 20_000 }).toBe(2);
  end();
  await watched.archiver.stop();

  const last = await readSnapshot(sandbox.store, (await snapshots())[1]!, []);
  expect(last.groups).toMatchObject([
    { groupId: 'pipeline', stale: false, offsets: [{ offset: '8' }] },
    { groupId: 'reports', stale: true, offsets: [{ offset: '3' }] },
  ]);
});
