/** Archives back into Kafka: what an independent client finds then is what was there before. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { events, permafrost } from './command';
import { BUCKET, TOPIC, type Environment } from './environment';
import { archiveAll, equalRecords, restore, restoreOptions, sendMixedRecords } from './restoring';
import { SERVERS, startEnvironment } from './start-environment';

const PARTITIONS = 3;
/** many where it counts; each takes Python long */
const RECORDS = SERVERS === 'real' ? 200_000 : 60_000;
const SLOW = 900_000;

let environment: Environment;

beforeEach(async () => {
  environment = await startEnvironment(PARTITIONS);
});
afterEach(() => environment.close());

test(
  `${RECORDS} mixed records come back equal, one by one, headers and timestamps included`,
  { timeout: SLOW },
  async () => {
    const key = await generateRsaKeyPair(2048);
    await sendMixedRecords(environment, PARTITIONS, RECORDS);
    await archiveAll(environment, {
      recipients: [parseRecipient(key.publicKey)],
      limits: { maxBytes: 2_000_000, maxRecords: 1_000_000, maxAgeMs: 60_000 },
    });

    const result = await restore(environment, restoreOptions({ identities: [parseIdentity(key.privateKeyPem)] }));

    expect(result).toMatchObject({ records: RECORDS, leftovers: [], leftOut: [] });
    expect(await equalRecords(environment.kafkaAddress, TOPIC, 'restored')).toBe(RECORDS);
  },
);

test('a restore that is killed goes on where it stood, and doubles nothing', { timeout: SLOW }, async () => {
  await sendMixedRecords(environment, PARTITIONS, 60_000);
  await archiveAll(environment, { limits: { maxBytes: 1_000_000, maxRecords: 1_000_000, maxAgeMs: 60_000 } });
  await environment.admin.ensureTopic('restored', PARTITIONS);
  const { kafkaAddress, bucketEndpoint } = environment;
  const command = ['restore', '--brokers', kafkaAddress, '--endpoint', bucketEndpoint, '--bucket', BUCKET, '--json'];
  const args = [...command, '--topic', TOPIC, '--to-topic', 'restored', '--job', 'killed', '--set-aside'];
  const written = async (): Promise<bigint> =>
    (await environment.admin.logRanges('restored')).reduce((sum, { end }) => sum + end, 0n);

  const killed = permafrost(...args);
  await expect.poll(written, { timeout: 120_000, interval: 5 }).toBeGreaterThan(5_000n);
  killed.process.kill('SIGKILL');
  expect((await killed.ended).code).toBe(null);
  const resumed = permafrost(...args);

  const { code, stderr } = await resumed.ended;
  expect([0, 4], stderr).toContain(code);
  expect(events(resumed, 'restored')).toMatchObject([{ allRecords: 60_000 }]);
  expect(await equalRecords(kafkaAddress, TOPIC, 'restored')).toBe(60_000);
  const again = permafrost(...args);
  expect([0, 4]).toContain((await again.ended).code);
  expect(events(again, 'restored')).toMatchObject([{ records: 0, allRecords: 60_000 }]);
});
