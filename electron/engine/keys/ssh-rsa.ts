/**
 * RSA keys as age uses them: a stanza `ssh-rsa`, whose argument is the first 4 bytes of SHA-256 of the key's SSH wire
 * form, and whose body is the file key under RSA-OAEP with SHA-256 and a label. So `age -d -i key.pem` opens archives.
 * Sources: age's agessh package; RFC 4253, section 6.6 (wire form); RFC 8017 (OAEP).
 */
import { constants, createHash, createPublicKey, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto';
import { PermafrostError } from '../../../shared/errors';
import { decodeRawBase64, encodeRawBase64 } from './raw-base64';
import { FILE_KEY_BYTES, type Identity, type Recipient, type Stanza } from './stanza';

export const SSH_RSA = 'ssh-rsa';
/** age would take shorter ones; they can be broken */
export const MIN_RSA_BITS = 2048;
export const MAX_RSA_BITS = 16384;

const TAG_BYTES = 4;
const OAEP = {
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: 'sha256',
  oaepLabel: Buffer.from('age-encryption.org/v1/ssh-rsa'),
};

export class SshRsaRecipient implements Recipient {
  readonly fingerprint: string;
  readonly #key: KeyObject;
  readonly #tag: string;

  constructor(publicKey: KeyObject) {
    this.#key = publicKey;
    this.fingerprint = rsaFingerprint(publicKey);
    this.#tag = stanzaTag(publicKey);
  }

  wrap(fileKey: Buffer): Stanza {
    return { type: SSH_RSA, args: [this.#tag], body: publicEncrypt({ key: this.#key, ...OAEP }, fileKey) };
  }
}

export class SshRsaIdentity implements Identity {
  readonly fingerprint: string;
  readonly #key: KeyObject;
  readonly #tag: string;

  constructor(privateKey: KeyObject) {
    const publicKey = createPublicKey(privateKey);
    this.#key = privateKey;
    this.fingerprint = rsaFingerprint(publicKey);
    this.#tag = stanzaTag(publicKey);
  }

  unwrap(stanzas: readonly Stanza[]): Buffer | null {
    const stanza = stanzas.find(({ type, args }) => type === SSH_RSA && args.length === 1 && args[0] === this.#tag);
    return stanza === undefined ? null : this.#open(stanza);
  }

  #open({ body }: Stanza): Buffer {
    try {
      const fileKey = privateDecrypt({ key: this.#key, ...OAEP }, body);
      if (fileKey.length === FILE_KEY_BYTES) return fileKey;
    } catch (cause) {
      throw this.#damaged(cause);
    }
    throw this.#damaged();
  }

  #damaged(cause?: unknown): PermafrostError {
    return new PermafrostError(
      'ARCHIVE_DAMAGED',
      `The archive is encrypted to the key ${this.fingerprint}, but what it holds for that key is damaged. Fetch the archive again; if it stays so, use another copy.`,
      { context: { key: this.fingerprint }, cause },
    );
  }
}

/** `SHA256:...`, as `ssh-keygen -l` prints it. */
export function rsaFingerprint(publicKey: KeyObject): string {
  return `SHA256:${encodeRawBase64(wireDigest(publicKey))}`;
}

/** What the stanza of a key shows of it: the first 4 bytes of the fingerprint's hash, in base64. */
export function stanzaTag(publicKey: KeyObject): string {
  return encodeRawBase64(wireDigest(publicKey).subarray(0, TAG_BYTES));
}

/** The tag that the stanza of the key with this fingerprint carries. */
export function tagOfFingerprint(fingerprint: string): string | null {
  const digest = fingerprint.startsWith('SHA256:') ? decodeRawBase64(fingerprint.slice('SHA256:'.length)) : null;
  return digest?.length === 32 ? encodeRawBase64(digest.subarray(0, TAG_BYTES)) : null;
}

/** One line, as `~/.ssh/id_rsa.pub` holds it and `age -r` takes it. */
export function sshRsaLine(publicKey: KeyObject): string {
  return `${SSH_RSA} ${sshWire(publicKey).toString('base64')}`;
}

/** @returns null when the bytes are not an RSA key in SSH's wire form */
export function parseSshWire(wire: Buffer): KeyObject | null {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= wire.length) {
    const end = at + 4 + wire.readUInt32BE(at);
    if (end > wire.length) return null;
    fields.push(wire.subarray(at + 4, end));
    at = end;
  }
  const [type, e, n] = fields;
  if (at !== wire.length || fields.length !== 3 || type?.toString() !== SSH_RSA) return null;
  const key = {
    kty: 'RSA',
    e: e?.toString('base64url') ?? '',
    n: stripSign(n ?? Buffer.alloc(0)).toString('base64url'),
  };
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return null; // numbers that are no RSA key
  }
}

function wireDigest(publicKey: KeyObject): Buffer {
  return createHash('sha256').update(sshWire(publicKey)).digest();
}

function sshWire(publicKey: KeyObject): Buffer {
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([
    wireField(Buffer.from(SSH_RSA)),
    wireField(unsigned(Buffer.from(e, 'base64url'))),
    wireField(unsigned(Buffer.from(n, 'base64url'))),
  ]);
}

function wireField(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** An mpint is signed: a zero byte goes before a number whose highest bit is set. */
function unsigned(number: Buffer): Buffer {
  return (number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), number]) : number;
}

function stripSign(number: Buffer): Buffer {
  return number[0] === 0 ? number.subarray(1) : number;
}
