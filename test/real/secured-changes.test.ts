/** What happens to an archiver whose login or rights end while it runs: told in words of its own, and nothing is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs-plain';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { numbers } from '../flows/archiving';
import { events, type Running } from '../flows/command';
import { newTopic } from '../flows/new-topic';
import { makeAgeKey } from '../flows/truth';
import { byPassword, byToken, type Login } from './logins';
import { ADMIN, GUEST } from './secured-kafka';
import {
  archivedBy,
  end,
  expectSame,
  makePlace,
  startArchive,
  startSecuredServers,
  type Place,
  type SecuredServers,
} from './secured-servers';

const POLL = { timeout: 60_000, interval: 100 };

const { GROUP, TOPIC } = AclResourceTypes;
const { READ, DESCRIBE, DESCRIBE_CONFIGS } = AclOperationTypes;

const whyNot = inject('unavailable').kafka;

describe.skipIf(whyNot !== null)(whyNot ?? 'while it archives', () => {
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

  async function send(topic: string, count: number): Promise<void> {
    const producer = servers.plain.producer();
    await producer.connect();
    await producer.send({ topic, messages: numbers(count).map((number) => ({ value: `message ${number}` })) });
    await producer.disconnect();
  }

  /** It has ended by itself, and says why. */
  async function refusal(archiving: Running) {
    const { code } = await archiving.ended;
    expect(code).toBe(1);
    return events(archiving, 'failed')[0];
  }

  /** Archives what is left, and compares all with Kafka. */
  async function goesOn(login: Login, topic: string): Promise<number> {
    const rest = startArchive(login, place, topic, '--until-end');
    expect(await rest.ended).toEqual({ code: 0, stderr: '' });
    return expectSame(servers, place, topic);
  }

  test('tokens that end after seconds are replaced by new ones while it archives', async () => {
    const topic = 'tokens';
    await newTopic(servers.admin, topic, 2, {});
    servers.tokens.lifeSeconds = 12;
    const archiving = startArchive(byToken(servers.kafka, servers.tokens), place, topic);
    let sent = 0;
    const sendMore = async (): Promise<void> => {
      expect(events(archiving, 'failed')).toEqual([]);
      await send(topic, 10);
      sent += 10;
    };
    const given = (): Promise<number> => sendMore().then(() => servers.tokens.given);
    await expect.poll(given, { ...POLL, interval: 500 }).toBe(2);
    await sleep(4_000); // the first one is over
    await sendMore();

    await expect.poll(() => archivedBy(archiving), POLL).toBe(sent);
    await end(archiving);

    expect(events(archiving, 'problem')).toEqual([]);
    expect(await expectSame(servers, place, topic)).toBe(sent);
  });

  /** Lets the guest do this. */
  const allow = (resourceType: AclResourceTypes, resourceName: string, ...operations: AclOperationTypes[]) =>
    servers.admin.createAcls({
      acl: operations.map((operation) => ({
        ...{ resourceType, resourceName, operation, resourcePatternType: ResourcePatternTypes.LITERAL },
        ...{ principal: `User:${GUEST}`, host: '*', permissionType: AclPermissionTypes.ALLOW },
      })),
    });

  const forbid = (resourceType: AclResourceTypes, resourceName: string) =>
    servers.admin.deleteAcls({
      filters: [
        {
          ...{ resourceType, resourceName, operation: AclOperationTypes.ANY },
          ...{ resourcePatternType: ResourcePatternTypes.LITERAL, permissionType: AclPermissionTypes.ANY },
        },
      ],
    });

  const guest = (): Login => byPassword(servers.kafka, 'plain', servers.kafka.passwords.plain, GUEST);

  test.each([
    [
      'topic',
      TOPIC,
      /no right to topic rights-to-topic\. Give it Describe and Read/,
      [READ, DESCRIBE, DESCRIBE_CONFIGS],
    ],
    ['group', GROUP, /no right to group rights-to-group\. Give it Read on the group/, [READ]],
  ] as const)(
    'the right to the %s that is taken away is told; given back, it goes on',
    async (what, resource, message, operations) => {
      const topic = `rights-to-${what}`;
      await newTopic(servers.admin, topic, 1, {});
      await allow(TOPIC, topic, READ, DESCRIBE, DESCRIBE_CONFIGS);
      await allow(GROUP, topic, READ);
      await send(topic, 100);
      const archiving = startArchive(guest(), place, topic);
      await expect.poll(() => archivedBy(archiving), POLL).toBe(100);

      await forbid(resource, topic);
      await send(topic, 100);
      const failed = await refusal(archiving);
      await allow(resource, topic, ...operations);

      expect(failed).toMatchObject({ code: 'KAFKA_DENIED', message: expect.stringMatching(message) as unknown });
      expect(await goesOn(guest(), topic)).toBe(200);
    },
  );

  test('a password that was changed is told when the login has to be made again; with the new one it goes on', async () => {
    const topic = 'passwords';
    const { kafka } = servers;
    await newTopic(servers.admin, topic, 1, {});
    await send(topic, 100);
    const archiving = startArchive(byPassword(kafka, 'scram-sha-256', kafka.passwords.scram256), place, topic);
    await expect.poll(() => archivedBy(archiving), POLL).toBe(100);

    const change = ['--alter', '--entity-type', 'users', '--entity-name', ADMIN];
    const to = ['--add-config', 'SCRAM-SHA-256=[password=secret-that-is-new]'];
    await kafka.tool('kafka.admin.ConfigCommand', ['--bootstrap-server', kafka.address, ...change, ...to]);
    await kafka.stop();
    await kafka.start();
    await send(topic, 100);
    const failed = await refusal(archiving);

    expect(failed).toMatchObject({
      ...{ code: 'KAFKA_DENIED', message: expect.stringMatching(/does not take this login/) as unknown },
    });
    expect(JSON.stringify(archiving.lines)).not.toContain('secret-');
    expect(await goesOn(byPassword(kafka, 'scram-sha-256', 'secret-that-is-new'), topic)).toBe(200);
  });
});
