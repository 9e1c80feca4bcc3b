import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { generateRsaKeyPair, importPrivateKeyPem } from '../../../electron/engine/keys/rsa-key-pair';
import { tagOfFingerprint } from '../../../electron/engine/keys/ssh-rsa';
import { RSA_PEM, codeOf, rsaIdentity, rsaRecipient } from '../segment/support';

// what ssh-keygen -l prints for test-only-rsa.pem
const FINGERPRINT = 'SHA256:G+9aiLnYCMzDS16IXY5bI2Awqrv9a0YVkY5ZM2xY8xo';

test('a generated pair opens with its own PEM and has 3072 bits', async () => {
  const pair = await generateRsaKeyPair();
  expect(pair).toMatchObject({
    bits: 3072,
    fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) as string,
  });
  expect(pair.publicKey).toMatch(/^ssh-rsa AAAA\S+$/);
  expect(importPrivateKeyPem(pair.privateKeyPem)).toEqual(pair);
});

test('the fingerprint is the one ssh-keygen prints', () => {
  expect(importPrivateKeyPem(RSA_PEM).fingerprint).toBe(FINGERPRINT);
  expect(rsaRecipient.fingerprint).toBe(FINGERPRINT);
  expect(rsaIdentity.fingerprint).toBe(FINGERPRINT);
});

test('the tag of a stanza follows from the fingerprint', () => {
  expect(tagOfFingerprint(FINGERPRINT)).toBe(rsaRecipient.wrap(Buffer.alloc(16)).args[0]);
  expect(tagOfFingerprint('SHA256:short')).toBeNull();
  expect(tagOfFingerprint('age1xyz')).toBeNull();
});

test('PKCS#1 and PKCS#8 are taken, with line feeds around them', () => {
  const pkcs1 = createPrivateKey(RSA_PEM).export({ type: 'pkcs1', format: 'pem' }).toString();
  expect(importPrivateKeyPem(`\n${pkcs1}\n\n`)).toEqual(importPrivateKeyPem(RSA_PEM));
});

const make = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
const LOCK = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const;

test.each([
  [
    'a PKCS#8 key with a passphrase',
    /openssl pkey/,
    () => make(2048).privateKey.export({ type: 'pkcs8', format: 'pem', ...LOCK }),
  ],
  [
    'a PKCS#1 key with a passphrase',
    /openssl pkey/,
    () => make(2048).privateKey.export({ type: 'pkcs1', format: 'pem', ...LOCK }),
  ],
  [
    'an OpenSSH key',
    /ssh-keygen -p -m PEM/,
    () => '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n',
  ],
  ['a public key', /public key/, () => make(2048).publicKey.export({ type: 'spki', format: 'pem' })],
  ['an ssh-rsa line', /public key/, () => 'ssh-rsa AAAA'],
  ['a key of 1024 bits', /1024 bits/, () => make(1024).privateKey.export({ type: 'pkcs8', format: 'pem' })],
  [
    'an elliptic key',
    /type ed25519/,
    () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ],
  [
    'a key for signatures alone',
    /type rsa-pss/,
    () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ],
  ['a damaged PEM', /damaged/, () => RSA_PEM.replace(/\n..../, '\nAAAA')],
  ['a cut PEM', /damaged/, () => RSA_PEM.slice(0, 300)],
  ['nothing', /damaged/, () => ''],
  ['a certificate', /certificate/, () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
])('%s is refused with a reason', async (_, reason, text) => {
  const pem = String(text());
  expect(await codeOf(() => importPrivateKeyPem(pem))).toBe('KEY_INVALID');
  expect(() => importPrivateKeyPem(pem)).toThrow(reason);
});
