import { expect, test } from 'vitest';
import { permafrost } from './command';

const KAFKA = ['send', '--brokers', 'b:1', '--topic', 't', '--count', '1'];

test.each([
  [['archive', '--topic', 't'], '--brokers is needed'],
  [['archive', '--brokers', 'b:1', '--topic', 'no blanks'], '--topic'],
  [['archive', '--brokers', 'b:1', '--topic', 't', '--endpoint', 'http://h', '--bucket', 'b'], '--recipient is needed'],
  [['archive', '--wrong'], '--wrong'],
  [['archive', '--brokers', 'b:1', '--topic', 't', '--no-encryption'], '--bucket is needed'],
  [['archive', '--brokers', 'b:1', '--topic', 't', '--from', 'soon'], '--from: Takes earliest, latest or a time'],
  [['archive', '--brokers', 'b:1', '--topic', 't', '--workers', '0'], '--workers: takes a number'],
  [['archive', '--brokers', 'b:1', '--topic', 't', '--filter', 'a>b'], '--filter: Behind > stands a number'],
  [['archive', '--brokers', 'b:1', '--topic', 't', '--keep-field', 'a..b'], '--keep-field:'],
  [['archive', '--brokers', 'b:1', '--topic', 't', '--one-in', '1'], '--one-in: Takes a whole number from 2'],
  [['archive', '--brokers', 'b:1'], '--topic is needed'],
  [['send', '--brokers', 'b:1', '--topic', 't'], '--input or --count'],
  [[...KAFKA, '--kafka-sasl', 'gssapi'], '--kafka-sasl: takes plain, scram-sha-256'],
  [[...KAFKA, '--kafka-sasl', 'plain'], '--kafka-user is needed for --kafka-sasl plain'],
  [[...KAFKA, '--kafka-sasl', 'plain', '--kafka-user', 'me'], 'FILE or PERMAFROST_KAFKA_PASSWORD is needed'],
  [[...KAFKA, '--kafka-cert', 'c.pem'], '--kafka-cert and --kafka-cert-key go together'],
  [[...KAFKA, '--kafka-ca', '/no/such.pem'], '--kafka-ca /no/such.pem: ENOENT'],
  [[...KAFKA, '--kafka-token-endpoint', 'http://example.com/token'], 'takes an https URL, or http on this machine'],
  [['list', '--bucket', 'b', '--credentials', 'package.json'], 'not the JSON file of a service account'],
  [['list', '--bucket', 'b', '--credentials', 'c.json', '--anonymous'], '--anonymous excludes --credentials'],
  [['nonsense'], 'there is no command nonsense'],
])('%j is refused with exit code 2', async (args, message) => {
  const { code, stderr } = await permafrost(...args).ended;

  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
