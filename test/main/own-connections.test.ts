import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { connectionsOf, type Reached } from '../../electron/main/own-connections';
import { asPermafrostError } from '../../shared/errors';
import type { Secrets } from '../../shared/model/connection';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
const PLAIN: Reached['kafka'] = { brokers: ['kafka-1:9092'], tls: null, login: { kind: 'none' } };
const FOLDER: Reached['destination'] = { kind: 'folder', folder: '/archives', prefix: '' };
const GOOGLE = {
  kind: 'cloud-storage',
  login: { kind: 'default' },
  endpoint: null,
  projectId: null,
  userProject: null,
  bucket: 'cold',
  prefix: 'archive',
} as const;

function refusal(reached: Partial<Reached>, secrets: Secrets = {}) {
  try {
    connectionsOf({ kafka: PLAIN, destination: FOLDER, ...reached }, secrets);
  } catch (thrown) {
    const { code, message, context } = asPermafrostError(thrown);
    return { code, message, field: context['field'] };
  }
  throw new Error('It was taken');
}

test('a plain Kafka and a folder need no secret', () => {
  expect(connectionsOf({ kafka: PLAIN, destination: FOLDER }, {})).toEqual({
    kafka: { brokers: ['kafka-1:9092'], clientId: 'permafrost', tls: null, sasl: null },
    storage: { kind: 'folder', folder: '/archives' },
  });
});

test('secrets are put in where they belong', () => {
  const kafka: Reached['kafka'] = {
    brokers: ['kafka-1:9093'],
    tls: { ca: CERTIFICATE, certificate: CERTIFICATE },
    login: { kind: 'password', mechanism: 'scram-sha-512', username: 'archiver' },
  };
  const secrets = { password: 'p', clientKey: 'k', clientKeyPassphrase: 'open' };

  expect(connectionsOf({ kafka, destination: FOLDER }, secrets).kafka).toMatchObject({
    tls: { ca: CERTIFICATE, client: { certificate: CERTIFICATE, key: 'k', passphrase: 'open' } },
    sasl: { mechanism: 'scram-sha-512', username: 'archiver', password: 'p' },
  });
});

describe('a secret that is needed and missing is named', () => {
  const token = { kind: 'token', endpoint: 'https://login.example.com', clientId: 'a', scope: null } as const;
  test.each<[string, Partial<Reached>]>([
    ['password', { kafka: { ...PLAIN, login: { kind: 'password', mechanism: 'plain', username: 'a' } } }],
    ['tokenSecret', { kafka: { ...PLAIN, login: token } }],
    ['clientKey', { kafka: { ...PLAIN, tls: { ca: null, certificate: CERTIFICATE } } }],
    ['serviceAccount', { destination: { ...GOOGLE, login: { kind: 'service-account', email: 'a@b' } } }],
  ])('%s', (name, reached) => {
    expect(refusal(reached)).toMatchObject({ code: 'INPUT_INVALID', field: `secrets.${name}` });
  });
});

test('no secret goes to another machine in the clear', () => {
  const token = { kind: 'token', endpoint: 'http://login.example.com', clientId: 'a', scope: null } as const;
  expect(refusal({ kafka: { ...PLAIN, login: token } }, { tokenSecret: 'never-told' })).toMatchObject({
    code: 'INPUT_INVALID',
    field: 'draft.kafka.login.endpoint',
    message: expect.not.stringContaining('never-told') as unknown,
  });
  expect(refusal({ destination: { ...GOOGLE, endpoint: 'http://storage.example.com' } })).toMatchObject({
    field: 'draft.destination.endpoint',
  });
  const emulator = { ...GOOGLE, login: { kind: 'anonymous' }, endpoint: 'http://storage.example.com' } as const;
  expect(connectionsOf({ kafka: PLAIN, destination: emulator }, {}).storage).toMatchObject({
    endpoint: 'http://storage.example.com',
    credentials: { kind: 'anonymous' },
  });
});

test("a service account's file becomes credentials, and nothing of a wrong one is told", () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const destination = { ...GOOGLE, login: { kind: 'service-account', email: 'a@b' } } as const;
  const file = { type: 'service_account', client_email: 'a@b', private_key: privateKey, project_id: 'p' };

  const { storage } = connectionsOf({ kafka: PLAIN, destination }, { serviceAccount: JSON.stringify(file) });
  expect(storage).toMatchObject({ credentials: { kind: 'service-account', email: 'a@b', projectId: 'p' } });

  const wrong = refusal({ destination }, { serviceAccount: '{"password":"never-told"}' });
  expect(wrong).toMatchObject({ code: 'INPUT_INVALID', message: expect.not.stringContaining('never-told') as unknown });
});
