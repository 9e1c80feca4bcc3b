// @ts-check
/**
 * Opens an archive without any code of Permafrost: age by its author's own library, zstd by another decoder, the RSA
 * step by Node. What the demo verifies is verified with this, not with the code that wrote.
 */
import { constants, createHash, createPublicKey, privateDecrypt } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { Decrypter } from 'age-encryption';
import { decompress } from 'fzstd';

const AGE_MAGIC = 'age-encryption.org/v1\n';
const LABEL = Buffer.from('age-encryption.org/v1/ssh-rsa');
const ZSTD_MAGIC = 0xfd2fb528;

/**
 * @typedef {object} OpenedArchive
 * @property {boolean} encrypted
 * @property {Buffer} compressed what was inside the encryption
 * @property {Buffer} encoded JSON lines
 */

/**
 * @param {Buffer} stored
 * @param {string} privateKeyPem
 * @returns {Promise<OpenedArchive>}
 */
export async function openArchive(stored, privateKeyPem) {
  const encrypted = stored.subarray(0, AGE_MAGIC.length).toString('latin1') === AGE_MAGIC;
  const compressed = encrypted ? await decrypt(stored, privateKeyPem) : stored;
  return { encrypted, compressed, encoded: decompressed(compressed) };
}

/**
 * @param {Buffer} stored
 * @param {string} privateKeyPem
 */
async function decrypt(stored, privateKeyPem) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(sshRsaIdentity(privateKeyPem));
  return Buffer.from(await decrypter.decrypt(stored));
}

/**
 * age's ssh-rsa recipient, which its library for JavaScript lacks. Source: c2sp.org/age, filippo.io/age/agessh.
 * @param {string} privateKeyPem
 * @returns {import('age-encryption').Identity}
 */
function sshRsaIdentity(privateKeyPem) {
  const tag = createHash('sha256')
    .update(sshWireForm(privateKeyPem))
    .digest()
    .subarray(0, 4)
    .toString('base64')
    .replace(/=+$/, '');
  return {
    unwrapFileKey(stanzas) {
      const ours = stanzas.find(({ args }) => args[0] === 'ssh-rsa' && args[1] === tag);
      if (ours === undefined) return null;
      const key = {
        key: privateKeyPem,
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha256',
        oaepLabel: LABEL,
      };
      return new Uint8Array(privateDecrypt(key, ours.body));
    },
  };
}

/** @param {string} pem */
function sshWireForm(pem) {
  const { e = '', n = '' } = createPublicKey(pem).export({ format: 'jwk' });
  return Buffer.concat([field(Buffer.from('ssh-rsa')), mpint(e), mpint(n)]);
}

/** @param {string} base64url */
function mpint(base64url) {
  const bytes = Buffer.from(base64url, 'base64url');
  return field(bytes.readUInt8(0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** @param {Buffer} bytes */
function field(bytes) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** @param {Buffer} compressed */
function decompressed(compressed) {
  if (compressed.length >= 2 && compressed.readUInt16BE(0) === 0x1f8b) return gunzipSync(compressed);
  if (compressed.length >= 4 && isZstd(compressed.readUInt32LE(0))) return Buffer.from(decompress(compressed));
  return compressed;
}

/** @param {number} magic of a zstd frame or a skippable frame */
function isZstd(magic) {
  return magic === ZSTD_MAGIC || (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
}
