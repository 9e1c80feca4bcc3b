/**
 * age's own keys: `age1...` and `AGE-SECRET-KEY-1...`, and their stanza `X25519`.
 * Source: c2sp.org/age, "The X25519 recipient type".
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { PermafrostError } from '../../../shared/errors';
import { decodeBech32, encodeBech32 } from './bech32';
import { KEY_BYTES, NONCE_BYTES, openInto, seal, TAG_BYTES } from './chacha20-poly1305';
import { decodeRawBase64, encodeRawBase64 } from './raw-base64';
import { FILE_KEY_BYTES, type Identity, type Recipient, type Stanza } from './stanza';

export const X25519 = 'X25519';

const POINT_BYTES = 32;
const RECIPIENT_PREFIX = 'age';
const IDENTITY_PREFIX = 'age-secret-key-';
const WRAP_INFO = 'age-encryption.org/v1/X25519';
/** each wrapping key is used once, so the nonce may be constant */
const ZERO_NONCE = Buffer.alloc(NONCE_BYTES);
/** DER around a raw key (RFC 8410) */
const SPKI_HEAD = Buffer.from('302a300506032b656e032100', 'hex');
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

export class X25519Recipient implements Recipient {
  readonly fingerprint: string;
  readonly #point: Buffer;
  readonly #key: KeyObject;

  private constructor(point: Buffer) {
    this.#point = point;
    this.#key = publicKeyOf(point);
    this.fingerprint = encodeBech32(RECIPIENT_PREFIX, point);
  }

  /** @param text `age1...` @returns null when it is none */
  static parse(text: string): X25519Recipient | null {
    const point = decodeBech32(RECIPIENT_PREFIX, text);
    return point?.length === POINT_BYTES && text.startsWith('age1') ? new X25519Recipient(point) : null;
  }

  wrap(fileKey: Buffer): Stanza {
    const ephemeral = generateKeyPairSync('x25519');
    const share = rawPoint(ephemeral.publicKey);
    const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: this.#key });
    const body = seal(wrapKey(shared, share, this.#point), ZERO_NONCE, fileKey);
    return { type: X25519, args: [encodeRawBase64(share)], body };
  }
}

export class X25519Identity implements Identity {
  readonly fingerprint: string;
  readonly #key: KeyObject;
  readonly #point: Buffer;

  private constructor(key: KeyObject) {
    this.#key = key;
    this.#point = rawPoint(createPublicKey(key));
    this.fingerprint = encodeBech32(RECIPIENT_PREFIX, this.#point);
  }

  /** @param text `AGE-SECRET-KEY-1...` @returns null when it is none */
  static parse(text: string): X25519Identity | null {
    const secret = text === text.toUpperCase() ? decodeBech32(IDENTITY_PREFIX, text) : null;
    if (secret?.length !== KEY_BYTES) return null;
    const key = Buffer.concat([PKCS8_HEAD, secret]);
    return new X25519Identity(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
  }

  unwrap(stanzas: readonly Stanza[]): Buffer | null {
    for (const stanza of stanzas) {
      const fileKey = stanza.type === X25519 ? this.#open(stanza) : null;
      if (fileKey !== null) return fileKey;
    }
    return null;
  }

  /** A stanza does not show whom it is for: one that does not open is another's. */
  #open({ args, body }: Stanza): Buffer | null {
    const share = args.length === 1 ? decodeRawBase64(args[0] ?? '') : null;
    if (share?.length !== POINT_BYTES || body.length !== FILE_KEY_BYTES + TAG_BYTES) throw malformed();
    const fileKey = Buffer.alloc(FILE_KEY_BYTES);
    const key = wrapKey(this.#sharedWith(share), share, this.#point);
    return openInto(fileKey, key, ZERO_NONCE, body) ? fileKey : null;
  }

  #sharedWith(share: Buffer): Buffer {
    try {
      return diffieHellman({ privateKey: this.#key, publicKey: publicKeyOf(share) });
    } catch {
      throw malformed(); // a point of low order
    }
  }
}

/** `AGE-SECRET-KEY-1...`; a secret */
export function generateX25519Secret(): string {
  const { privateKey } = generateKeyPairSync('x25519');
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_HEAD.length);
  return encodeBech32(IDENTITY_PREFIX, secret).toUpperCase();
}

function wrapKey(shared: Buffer, share: Buffer, recipient: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([share, recipient]), WRAP_INFO, KEY_BYTES));
}

function publicKeyOf(point: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, point]), format: 'der', type: 'spki' });
}

function rawPoint(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);
}

function malformed(): PermafrostError {
  return new PermafrostError(
    'ARCHIVE_DAMAGED',
    'The head of the archive is damaged: one of its X25519 stanzas is malformed. Fetch the archive again.',
  );
}
