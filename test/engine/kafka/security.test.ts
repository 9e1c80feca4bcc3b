import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { fromKafkajs } from '../../../electron/engine/kafka/errors';
import { saslOptions, tlsOptions } from '../../../electron/engine/kafka/security';
import { PermafrostError } from '../../../shared/errors';

test('without an authority of its own the system is trusted, and more than nobody', () => {
  const { ca } = tlsOptions({ ca: null, client: null });
  expect(ca === undefined || ca.length > 10).toBe(true);
});

test('certificates that cannot be used are refused before anybody is asked, and no key is shown', () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const client = { certificate: 'no certificate', key: privateKey, passphrase: null };
  const failed = (): unknown => tlsOptions({ ca: null, client });
  expect(failed).toThrow(PermafrostError);
  expect(failed).toThrow(/client certificate, its key or the CA certificate can't be used/);
  expect(failed).not.toThrow(/PRIVATE KEY/);
});

test('a password goes to kafkajs as it is', () => {
  const sasl = { mechanism: 'scram-sha-256', username: 'me', password: ' p w ' } as const;
  expect(saslOptions(sasl)).toEqual(sasl);
});

const kafkajsError = (name: string, fields: object): Error =>
  Object.assign(new Error('it failed'), { name, ...fields });

test.each([
  ['KafkaJSConnectionError', { code: 'CERT_HAS_EXPIRED' }, 'KAFKA_TLS', 'has expired'],
  ['KafkaJSConnectionError', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'KAFKA_TLS', 'not trusted here'],
  ['KafkaJSConnectionError', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'KAFKA_TLS', 'another host'],
  ['KafkaJSConnectionError', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'KAFKA_TLS', 'does not speak TLS'],
  ['KafkaJSConnectionError', { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }, 'KAFKA_TLS', 'ended the secure connection'],
  ['KafkaJSConnectionError', { code: 'ECONNREFUSED' }, 'KAFKA_UNAVAILABLE', 'does not answer'],
  ['KafkaJSConnectionError', { code: 'ECONNRESET' }, 'KAFKA_UNAVAILABLE', 'whether it wants TLS'],
  ['KafkaJSSASLAuthenticationError', {}, 'KAFKA_DENIED', 'does not take this login'],
  ['KafkaJSProtocolError', { type: 'ILLEGAL_SASL_STATE' }, 'KAFKA_DENIED', 'does not ask for a login'],
  ['KafkaJSProtocolError', { type: 'TOPIC_AUTHORIZATION_FAILED' }, 'KAFKA_DENIED', 'no right to topic birds'],
  ['KafkaJSProtocolError', { type: 'GROUP_AUTHORIZATION_FAILED' }, 'KAFKA_DENIED', 'no right to group watchers'],
  ['KafkaJSProtocolError', { type: 'CLUSTER_AUTHORIZATION_FAILED' }, 'KAFKA_DENIED', 'in the cluster'],
  ['KafkaJSProtocolError', { type: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' }, 'KAFKA_DENIED', 'in transactions'],
  ['KafkaJSProtocolError', { type: 'INVALID_TOPIC_EXCEPTION' }, 'KAFKA_REFUSED', 'refused'],
])('%s with %j is %s: %s', (name, fields, code, words) => {
  const context = { topic: 'birds', group: 'watchers' };
  const wrapped = kafkajsError('KafkaJSNumberOfRetriesExceeded', { cause: kafkajsError(name, fields) });
  const error = fromKafkajs(wrapped, 'Counting birds', context);
  expect(error).toMatchObject({ code, context, retriable: code === 'KAFKA_UNAVAILABLE' });
  expect(error.message).toMatch(/^Counting birds: /);
  expect(error.message).toContain(words);
});

test.each([
  [['birds'], 'no right to topic birds.'],
  [['birds', 'trees'], 'no right to one of the topics birds, trees.'],
  [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'no right to one of the topics a, b, c, d, e and 2 more.'],
])('where Kafka does not say which topic it is, %j are named', (topics, words) => {
  const thrown = kafkajsError('KafkaJSProtocolError', { type: 'TOPIC_AUTHORIZATION_FAILED' });
  expect(fromKafkajs(thrown, 'Counting', { topics }).message).toContain(words);
});

test('an error of ours that kafkajs has wrapped comes out as it is', () => {
  const ours = new PermafrostError('KAFKA_DENIED', 'No token.');
  expect(fromKafkajs(kafkajsError('KafkaJSNonRetriableError', { cause: ours }), 'Connecting')).toBe(ours);
});
