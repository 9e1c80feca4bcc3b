/** Snapshots of the topics' settings and of their consumer groups' offsets. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Snapshot } from '../../electron/engine/archive/snapshot';
import { kafkajs } from '../../electron/engine/kafka/kafkajs';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { listSnapshots, readSnapshot } from '../../electron/engine/restore/snapshot';
import type { StoredObject } from '../../electron/engine/store/port';
import { offsetFetch } from '../../electron/sandbox/kafka/09-offset-fetch';
import { listGroups, type ListGroupsResponse } from '../../electron/sandbox/kafka/16-list-groups';
import { describeConfigs } from '../../electron/sandbox/kafka/32-describe-configs';
import { ErrorCode } from '../../electron/sandbox/kafka/error-codes';
import { readBy, send, startArchiver } from './archiving';
import { commitRaw, WireClient } from '../sandbox/kafka/wire-client';
import { TOPIC } from './environment';
import { startSandbox, type Sandbox } from './sandbox';

const ON = { snapshotEveryMs: 300, topicCheckMs: 100 };
/** none of its own accord within a test, but the first and the one at the stop */
const SELDOM = { snapshotEveryMs: 3_600_000, topicCheckMs: 100 };
const PATIENCE = { timeout: 20_000 };

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

async function commit(groupId: string, offset: number): Promise<void> {
  const client = await WireClient.connect(sandbox.broker);
  expect(await commitRaw(client, groupId, TOPIC, offset)).toBe(0);
}

async function set(name: string, value: string): Promise<void> {
  const admin = sandbox.kafka.admin();
  await admin.connect();
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: TOPIC, configEntries: [{ name, value }] };
  await admin.alterConfigs({ validateOnly: false, resources: [resource] });
  await admin.disconnect();
}

function snapshots(): Promise<readonly StoredObject[]> {
  return listSnapshots(sandbox.store, 'archive');
}

async function latest(): Promise<Snapshot> {
  return readSnapshot(sandbox.store, (await snapshots()).at(-1)!, []);
}

async function countOf(): Promise<number> {
  return (await snapshots()).length;
}

/** Kafka refuses to tell a group's offsets. @returns a function that ends it */
function silence(group: string): () => void {
  return sandbox.broker.intercept(offsetFetch, ({ groups }) =>
    groups[0]?.groupId === group
      ? { groups: [{ groupId: group, errorCode: ErrorCode.INVALID_GROUP_ID, topics: [] }] }
      : undefined,
  );
}

test('settings and offsets are in a snapshot that only the key opens, and a change makes another', async () => {
  const key = await generateRsaKeyPair(2048);
  const identities = [parseIdentity(key.privateKeyPem)];
  await send(sandbox, 0, 300);
  await commit('pipeline', 7);
  await set('max.message.bytes', '2000000');

  const watched = await startArchiver(sandbox, { ...ON, recipients: [parseRecipient(key.publicKey)] });
  await expect.poll(countOf, PATIENCE).toBe(1);
  await commit('reports', 9);
  await expect.poll(countOf, PATIENCE).toBe(2);
  await set('max.message.bytes', '3000000');
  await expect.poll(countOf, PATIENCE).toBe(3);
  await watched.archiver.stop();

  const objects = await snapshots();
  const [first, second, third] = await Promise.all(
    objects.map((object) => readSnapshot(sandbox.store, object, identities)),
  );
  const pipeline = {
    groupId: 'pipeline',
    stale: false,
    seenAt: null,
    offsets: [{ topic: TOPIC, partition: 0, offset: '7', metadata: '' }],
  };
  expect(first).toMatchObject({
    clusterId: sandbox.broker.clusterId,
    previous: null,
    topics: [
      { name: TOPIC, partitions: 3, replicationFactor: 1, stale: false, settings: { 'max.message.bytes': '2000000' } },
    ],
  });
  expect(first?.groups).toEqual([pipeline]);
  expect(second).toMatchObject({ previous: objects[0]?.name, groups: [pipeline, { groupId: 'reports' }] });
  expect(third?.topics[0]?.settings).toEqual({ 'max.message.bytes': '3000000' });
  await expect(readSnapshot(sandbox.store, objects[0]!, [])).rejects.toMatchObject({
    code: 'KEY_MISSING',
    context: { object: objects[0]?.name, wanted: [key.fingerprint] },
  });
  expect(watched.problems).toEqual([]);
});

test('what has not changed is not written again, also not after a restart or by another member', async () => {
  await send(sandbox, 0, 300);
  await commit('pipeline', 7);
  for (let run = 0; run < 2; run += 1) {
    const watched = await startArchiver(sandbox, ON);
    const other = await startArchiver(sandbox, ON);
    await expect.poll(() => readBy(watched) + readBy(other), PATIENCE).toBe(300);
    await expect.poll(countOf, PATIENCE).toBe(1);
    await watched.archiver.stop();
    await other.archiver.stop();
  }

  expect(await countOf()).toBe(1);
});

test('who adds a key gets a snapshot that it opens, although nothing else has changed', async () => {
  const key = await generateRsaKeyPair(2048);
  await commit('pipeline', 7);
  await (await startArchiver(sandbox, SELDOM)).archiver.stop();

  const encrypted = { ...SELDOM, recipients: [parseRecipient(key.publicKey)] };
  for (let run = 0; run < 2; run += 1) await (await startArchiver(sandbox, encrypted)).archiver.stop();

  const [, second, ...more] = await snapshots();
  expect(more).toEqual([]);
  const opened = await readSnapshot(sandbox.store, second!, [parseIdentity(key.privateKeyPem)]);
  expect(opened.groups).toMatchObject([{ groupId: 'pipeline' }]);
});

test('changes in between are written once the time has come, the last ones at the stop', async () => {
  await commit('pipeline', 7);
  const watched = await startArchiver(sandbox, SELDOM);
  await expect.poll(countOf, PATIENCE).toBe(1);
  await commit('pipeline', 8);
  await watched.archiver.stop();

  expect(await countOf()).toBe(2);
  expect((await latest()).groups).toMatchObject([{ groupId: 'pipeline', offsets: [{ offset: '8' }] }]);
});

test('a group that Kafka does not list any more keeps its last offsets, marked stale', async () => {
  await commit('pipeline', 7);
  await commit('reports', 3);
  const watched = await startArchiver(sandbox, ON);
  await expect.poll(countOf, PATIENCE).toBe(1);
  sandbox.broker.intercept(listGroups, async (_request, next) => {
    const { groups } = (await next()) as ListGroupsResponse;
    return { groups: groups.filter(({ groupId }) => groupId !== 'reports') };
  });
  await expect.poll(countOf, PATIENCE).toBe(2);
  await watched.archiver.stop();

  const { groups, takenAt } = await latest();
  expect(groups).toMatchObject([
    { groupId: 'pipeline', stale: false, seenAt: null, offsets: [{ offset: '7' }] },
    { groupId: 'reports', stale: true, offsets: [{ offset: '3' }] },
  ]);
  expect(Date.parse(groups[1]!.seenAt!)).toBeLessThan(Date.parse(takenAt));
});

test('a group that Kafka does not answer for keeps its last offsets, the others get theirs, and it is said', async () => {
  await commit('pipeline', 7);
  await commit('reports', 3);
  const watched = await startArchiver(sandbox, ON);
  await expect.poll(countOf, PATIENCE).toBe(1);
  const end = silence('reports');
  await expect.poll(countOf, PATIENCE).toBe(2);
  const silent = await latest();
  await commit('reports', 4);
  end();
  await expect.poll(countOf, PATIENCE).toBe(3);
  await watched.archiver.stop();

  expect(silent.groups).toMatchObject([
    { groupId: 'pipeline', stale: false },
    { groupId: 'reports', stale: true, offsets: [{ offset: '3' }] },
  ]);
  expect(watched.problems).toContain('KAFKA_REFUSED');
  expect(watched.failures).toEqual([]);
  expect((await latest()).groups[1]).toMatchObject({ stale: false, seenAt: null, offsets: [{ offset: '4' }] });
});

test('after a restart a silent group is known from what can be read, else the snapshot before is named', async () => {
  const key = await generateRsaKeyPair(2048);
  const recipients = [parseRecipient(key.publicKey)];
  await commit('pipeline', 7);
  await (await startArchiver(sandbox, SELDOM)).archiver.stop();
  silence('pipeline');
  await (await startArchiver(sandbox, { ...SELDOM, recipients })).archiver.stop();
  await (await startArchiver(sandbox, { ...SELDOM, recipients })).archiver.stop();

  const objects = await snapshots();
  const [plain, encrypted, blind] = await Promise.all(
    objects.map((object) => readSnapshot(sandbox.store, object, [parseIdentity(key.privateKeyPem)])),
  );
  expect(encrypted?.groups).toEqual([{ ...plain?.groups[0], stale: true, seenAt: plain?.takenAt }]);
  expect(blind?.groups).toEqual([{ groupId: 'pipeline', stale: true, seenAt: null, offsets: [] }]);
  expect(blind?.previous).toBe(objects[1]?.name);
});

test('a user who may not see settings gets the groups, and settings that are said to be unknown', async () => {
  await commit('pipeline', 7);
  sandbox.broker.intercept(describeConfigs, ({ resources }) => ({
    resources: resources.map(({ type, name }) => ({
      type,
      name,
      configs: [],
      errorCode: ErrorCode.INVALID_REQUEST,
      errorMessage: null,
    })),
  }));
  const watched = await startArchiver(sandbox, SELDOM);
  await watched.archiver.stop();

  expect(await latest()).toMatchObject({
    topics: [{ name: TOPIC, partitions: 3, stale: true, settings: null }],
    groups: [{ groupId: 'pipeline', stale: false }],
  });
  expect(watched.problems).toEqual(['KAFKA_REFUSED']);
});

test('when a reply is lost and the bucket is busy, one snapshot is written all the same', async () => {
  await commit('pipeline', 7);
  const faults = [{ kind: 'answer', status: 503 }, { kind: 'lose-reply' }] as const;
  let posts = 0;
  sandbox.bucketServer.intercept(({ method }) => (method === 'POST' ? faults[posts++] : undefined));
  const watched = await startArchiver(sandbox, SELDOM);
  await expect.poll(() => posts, PATIENCE).toBe(3);
  await watched.archiver.stop();

  expect(await countOf()).toBe(1);
  expect(watched.problems).toEqual([]);
});

test('a bucket that refuses a snapshot stops the archiver, as it does for a segment', async () => {
  sandbox.bucketServer.intercept(({ method }) => (method === 'POST' ? { kind: 'answer', status: 403 } : undefined));
  const watched = await startArchiver(sandbox, ON);

  await expect.poll(() => watched.failures, PATIENCE).toEqual(['STORE_DENIED']);
});

test('a Kafka that tells nothing about groups and settings is a problem, not a snapshot, and archiving goes on', async () => {
  sandbox.broker.intercept(listGroups, () => 'close');
  sandbox.broker.intercept(describeConfigs, () => 'close');
  await send(sandbox, 0, 300);
  const watched = await startArchiver(sandbox, ON);
  await expect.poll(() => readBy(watched), PATIENCE).toBe(300);
  await watched.archiver.stop();

  expect(await countOf()).toBe(0);
  expect(watched.problems).toContain('KAFKA_UNAVAILABLE');
  expect(watched.failures).toEqual([]);
  expect(watched.uploads.length).toBeGreaterThan(0);
});
