/** What the sandbox cannot show: Java's batches, and a broker that is killed. Compared with what other people's programs read. */
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asPermafrostError } from '../../shared/errors';
import { send, startArchiver } from '../flows/archiving';
import { connect, TOPIC, type Environment } from '../flows/environment';
import { finish, makeAgeKey, openArchives, readTopic, type AgeKey } from '../flows/truth';
import { startRealServers, type RealServers } from './environment';

let environment: Environment & RealServers;
let key: AgeKey;

beforeEach(async () => {
  environment = await connect(await startRealServers(), 3);
  key = await makeAgeKey();
});
afterEach(() => environment.close());

test("what Java's producer wrote, with each codec, is archived as it is", async () => {
  await environment.admin.ensureTopic('java', 5);
  const program = path.join(import.meta.dirname, 'java/EveryCodec.java');
  await environment.server.tool(program, [environment.kafkaAddress, 'java', '400']);

  const watched = await startArchiver(environment, {
    recipients: key.recipients,
    topics: { names: ['java'], patterns: [] },
  });
  await finish(environment, watched, 'java', 2_000);

  const records = (await openArchives(environment, 'java', key)).flatMap((each) => each.records);
  expect(records).toHaveLength(5 * 400);
  expect(records).toEqual(await readTopic(environment.kafkaAddress, 'java'));
  expect(records[0]?.headers).toEqual(['2', 'b', '1', 'a', '2', '', 'none', null]);
  expect(watched.problems).toEqual([]);
});

/** An acknowledgement that is lost doubles records in Kafka. */
async function sendUntilAcknowledged(from: number, count: number): Promise<void> {
  try {
    await send(environment, from, count);
  } catch (thrown) {
    if (asPermafrostError(thrown).code !== 'KAFKA_UNAVAILABLE') throw thrown;
    await sendUntilAcknowledged(from, count);
  }
}

test('while the broker is killed and started again nothing is lost and nothing doubled', async () => {
  await send(environment, 0, 3_000);
  const options = {
    recipients: key.recipients,
    limits: { maxBytes: 1e9, maxRecords: 500, maxAgeMs: 300 },
    sessionTimeoutMs: 6_000,
  };
  const watched = await startArchiver(environment, options);
  await expect.poll(() => watched.uploads.length, { timeout: 60_000 }).toBeGreaterThan(2);
  const restarted = environment.server.kill().then(() => environment.server.start());
  await Promise.all([restarted, sendUntilAcknowledged(3_000, 3_000)]);

  await finish(environment, watched, TOPIC, 6_000);

  const records = (await openArchives(environment, TOPIC, key)).flatMap((each) => each.records);
  expect(records).toEqual(await readTopic(environment.kafkaAddress, TOPIC));
  expect(new Set(records.map(({ value }) => value)).size).toBe(6_000);
  expect(watched.failures).toEqual([]);
});
