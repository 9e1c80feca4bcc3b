/** What still opens of an age file that was damaged or cut off: its chunks, each for itself. */
import { NONCE_BYTES, openInto, TAG_BYTES } from '../../keys/chacha20-poly1305';
import type { Identity } from '../../keys/stanza';
import { CHUNK_BYTES, PAYLOAD_NONCE_BYTES, SEALED_CHUNK_BYTES, setChunkNonce } from '../age';
import { derive, openHeader } from '../age-header';
import { damaged } from '../errors';
import type { RangedSource } from '../ranged-source';
import type { PatchySource } from './patchy-source';

export class AgeChunks implements PatchySource {
  /** of the plaintext, if all its chunks open */
  readonly size: number;
  readonly #source: RangedSource;
  readonly #start: number;
  readonly #key: Buffer;

  private constructor(source: RangedSource, start: number, key: Buffer) {
    this.#source = source;
    this.#start = start;
    this.#key = key;
    const sealed = Math.max(0, source.size - start);
    this.size = Math.max(0, sealed - Math.ceil(sealed / SEALED_CHUNK_BYTES) * TAG_BYTES);
  }

  /**
   * Without its header an age file has no key: then nothing of it opens.
   * @throws PermafrostError KEY_MISSING, KEY_WRONG, ARCHIVE_DAMAGED
   */
  static async open(source: RangedSource, identities: readonly Identity[]): Promise<AgeChunks> {
    const { fileKey, headerBytes } = await openHeader(source, identities);
    const start = headerBytes + PAYLOAD_NONCE_BYTES;
    if (source.size < start) throw damaged('it is cut off behind its encryption header');
    const nonce = await source.read(headerBytes, start);
    return new AgeChunks(source, start, derive(fileKey, nonce, 'payload'));
  }

  async read(start: number, end: number): Promise<Buffer | null> {
    const first = Math.floor(start / CHUNK_BYTES);
    const parts: Buffer[] = [];
    for (let index = first; index * CHUNK_BYTES < end; index += 1) {
      const chunk = await this.#chunk(index);
      if (chunk === null) return null;
      parts.push(chunk);
    }
    return Buffer.concat(parts).subarray(start - first * CHUNK_BYTES, end - first * CHUNK_BYTES);
  }

  async #chunk(index: number): Promise<Buffer | null> {
    const start = this.#start + index * SEALED_CHUNK_BYTES;
    const sealed = await this.#source.read(start, Math.min(this.#source.size, start + SEALED_CHUNK_BYTES));
    if (sealed.length < TAG_BYTES) return null;
    const plain = Buffer.allocUnsafeSlow(sealed.length - TAG_BYTES);
    const nonce = Buffer.alloc(NONCE_BYTES);
    // where the file was cut, its last chunk may not be marked as such
    for (const isLast of [false, true]) {
      setChunkNonce(nonce, index, isLast);
      if (openInto(plain, this.#key, nonce, sealed)) return plain;
    }
    return null;
  }
}
