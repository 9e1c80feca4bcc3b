/** Every way to connect to a real Kafka by the command, and what it says when one does not work. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { events, permafrostWith } from '../flows/command';
import { ADMIN, GUEST, startSecuredKafka, type SecuredKafka } from './secured-kafka';

const TOPIC = 'secured';
const RECORDS = 200;
const TOKEN_CLIENT = { id: 'archiver', secret: 'secret-of-the-client' };

const whyNot = inject('unavailable').kafka;

describe.skipIf(whyNot !== null)(whyNot ?? 'a Kafka that asks who comes', () => {
  let kafka: SecuredKafka;
  let tokens: { readonly server: Server; readonly endpoint: string };

  beforeAll(async () => {
    kafka = await startSecuredKafka();
    tokens = await startTokenServer();
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
    tokens.server.close();
    await kafka.close();
  });

  const plainClient = (): Kafka =>
    new Kafka({ brokers: [kafka.address], clientId: 'test', logLevel: logLevel.NOTHING });

  interface Way {
    readonly brokers: string;
    readonly flags: readonly string[];
    readonly secrets?: Readonly<Record<string, string>>;
  }

  /** Archives the topic into a folder. */
  async function archive({ brokers, flags, secrets = {} }: Way) {
    const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-secured-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const command = permafrostWith(
      secrets,
      ...['archive', '--brokers', brokers, '--topic', TOPIC, '--group', 'archiver', '--folder', folder],
      ...['--no-encryption', '--until-end', '--json', ...flags],
    );
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

  const withPassword = (mechanism: string, password: string, user = ADMIN): Way => ({
    brokers: kafka.listeners.sasl,
    flags: ['--kafka-ca', kafka.certificates.ca, '--kafka-sasl', mechanism, '--kafka-user', user],
    secrets: { PERMAFROST_KAFKA_PASSWORD: password },
  });
  const withToken = (secret: string, client = TOKEN_CLIENT.id): Way => ({
    brokers: kafka.listeners.sasl,
    flags: [
      ...['--kafka-ca', kafka.certificates.ca, '--kafka-sasl', 'oauthbearer'],
      ...['--kafka-token-endpoint', tokens.endpoint, '--kafka-token-client', client],
    ],
    secrets: { PERMAFROST_KAFKA_TOKEN_SECRET: secret },
  });
  const mutual = (): Way => {
    const { ca, client } = kafka.certificates;
    const flags = ['--kafka-ca', ca, '--kafka-cert', client.certificate, '--kafka-cert-key', client.key];
    return { brokers: kafka.listeners.mutualTls, flags };
  };

  test.each<readonly [string, () => Way]>([
    ['a client certificate', mutual],
    ['PLAIN', () => withPassword('plain', kafka.passwords.plain)],
    ['SCRAM-SHA-256', () => withPassword('scram-sha-256', kafka.passwords.scram256)],
    ['SCRAM-SHA-512', () => withPassword('scram-sha-512', kafka.passwords.scram512)],
    ['OAUTHBEARER', () => withToken(TOKEN_CLIENT.secret)],
  ])('archives with %s', async (name, way) => {
    const { brokers, flags, secrets = {} } = way();
    const group = `by-${name.toLowerCase().replaceAll(' ', '-')}`;
    const { code, records, failure } = await archive({ brokers, flags: [...flags, '--group', group], secrets });
    expect({ code, records, failure }).toEqual({ code: 0, records: RECORDS, failure: undefined });
  });

  test('archives, compares with Kafka and restores with what a settings file says, in transactions over TLS', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-secured-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const passwordFile = path.join(folder, 'password');
    await writeFile(passwordFile, `${kafka.passwords.scram512}\n`);
    const settings = path.join(folder, 'settings.json');
    const login = { sasl: 'scram-sha-512', user: ADMIN, passwordFile, caFile: kafka.certificates.ca };
    const place = { brokers: [kafka.listeners.sasl], kafka: login, folder: path.join(folder, 'archives'), prefix: 'p' };
    await mkdir(place.folder);
    await writeFile(settings, JSON.stringify(place));
    const run = async (...args: string[]) => {
      const command = permafrostWith({}, ...args, '--settings', settings, '--json');
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
    const { brokers, flags, secrets = {} } = withPassword('scram-sha-256', kafka.passwords.scram256);
    const command = permafrostWith(secrets, 'check', '--brokers', brokers, ...flags, '--topic', TOPIC, '--json');
    expect(await command.ended).toMatchObject({ code: 0 });
    const said = events(command, 'step').map(
      ({ name, result, said: text }) => `${String(name)}, ${String(result)}: ${String(text)}`,
    );
    expect(said[1]).toMatch(/^connect with TLS, ok: 1 of 1 broker answers, TLSv1\.3, certificate of server until 20/);
    expect(said[2]).toMatch(/^log in, ok: Cluster .* with 1 broker, logged in by scram-sha-256\.$/);
    expect(said).toHaveLength(5);
  });

  const CHECKS: readonly (readonly [string, () => Way, string, RegExp])[] = [
    [
      'an expired certificate',
      () => ({ brokers: kafka.listeners.expired, flags: ['--kafka-ca', kafka.certificates.ca] }),
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
      () => ({ brokers: kafka.address, flags: ['--kafka-tls'] }),
      'KAFKA_UNAVAILABLE', // Kafka hangs up, and does not say why
      /whether it wants TLS or a login at this port, or neither/,
    ],
    [
      'no TLS where it is wanted',
      () => ({ brokers: kafka.listeners.mutualTls, flags: [] }),
      'KAFKA_UNAVAILABLE',
      /whether it wants TLS or a login/,
    ],
    [
      'a wrong password',
      () => withPassword('scram-sha-512', 'secret-of-nobody'),
      'KAFKA_DENIED',
      /does not take this login/,
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

  test.each(CHECKS)('says what is wrong: %s', async (_name, way, code, message) => {
    const result = await archive(way());
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
    const { brokers, flags, secrets = {} } = withPassword('plain', kafka.passwords.plain, GUEST);
    const names = ['--topic', 'described', '--topic', 'hidden'];
    const command = permafrostWith(
      secrets,
      ...['topics', '--brokers', brokers, ...flags, ...names, '--group', 'of-others', '--json'],
    );

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

/** Client credentials: a token that its client's secret was given for, unsigned as Kafka's test handler takes it. */
async function startTokenServer(): Promise<{ readonly server: Server; readonly endpoint: string }> {
  const server = createServer((request, response) => {
    const isRight = credentialsOf(request) === `${TOKEN_CLIENT.id}:${TOKEN_CLIENT.secret}`;
    const body = isRight
      ? { access_token: unsignedToken(ADMIN), token_type: 'Bearer', expires_in: 300 }
      : { error: 'invalid_client', error_description: 'no such client' };
    response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` };
}

function credentialsOf({ headers }: IncomingMessage): string {
  const basic = Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
  return basic.split(':').map(decodeURIComponent).join(':'); // RFC 6749, section 2.3.1
}

function unsignedToken(subject: string): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + 300 })}.`;
}
