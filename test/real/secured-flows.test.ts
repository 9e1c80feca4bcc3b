/** The command on a Kafka that asks who comes, from end to end. Compared with what other people's programs read. */
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { numbers } from '../flows/archiving';
import { makeCompactedTopic } from '../flows/compacted-topic';
import { events } from '../flows/command';
import { newTopic } from '../flows/new-topic';
import { makeAgeKey, openArchives, readTopic, type ArchivedObject, type PlainRecord } from '../flows/truth';
import { byCertificate, byPassword, byToken, permafrostAs, type Login } from './logins';
import {
  archivedBy,
  bucketFlags,
  end,
  expectSame,
  makePlace,
  Sender,
  startArchive,
  startSecuredServers,
  type Place,
  type SecuredServers,
} from './secured-servers';

const POLL = { timeout: 60_000, interval: 100 };
/** Records of 2022 are gone within a second where Kafka's defaults hold. */
const FOREVER = { 'retention.ms': '-1' };

const whyNot = inject('unavailable').kafka;

describe.skipIf(whyNot !== null)(whyNot ?? 'on a Kafka that asks who comes', () => {
  let servers: SecuredServers;
  let place: Place;
  let buckets = 0;

  beforeAll(async () => {
    servers = await startSecuredServers();
  });
  afterAll(() => servers.close());
  beforeEach(async () => {
    place = await makePlace(servers, `bucket-${(buckets += 1)}`, await makeAgeKey());
  });

  const scram = (): Login => byPassword(servers.kafka, 'scram-sha-512', servers.kafka.passwords.scram512);

  const makeTopic = (topic: string, partitions: number) => newTopic(servers.admin, topic, partitions, FOREVER);

  /** @returns how many messages were committed; as many were aborted */
  async function sendTransactions(topic: string): Promise<number> {
    await makeTopic(topic, 3);
    const options = { idempotent: true, maxInFlightRequests: 1, transactionalId: 'depot' };
    const producer = servers.plain.producer(options);
    await producer.connect();
    for (const [round, ends] of ['commit', 'abort', 'abort', 'commit'].entries()) {
      const transaction = await producer.transaction();
      const messages = Array.from({ length: 200 }, (_, at) => ({
        key: `bus ${at % 17}`,
        value: `${ends} ${round}.${at}`,
      }));
      await transaction.send({ topic, messages });
      await (ends === 'commit' ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    return 400;
  }

  /** @returns how many messages, one codec in each of five partitions */
  async function sendFromJava(topic: string): Promise<number> {
    await makeTopic(topic, 5);
    await servers.kafka.tool(path.join(import.meta.dirname, 'java/EveryCodec.java'), [
      servers.kafka.address,
      topic,
      '200',
    ]);
    return 1_000;
  }

  /** What a restore brings back: everything but the offset. */
  const withoutOffset = ({ partition, timestamp, key, value, headers }: PlainRecord) => ({
    ...{ partition, timestamp, key, value, headers },
  });

  test('transactions, a compacted topic and every codec of Java are archived, verified and restored, each over a listener of its own', async () => {
    const { kafka, plain, admin } = servers;
    const [committed, fromJava, compactedEnd] = await Promise.all([
      sendTransactions('depot'),
      sendFromJava('java'),
      makeCompactedTopic(plain, admin, kafka.address, 'compacted'),
    ]);
    const topics = ['depot', 'java', 'compacted'];
    const target = [...bucketFlags(place), ...topics.flatMap((topic) => ['--topic', topic])];
    const key = ['--key', place.key.identityFile];

    const archived = permafrostAs(
      byCertificate(kafka),
      'archive',
      ...target,
      '--recipient',
      place.key.publicKey,
      '--until-end',
    );
    expect(await archived.ended).toEqual({ code: 0, stderr: '' });
    const verified = permafrostAs(byToken(kafka, servers.tokens), 'verify', ...target, ...key, '--source');
    const restored = topics.map((topic) =>
      permafrostAs(
        scram(),
        'restore',
        ...bucketFlags(place),
        ...key,
        '--topic',
        topic,
        '--to-topic',
        `${topic}-again`,
        '--apply-settings',
      ),
    );
    for (const command of [verified, ...restored]) expect(await command.ended).toEqual({ code: 0, stderr: '' });

    expect(await expectSame(servers, place, 'depot')).toBe(committed);
    expect(await expectSame(servers, place, 'java')).toBe(fromJava);
    expect(await expectSame(servers, place, 'compacted')).toBeLessThan(compactedEnd / 2);
    expect(events(verified, 'verified')).toMatchObject([{ findings: 0 }]);
    expect((await readTopic(kafka.address, 'java'))[0]?.headers).toEqual(['2', 'b', '1', 'a', '2', '', 'none', null]);
    for (const topic of topics) {
      const [before, after] = await Promise.all(
        [topic, `${topic}-again`].map((each) => readTopic(kafka.address, each)),
      );
      expect(after?.map(withoutOffset)).toEqual(before?.map(withoutOffset));
    }
  });

  test('of two archivers in one group, over different listeners, one is stopped, one killed, both come back: every record once', async () => {
    const topic = 'shared';
    await makeTopic(topic, 4);
    const sender = new Sender(servers, topic);
    const takesPart = (archiver: ReturnType<typeof startArchive>) =>
      expect.poll(() => archivedBy(archiver), POLL).toBeGreaterThan(0);

    const first = startArchive(byCertificate(servers.kafka), place, topic);
    const second = startArchive(scram(), place, topic);
    await Promise.all([takesPart(first), takesPart(second)]);
    await end(first);
    const third = startArchive(scram(), place, topic);
    await takesPart(third);
    second.process.kill('SIGKILL');
    const fourth = startArchive(byCertificate(servers.kafka), place, topic);
    await takesPart(fourth);
    const sent = await sender.stop();
    await Promise.all([end(third), end(fourth)]);
    const rest = startArchive(scram(), place, topic, '--until-end');
    expect((await rest.ended).code).toBe(0);

    expect(await expectSame(servers, place, topic)).toBe(sent);
  });

  const lifeOf = ({ name }: ArchivedObject) => name.split('/')[2];

  test('a topic that is deleted and made anew while it is archived has two lives, nothing of one in the other', async () => {
    const topic = 'phoenix';
    const send = async (life: string, count: number): Promise<void> => {
      const producer = servers.plain.producer();
      await producer.connect();
      const messages = Array.from({ length: count }, (_, at) => ({ value: `${life} ${at}` }));
      await producer.send({ topic, messages });
      await producer.disconnect();
    };
    await makeTopic(topic, 1);
    await send('first', 300);
    const archiving = startArchive(byToken(servers.kafka, servers.tokens), place, topic);
    await expect.poll(() => archivedBy(archiving), POLL).toBe(300);

    await servers.admin.deleteTopics({ topics: [topic] });
    await expect.poll(() => servers.admin.listTopics(), POLL).not.toContain(topic);
    await makeTopic(topic, 1);
    await send('second', 500);
    await expect.poll(() => archivedBy(archiving), POLL).toBe(800);
    await end(archiving);

    const archives = await openArchives(place, topic, place.key);
    const lives = [...new Set(archives.map(lifeOf))];
    const values = lives.map((life) =>
      archives.filter((each) => lifeOf(each) === life).flatMap(({ records }) => records.map(({ value }) => value)),
    );
    expect(values).toHaveLength(2);
    expect(values).toContainEqual(numbers(300).map((number) => `first ${number}`));
    expect(values).toContainEqual(numbers(500).map((number) => `second ${number}`));
  });

  test('a broker that is killed while it archives over TLS with a login: the login is made again, every record once', async () => {
    const topic = 'broken';
    await makeTopic(topic, 3);
    const archiving = startArchive(scram(), place, topic);
    const sender = new Sender(servers, topic);
    await expect.poll(() => archivedBy(archiving), POLL).toBeGreaterThan(0);

    await servers.kafka.kill();
    await servers.kafka.start();
    const before = archivedBy(archiving);
    await expect.poll(() => archivedBy(archiving), POLL).toBeGreaterThan(before);
    const sent = await sender.stop();
    await expect.poll(() => archivedBy(archiving), POLL).toBeGreaterThanOrEqual(sent);
    await end(archiving);

    const values = (await readTopic(servers.kafka.address, topic)).map(({ value }) => value);
    expect(new Set(values)).toEqual(new Set(numbers(sent).map((number) => `message ${number}`)));
    expect(await expectSame(servers, place, topic)).toBe(values.length);
  });
});
