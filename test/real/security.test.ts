/** Every way to connect to a real Kafka by the command, and what it says when one does not work. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs-plain';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { events, permafrost } from '../flows/command';
import { byCertificate, byPassword, byToken, permafrostAs, type Login } from './logins';
import { ADMIN, GUEST, startSecuredKafka, type SecuredKafka } from './secured-kafka';
import { startTokenServer, type TokenServer } from './token-server';

const TOPIC = 'secured';
const RECORDS = 200;

const whyNot = inject('unavailable').kafka;

describe.skipIf(whyNot !== null)(whyNot ?? 'a Kafka that asks who comes', () => {
  let kafka: SecuredKafka;
  let tokens: TokenServer;
  let folders: string;

  beforeAll(async () => {
    folders = await mkdtemp(path.join(tmpdir(), 'permafrost-secured-'));
    kafka = await startSecuredKafka();
    tokens = await startTokenServer(ADMIN);
    const client = plainClient();
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 2 }] });
    await admin.disconnect();
    const producer = client.producer();
    await producer.connect();
    const messages = Array.from({ length: RECORDS }, (_, at) => ({ key: String(at), value: `value ${at}` }));
    await producer.send({ topic: TOPIC, messages });
    await producer.disconnect();
  });
  afterAll(async () => {
    await Promise.all([tokens.close(), kafka.close(), rm(folders, { recursive: true, force: true })]);
  });

  const plainClient = (): Kafka =>
    new Kafka({ brokers: [kafka.address], clientId: 'test', logLevel: logLevel.NOTHING });

  /** Archives the topic into a folder. */
  async function archive(login: Login, ...flags: string[]) {
    const folder = await mkdtemp(path.join(folders, 'of-a-test-'));
    const place = ['--topic', TOPIC, '--group', 'archiver', '--folder', folder];
    const command = permafrostAs(login, 'archive', ...place, '--no-encryption', '--until-end', ...flags);
    const { code, stderr } = await command.ended;
    const failure = events(command, 'failed')[0];
    const said = JSON.stringify(command.lines) + stderr;
    for (const secret of ['secret-of-', 'PRIVATE KEY']) expect(said).not.toContain(secret);
    return {
      code,
      problems: events(command, 'problem'),
      records: events(command, 'stopped').at(-1)?.['records'],
      failure,
      stderr,
    };
  }

  const mutual = (): Login => byCertificate(kafka);
  const withPassword = (mechanism: string, password: string, user = ADMIN): Login =>
    byPassword(kafka, mechanism, password, user);
  const withToken = (secret?: string): Login => byToken(kafka, tokens, secret);

  // they wait more than they work
  test.concurrent.each<readonly [string, () => Login]>([
    ['a client certificate', mutual],
    ['PLAIN', () => withPassword('plain', kafka.passwords.plain)],
    ['SCRAM-SHA-256', () => withPassword('scram-sha-256', kafka.passwords.scram256)],
    ['SCRAM-SHA-512', () => withPassword('scram-sha-512', kafka.passwords.scram512)],
    ['OAUTHBEARER', () => withToken()],
  ])('archives with %s', async (name, login) => {
    const group = `by-${name.toLowerCase().replaceAll(' ', '-')}`;
    const { code, records, failure } = await archive(login(), '--group', group);
    expect({ code, records, failure }).toEqual({ code: 0, records: RECORDS, failure: undefined });
  });

  test('archives, compares with Kafka and restores with what a settings file says, in transactions over TLS', async () => {
    const folder = await mkdtemp(path.join(folders, 'of-a-test-'));
    const passwordFile = path.join(folder, 'password');
    await writeFile(passwordFile, `${kafka.passwords.scram512}\n`);
    const settings = path.join(folder, 'settings.json');
    const login = { sasl: 'scram-sha-512', user: ADMIN, passwordFile, caFile: kafka.certificates.ca };
    const place = { brokers: [kafka.listeners.sasl], kafka: login, folder: path.join(folder, 'archives'), prefix: 'p' };
    await mkdir(place.folder);
    await writeFile(settings, JSON.stringify(place));
    const run = async (...args: string[]) => {
      const command = permafrost(...args, '--settings', settings, '--json');
      const { code, stderr } = await command.ended;
      expect({ code, stderr, failed: events(command, 'failed') }).toEqual({ code: 0, stderr: '', failed: [] });
      return command;
    };

    await run('archive', '--topic', TOPIC, '--group', 'by-settings', '--no-encryption', '--until-end');
    const verified = await run('verify', '--group', 'by-settings', '--source');
    const restored = await run('restore', '--topic', TOPIC, '--to-topic', 'restored', '--apply-settings');

    expect(events(verified, 'verified')[0]).toMatchObject({ findings: 0, content: { source: { equal: RECORDS } } });
    expect(events(restored, 'restored')[0]).toMatchObject({ records: RECORDS });
  });

  test('is checked step by step, with the certificate that it shows', async () => {
    const login = withPassword('scram-sha-256', kafka.passwords.scram256);
    const command = permafrostAs(login, 'check', '--topic', TOPIC);
    expect(await command.ended).toMatchObject({ code: 0 });
    const said = events(command, 'step').map(
      ({ name, result, said: text }) => `${String(name)}, ${String(result)}: ${String(text)}`,
    );
    expect(said[1]).toMatch(/^connect with TLS, ok: 1 of 1 broker answers, TLSv1\.3, certificate of server until 20/);
    expect(said[2]).toMatch(/^log in, ok: Cluster .* with 1 broker, logged in by scram-sha-256\.$/);
    expect(said).toHaveLength(5);
  });

  const CHECKS: readonly (readonly [string, () => Login, string, RegExp])[] = [
    [
      'an expired certificate',
      () => ({ brokers: kafka.listeners.expired, flags: ['--kafka-ca', kafka.certificates.ca], secrets: {} }),
      'KAFKA_TLS',
      /certificate has expired/,
    ],
    [
      'an authority that is not trusted',
      () => ({ ...mutual(), flags: [...mutual().flags.slice(2), '--kafka-ca', kafka.certificates.strangerCa] }),
      'KAFKA_TLS',
      /not trusted here.*CA certificate/,
    ],
    [
      'no client certificate where one is wanted',
      () => ({ ...mutual(), flags: mutual().flags.slice(0, 2) }),
      'KAFKA_TLS',
      /wants a certificate of the client/,
    ],
    [
      'TLS where none is spoken',
      () => ({ brokers: kafka.address, flags: ['--kafka-tls'], secrets: {} }),
      'KAFKA_UNAVAILABLE', // Kafka hangs up, and does not say why
      /whether it wants TLS or a login at this port, or neither/,
    ],
    [
      'no TLS where it is wanted',
      () => ({ brokers: kafka.listeners.mutualTls, flags: [], secrets: {} }),
      'KAFKA_UNAVAILABLE',
      /whether it wants TLS or a login/,
    ],
    [
      'a wrong password',
      () => withPassword('scram-sha-512', 'secret-of-nobody'),
      'KAFKA_DENIED',
      /does not take this login/,
    ],
    [
      'a login where none is asked for',
      () => {
        const login = withPassword('plain', kafka.passwords.plain);
        return { ...login, brokers: kafka.address, flags: login.flags.slice(2) };
      },
      'KAFKA_DENIED',
      /does not ask for a login at this port/,
    ],
    ['a user that is not there', () => withPassword('plain', 'secret-of-plain', 'nobody'), 'KAFKA_DENIED', /login/],
    ['a wrong secret of the client', () => withToken('secret-of-nobody'), 'KAFKA_DENIED', /gave no token.*401/],
    [
      'no right to the topic',
      () => withPassword('plain', kafka.passwords.plain, GUEST),
      'KAFKA_DENIED',
      /does not let this user describe topic secured|no right to topic secured/,
    ],
  ];

  test.concurrent.each(CHECKS)('says what is wrong: %s', async (_name, login, code, message) => {
    const result = await archive(login());
    expect(result).toMatchObject({ code: 1, failure: { code, message: expect.stringMatching(message) as unknown } });
  });

  test('says what is wrong: no right to the group; and archives with just the rights that docs/CONNECTIONS.md names', async () => {
    const admin = plainClient().admin();
    await admin.connect();
    const everybody = { principal: `User:${GUEST}`, host: '*', permissionType: AclPermissionTypes.ALLOW };
    const topic = { resourceType: AclResourceTypes.TOPIC, resourceName: TOPIC };
    const operations = [AclOperationTypes.READ, AclOperationTypes.DESCRIBE, AclOperationTypes.DESCRIBE_CONFIGS];
    await admin.createAcls({
      acl: operations.map((operation) => ({
        ...{ ...everybody, ...topic, operation, resourcePatternType: ResourcePatternTypes.LITERAL },
      })),
    });
    const result = await archive(withPassword('plain', kafka.passwords.plain, GUEST));

    expect(result).toMatchObject({
      code: 1,
      failure: { code: 'KAFKA_DENIED', message: expect.stringMatching(/no right to group archiver/) as unknown },
    });

    const group = { resourceType: AclResourceTypes.GROUP, resourceName: 'archiver' };
    const resourcePatternType = ResourcePatternTypes.LITERAL;
    await admin.createAcls({
      acl: [{ ...everybody, ...group, operation: AclOperationTypes.READ, resourcePatternType }],
    });
    await admin.disconnect();
    expect(await archive(withPassword('plain', kafka.passwords.plain, GUEST))).toMatchObject({
      ...{ code: 0, records: RECORDS, problems: [] },
    });
  });

  test('lists the topics that a user may describe, and says why the rest is not known', async () => {
    const admin = plainClient().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'described' }, { topic: 'hidden' }] });
    await admin.createAcls({
      acl: [
        {
          ...{ principal: `User:${GUEST}`, host: '*', permissionType: AclPermissionTypes.ALLOW },
          ...{ resourceType: AclResourceTypes.TOPIC, resourceName: 'described' },
          ...{ operation: AclOperationTypes.DESCRIBE, resourcePatternType: ResourcePatternTypes.LITERAL },
        },
      ],
    });
    await admin.disconnect();
    const login = withPassword('plain', kafka.passwords.plain, GUEST);
    const names = ['--topic', 'described', '--topic', 'hidden'];
    const command = permafrostAs(login, 'topics', ...names, '--group', 'of-others');

    expect(await command.ended).toMatchObject({ code: 1 });

    expect(events(command, 'topic')).toMatchObject([
      { name: 'described', replication: 1, sizeBytes: null, keeping: null, lag: null },
    ]);
    expect(events(command, 'missing')).toMatchObject([{ topic: 'hidden' }]);
    expect(events(command, 'unknown')).toMatchObject([
      { what: 'sizes', why: expect.stringContaining('Give it Describe on the cluster') as unknown },
      { what: 'lags', why: expect.stringMatching(/no right to group of-others/) as unknown },
    ]);
  });
});
