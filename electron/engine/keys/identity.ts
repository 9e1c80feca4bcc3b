/**
 * Reads the private keys that open archives.
 */
import { keyInvalid, parseRsaPrivateKey } from './rsa-key-pair';
import { SshRsaIdentity } from './ssh-rsa';
import type { Identity } from './stanza';
import { X25519Identity } from './x25519';

export type { Identity } from './stanza';

/**
 * @param text an RSA private key as PEM (PKCS#1 or PKCS#8, not locked), or `AGE-SECRET-KEY-1...`, as age-keygen writes it
 * @throws PermafrostError KEY_INVALID
 */
export function parseIdentity(text: string): Identity {
  const trimmed = text.replaceAll(/^#.*$/gm, '').trim();
  if (!trimmed.startsWith('AGE-SECRET-KEY-')) return new SshRsaIdentity(parseRsaPrivateKey(trimmed));
  const identity = X25519Identity.parse(trimmed);
  if (identity !== null) return identity;
  throw keyInvalid('This age identity is not whole: its checksum does not hold. Copy it again.');
}
