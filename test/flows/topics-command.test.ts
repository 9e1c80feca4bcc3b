/** The topics of a cluster, told by the command: how long they are kept, how far the archiver is behind, what to beware of. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ListedTopic } from '../../shared/model/topic';
import type { TopicWarning } from '../../shared/model/topic-warnings';
import { DEFAULT_SETTINGS } from '../../shared/model/settings';
import { send, startArchiver, readBy } from './archiving';
import { events, permafrost } from './command';
import { TOPIC, type Environment } from './environment';
import { startEnvironment } from './start-environment';

const DAY = 86_400_000;
let environment: Environment;

beforeEach(async () => {
  environment = await startEnvironment(2);
});
afterEach(() => environment.close());

async function make(topic: string, configs: Readonly<Record<string, string>>): Promise<void> {
  const admin = environment.kafka.admin();
  await admin.connect();
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }] });
  await admin.disconnect();
}

async function sendAged(topic: string, ageMs: number): Promise<void> {
  await environment.producer.send(topic, [
    { key: Buffer.from('k'), value: Buffer.from('v'), headers: [], timestamp: Date.now() - ageMs },
  ]);
}

async function topics(...args: readonly string[]) {
  const command = permafrost('topics', '--brokers', environment.kafkaAddress, ...args, '--json');
  const { code, stderr } = await command.ended;
  const listed = events(command, 'topic') as unknown as ListedTopic[];
  const warnings = events(command, 'warning') as unknown as (TopicWarning & { topic: string })[];
  return { code, stderr, listed, warnings: warnings.map(({ topic, kind }) => `${topic}: ${kind}`), command };
}

test('topics are told with their sizes, their settings and what is not archived yet', async () => {
  await make('a-week', { 'retention.ms': String(7 * DAY) });
  await make('by-size', { 'retention.ms': '-1', 'retention.bytes': '1000000' });
  await make('latest-only', { 'cleanup.policy': 'compact', 'retention.ms': '-1' });
  await send(environment, 0, 1_000);
  const { archiver, ...watched } = await startArchiver(environment);
  await expect.poll(() => readBy({ archiver, ...watched }), { timeout: 20_000 }).toBe(1_000);
  await archiver.stop();
  await send(environment, 1_000, 500);
  await sendAged('a-week', 5 * DAY);

  const { code, listed, warnings } = await topics();

  expect(code).toBe(0);
  const forEver = { retentionMs: null, retentionBytes: null };
  const keptUp = { hasBegun: false, records: 0, lost: 0, behindMs: 0, untold: 0 };
  expect(listed).toMatchObject([
    {
      name: 'a-week',
      partitions: 1,
      replication: 1,
      keeping: { cleanup: 'delete', retentionMs: 7 * DAY, retentionBytes: null },
      lag: { ...keptUp, records: 1, behindMs: expect.closeTo(5 * DAY, -6) as number },
    },
    { name: TOPIC, partitions: 2, lag: { hasBegun: true, records: 500, lost: 0, untold: 0 } },
    { name: 'by-size', keeping: { cleanup: 'delete', retentionMs: null, retentionBytes: 1_000_000 }, lag: keptUp },
    { name: 'latest-only', keeping: { cleanup: 'compact', ...forEver }, lag: keptUp },
  ]);
  const size = (name: string): number => listed.find((topic) => topic.name === name)?.sizeBytes ?? Number.NaN;
  expect(size(TOPIC)).toBeGreaterThan(1_500 * 20);
  expect(size(TOPIC)).toBeLessThan(1_500 * 100);
  expect(size('by-size')).toBe(0);
  expect(warnings).toEqual(['a-week: at-risk', 'by-size: size-bound', 'latest-only: compacted']);
});

test('for a person it is a table, with the warnings below', async () => {
  await make('a-minute', { 'retention.ms': '59000', 'segment.ms': '604800000' });
  await environment.admin.deleteTopic(TOPIC);
  await make('latest-only', { 'cleanup.policy': 'compact', 'retention.ms': '-1' });

  const command = permafrost('topics', '--brokers', environment.kafkaAddress);

  expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  expect(command.lines.map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'topic partitions replicas size retention cleanup lag behind',
    'a-minute 1 1 0.0 kB 59 seconds delete 0 0 ms',
    'latest-only 1 1 0.0 kB for ever compact 0 0 ms',
    expect.stringMatching(
      /^warning Kafka keeps records of a-minute for 59 seconds, and an archive may stay open for 30/,
    ),
    expect.stringMatching(/^note latest-only is compacted/),
    expect.stringMatching(/^2 topics of cluster /),
  ]);
});

test('named topics and those of a pattern are told, and what is not there fails', async () => {
  await make('bus-1', {});
  await make('bus-2', {});
  await make('tram-1', {});
  const names = async (...args: readonly string[]) => {
    const { code, listed, command } = await topics(...args);
    return {
      code,
      names: listed.map(({ name }) => name),
      missing: events(command, 'missing').map(({ topic }) => topic),
    };
  };

  expect(await names('--topic', 'tram-1', '--topic-pattern', 'bus-.*')).toEqual({
    ...{ code: 0, names: ['bus-1', 'bus-2', 'tram-1'], missing: [] },
  });
  expect(await names('--topic', 'tram-1', '--topic', 'not-there')).toEqual({
    ...{ code: 1, names: ['tram-1'], missing: ['not-there'] },
  });
});

test("the app's own settings name the topics, by name and by pattern", async () => {
  await make('bus-1', {});
  await make('tram-1', {});
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-topics-'));
  const settings = path.join(folder, 'settings.json');
  const choice = { names: ['tram-1'], patterns: ['bus-.*'] };
  await writeFile(settings, JSON.stringify({ ...DEFAULT_SETTINGS, topic: TOPIC, topics: choice }));

  const { listed } = await topics('--settings', settings);

  await rm(folder, { recursive: true });
  expect(listed.map(({ name, chosen }) => `${name} by ${chosen}`)).toEqual([
    ...[`${TOPIC} by name`, 'bus-1 by pattern', 'tram-1 by name'],
  ]);
});

test('a pattern that is none, and a Kafka that is not there, are told', async () => {
  const wrong = await topics('--topic-pattern', '(');
  expect(wrong.code).not.toBe(0);
  expect(`${wrong.stderr}${wrong.command.lines.join('')}`).toContain('is not a pattern');

  const away = permafrost('topics', '--brokers', '127.0.0.1:1', '--json');
  expect(await away.ended).toMatchObject({ code: 1 });
  expect(events(away, 'failed')).toMatchObject([{ code: 'KAFKA_UNAVAILABLE' }]);
});
