/** What was archived is proved; what somebody then did to it is found, beside what Kafka has. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectCloudStorage } from '../../electron/engine/store/cloud-storage';
import { send } from './archiving';
import { events, permafrost, type Running } from './command';
import { BUCKET, TOPIC, type Environment } from './environment';
import { archiveAll } from './restoring';
import { startEnvironment } from './start-environment';

let environment: Environment;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-verify-'));
  environment = await startEnvironment(1);
  await send(environment, 0, 3_000);
  await archiveAll(environment, { limits: { maxBytes: 1e9, maxRecords: 1_000, maxAgeMs: 60_000 } });
});
afterEach(async () => {
  await environment.close();
  await rm(folder, { recursive: true });
});

function verify(...flags: string[]): Running {
  const { kafkaAddress, bucketEndpoint } = environment;
  const where = ['--brokers', kafkaAddress, '--endpoint', bucketEndpoint, '--bucket', BUCKET];
  return permafrost('verify', ...where, '--json', ...flags);
}

test('a whole archive is proved beside Kafka, and the report says so', async () => {
  await send(environment, 3_000, 10);
  const report = path.join(folder, 'report.json');
  const page = path.join(folder, 'report.html');

  const verified = verify('--content', '--report', report, '--report', page);

  expect((await verified.ended).code).toBe(0);
  const [chain] = events(verified, 'chain');
  expect(chain).toMatchObject({
    log: { earliest: '0', end: '3010', committed: '3000' },
    stretches: [
      { kind: 'archived', firstOffset: '0', nextOffset: '3000', records: 3_000 },
      { kind: 'not-yet-archived', firstOffset: '3000', nextOffset: '3010' },
    ],
  });
  expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({
    verdict: 'ok',
    content: { records: 3_000, ofRecords: 3_000 },
  });
  expect(await readFile(page, 'utf8')).toContain('Nothing is wrong');
});

test('an archive that was deleted is missing, and that Kafka still holds its records is said', async () => {
  const owner = connectCloudStorage({ endpoint: environment.bucketEndpoint, projectId: 'test' }).bucket(BUCKET);
  const { objects } = await owner.list({ prefix: `archive/${TOPIC}/` });
  expect(objects.length).toBeGreaterThanOrEqual(3);
  await owner.remove(objects[1]!.name);

  const verified = verify();

  expect((await verified.ended).code).toBe(3);
  const [finding, ...others] = events(verified, 'finding');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: 'missing',
    topic: TOPIC,
    firstOffset: objects[1]!.metadata['first-offset'],
    nextOffset: objects[1]!.metadata['next-offset'],
    meaning: 'Kafka still holds them: they can be archived again.',
  });
});

test('what Kafka deleted before it was archived is found', async () => {
  await send(environment, 3_000, 50);
  await environment.admin.deleteRecords(TOPIC, [{ partition: 0, offset: 3_040n }]);

  const verified = verify();

  expect((await verified.ended).code).toBe(3);
  expect(events(verified, 'finding')).toMatchObject([{ kind: 'expired', firstOffset: '3000', nextOffset: '3040' }]);
});

test('a topic without archives is an error', async () => {
  const verified = verify('--topic', 'nope');

  expect((await verified.ended).code).toBe(1);
  expect(events(verified, 'failed')).toMatchObject([{ code: 'STORE_NOT_FOUND' }]);
});
