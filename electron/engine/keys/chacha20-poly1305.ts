/**
 * ChaCha20-Poly1305 (RFC 8439) without additional data. From libsodium: Electron's node:crypto has none.
 */
import sodium from 'sodium-native';

export const TAG_BYTES = 16;
export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;

/** @returns plaintext.length + 16 bytes */
export function seal(key: Buffer, nonce: Buffer, plaintext: Buffer): Buffer {
  const sealed = Buffer.allocUnsafeSlow(plaintext.length + TAG_BYTES);
  sodium.crypto_aead_chacha20poly1305_ietf_encrypt(sealed, plaintext, null, null, nonce, key);
  return sealed;
}

/** Opens into `target`, which must be sealed.length - 16 long. @returns false when it does not authenticate */
export function openInto(target: Buffer, key: Buffer, nonce: Buffer, sealed: Buffer): boolean {
  try {
    sodium.crypto_aead_chacha20poly1305_ietf_decrypt(target, null, sealed, null, nonce, key);
    return true;
  } catch {
    return false; // the sizes are right, so it throws for this reason alone
  }
}
