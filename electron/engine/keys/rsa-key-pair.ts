/**
 * RSA key pairs: made here, or brought as a PEM file. The private key leaves as PEM (PKCS#8), which `age -d -i` takes.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { PermafrostError } from '../../../shared/errors';
import { MAX_RSA_BITS, MIN_RSA_BITS, rsaFingerprint, sshRsaLine } from './ssh-rsa';

export interface RsaKeyPair {
  /** `SHA256:...`, as `ssh-keygen -l` prints it */
  readonly fingerprint: string;
  readonly bits: number;
  /** one `ssh-rsa` line, as `age -r` takes it */
  readonly publicKey: string;
  /** PKCS#8; a secret */
  readonly privateKeyPem: string;
}

/** NIST rates 3072 bits good beyond 2030; 4096 take about two to three times as long to make and to open with. */
const DEFAULT_BITS = 3072;

/** Takes about half a second, in libuv's pool. */
export async function generateRsaKeyPair(bits: number = DEFAULT_BITS): Promise<RsaKeyPair> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
  return keyPairOf(privateKey);
}

/** @throws PermafrostError KEY_INVALID for anything but a plain RSA private key of at least 2048 bits */
export function importPrivateKeyPem(pem: string): RsaKeyPair {
  return keyPairOf(parseRsaPrivateKey(pem));
}

/** @throws PermafrostError KEY_INVALID for anything but a plain RSA private key (PKCS#1, PKCS#8) of at least 2048 bits */
export function parseRsaPrivateKey(pem: string): KeyObject {
  refuseKnownMistakes(pem);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw keyInvalid(
      'This is not a private key that can be read: its PEM is damaged, or it is not PEM. Choose the .pem file that was exported.',
      cause,
    );
  }
  checkRsa(key);
  return key;
}

/** @throws PermafrostError KEY_INVALID when it is no RSA key, or one of a size that is not taken */
export function checkRsa(key: KeyObject): void {
  if (key.asymmetricKeyType !== 'rsa') {
    throw keyInvalid(`This is a key of type ${key.asymmetricKeyType ?? 'unknown'}. Archives need an RSA key.`);
  }
  const bits = bitsOf(key);
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
    throw keyInvalid(
      `This RSA key has ${bits} bits. Choose one of ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits: shorter ones can be broken.`,
    );
  }
}

export function keyInvalid(message: string, cause?: unknown): PermafrostError {
  return new PermafrostError('KEY_INVALID', message, { cause });
}

function keyPairOf(privateKey: KeyObject): RsaKeyPair {
  const publicKey = createPublicKey(privateKey);
  return {
    fingerprint: rsaFingerprint(publicKey),
    bits: bitsOf(privateKey),
    publicKey: sshRsaLine(publicKey),
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

function bitsOf(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

function refuseKnownMistakes(pem: string): void {
  if (pem.includes('-----BEGIN OPENSSH PRIVATE KEY-----')) {
    throw keyInvalid(
      'This is a key in the format of OpenSSH. Convert a copy of it with: ssh-keygen -p -m PEM -N "" -f <copy>',
    );
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw keyInvalid(
      'This private key is locked with a passphrase. Unlock a copy of it with: openssl pkey -in <key> -out <copy>',
    );
  }
  if (/-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem) || pem.startsWith('ssh-rsa ')) {
    throw keyInvalid('This is a public key. Archives are opened with the private key that belongs to it.');
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----') && !pem.includes('PRIVATE KEY-----')) {
    throw keyInvalid('This is a certificate. Archives are opened with the private key that belongs to it.');
  }
}
