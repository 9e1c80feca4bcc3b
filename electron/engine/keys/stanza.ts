/**
 * The border between keys and the age format: a file key is wrapped for each recipient into one stanza of the header.
 * Source: c2sp.org/age, "Recipient stanza".
 */
export const FILE_KEY_BYTES = 16;

export interface Stanza {
  readonly type: string;
  readonly args: readonly string[];
  readonly body: Buffer;
}

/** Somebody an archive is encrypted to. Holds public material alone. */
export interface Recipient {
  /** `SHA256:...` as `ssh-keygen -l` prints it for an RSA key; the recipient itself for `age1...` */
  readonly fingerprint: string;
  wrap(fileKey: Buffer): Stanza;
}

/** A private key that opens archives. */
export interface Identity {
  /** the same as its recipient's */
  readonly fingerprint: string;
  /**
   * @returns the file key, null when no stanza is for this key
   * @throws PermafrostError ARCHIVE_DAMAGED when a stanza is for this key and does not hold
   */
  unwrap(stanzas: readonly Stanza[]): Buffer | null;
}
