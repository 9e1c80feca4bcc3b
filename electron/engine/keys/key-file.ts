/** Private keys in files, as `permafrost keys` makes and shows them. */
import { importPrivateKeyPem, keyInvalid } from './rsa-key-pair';
import { X25519Identity } from './x25519';

export interface KeyFacts {
  readonly kind: 'RSA' | 'X25519';
  /** null where the kind has one size */
  readonly bits: number | null;
  /** as archives name it in their metadata */
  readonly fingerprint: string;
  /** what archives are encrypted to: one line */
  readonly recipient: string;
}

/** @param text as `parseIdentity` takes it @throws PermafrostError KEY_INVALID */
export function keyFacts(text: string): KeyFacts {
  const trimmed = text.replaceAll(/^#.*$/gm, '').trim();
  if (!trimmed.startsWith('AGE-SECRET-KEY-')) {
    const { bits, fingerprint, publicKey } = importPrivateKeyPem(trimmed);
    return { kind: 'RSA', bits, fingerprint, recipient: publicKey };
  }
  const identity = X25519Identity.parse(trimmed);
  if (identity === null) {
    throw keyInvalid('This age identity is not whole: its checksum does not hold. Copy it again.');
  }
  const { fingerprint } = identity;
  return { kind: 'X25519', bits: null, fingerprint, recipient: fingerprint };
}
