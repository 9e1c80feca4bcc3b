/** The part of sodium-native (it has no types) that is used here: ChaCha20-Poly1305 of RFC 8439. */
declare module 'sodium-native' {
  const sodium: {
    /** `ciphertext` must be 16 bytes longer than `message`, to the byte */
    crypto_aead_chacha20poly1305_ietf_encrypt(
      ciphertext: Buffer,
      message: Buffer,
      additional: Buffer | null,
      nsec: null,
      nonce: Buffer,
      key: Buffer,
    ): number;
    /** `message` must be 16 bytes shorter than `ciphertext`, to the byte; throws when authentication fails */
    crypto_aead_chacha20poly1305_ietf_decrypt(
      message: Buffer,
      nsec: null,
      ciphertext: Buffer,
      additional: Buffer | null,
      nonce: Buffer,
      key: Buffer,
    ): number;
  };
  export default sodium;
}
