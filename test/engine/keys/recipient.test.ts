import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseIdentity } from '../../../electron/engine/keys/identity';
import { importPrivateKeyPem } from '../../../electron/engine/keys/rsa-key-pair';
import { parseRecipient } from '../../../electron/engine/keys/recipient';
import { codeOf, RSA_PEM, rsaIdentity, X25519_SECRET, x25519Identity } from '../segment/support';

const publicKey = createPublicKey(createPrivateKey(RSA_PEM));
const { publicKey: line } = importPrivateKeyPem(RSA_PEM);
const fileKey = Buffer.from('0123456789abcdef');

test.each([
  ['an ssh-rsa line', line],
  ['an ssh-rsa line with a comment', `${line} me@example.org, at home\n`],
  ['an SPKI PEM', publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ['a PKCS#1 PEM', publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
])('%s becomes a recipient whose stanza its private key opens', (_, text) => {
  const recipient = parseRecipient(text);
  expect(recipient.fingerprint).toBe(rsaIdentity.fingerprint);
  expect(rsaIdentity.unwrap([recipient.wrap(fileKey)])).toEqual(fileKey);
});

test('an age1 recipient is its own fingerprint, and its secret opens what it wraps', () => {
  const recipient = parseRecipient(` ${x25519Identity.fingerprint}\n`);
  expect(recipient.fingerprint).toMatch(/^age1[a-z0-9]{58}$/);
  expect(parseIdentity(`${X25519_SECRET}\n`).unwrap([recipient.wrap(fileKey)])).toEqual(fileKey);
});

test('a file by age-keygen is taken with its comments', () => {
  const file = `# created: 2022-12-20T00:00:00Z\n# public key: ${x25519Identity.fingerprint}\n${X25519_SECRET}\n`;
  expect(parseIdentity(file).fingerprint).toBe(x25519Identity.fingerprint);
});

test('a stanza for somebody else opens with no key', () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    type: 'spki',
    format: 'pem',
  });
  const stanzas = [parseRecipient(stranger.toString()).wrap(fileKey)];
  expect(rsaIdentity.unwrap(stanzas)).toBeNull();
  expect(x25519Identity.unwrap(stanzas)).toBeNull();
});

const shortLine = (): string => {
  const jwk = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const numbers = [jwk.e, jwk.n].map((number) =>
    field(Buffer.concat([Buffer.alloc(1), Buffer.from(number!, 'base64url')])),
  );
  return `ssh-rsa ${Buffer.concat([field(Buffer.from('ssh-rsa')), ...numbers]).toString('base64')}`;
};

test.each([
  ['an age1 recipient with a wrong character', x25519Identity.fingerprint.replace(/.$/, 'x').replace(/x(.)$/, 'y$1')],
  ['an age1 recipient that is cut', x25519Identity.fingerprint.slice(0, -1)],
  ['an age1 recipient in upper case', x25519Identity.fingerprint.toUpperCase()],
  ['an ssh-rsa line that is cut', line.slice(0, -8)],
  [
    'an ssh-rsa line with a byte too many',
    `ssh-rsa ${Buffer.concat([Buffer.from(line.slice(8), 'base64'), Buffer.alloc(1)]).toString('base64')}`,
  ],
  ['an ssh-rsa line of 1024 bits', shortLine()],
  ['two lines', `${line}\n${line}`],
  ['an ssh-ed25519 line', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtm'],
  ['a private key', RSA_PEM],
  ['an age secret', X25519_SECRET],
  ['nothing', ''],
])('%s is refused as a recipient', async (_, text) => {
  expect(await codeOf(() => parseRecipient(text))).toBe('KEY_INVALID');
});

test.each([
  ['an age secret with a wrong character', X25519_SECRET.replace(/.$/, (last) => (last === 'Q' ? 'P' : 'Q'))],
  ['an age secret in lower case', X25519_SECRET.toLowerCase()],
  ['an age recipient', x25519Identity.fingerprint],
])('%s is refused as an identity', async (_, text) => {
  expect(await codeOf(() => parseIdentity(text))).toBe('KEY_INVALID');
});
