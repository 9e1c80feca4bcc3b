/**
 * Reads one segment, whole or block by block. What it returns is proven: authenticated where encrypted, checksums, sizes,
 * counts and offsets held against the index. An archive without an index is read from its beginning, and says so.
 */
import { crc32c } from '@node-rs/crc32';
import { PermafrostError } from '../../../shared/errors';
import type { Identity } from '../keys/stanza';
import { AgeSource } from './age';
import { isAge } from './age-header';
import type { BlockFormat } from './block-format';
import { BLOCK_FORMATS, MAX_BLOCK_BYTES } from './block-formats';
import { damaged, tooLarge } from './errors';
import type { BlockEntry, Codec, SegmentIdentity } from './identity';
import { decodeIndex, encodeIndex, type IndexContent } from './index-content';
import { decodeLines, LineError, type DecodedBlock } from './lines';
import type { RangedSource } from './ranged-source';
import type { ArchivedLine } from './record';
import { TrackedSource } from './tracked-source';

export { openBytes, type RangedSource } from './ranged-source';

export interface ReadLimits {
  /** encoded bytes of a block */
  readonly maxBlockBytes: number;
  readonly maxIndexBytes: number;
}

export interface OpenOptions {
  /** private keys to try; empty for an archive that is not encrypted */
  readonly identities: readonly Identity[];
  readonly limits?: Partial<ReadLimits>;
}

const DEFAULT_LIMITS: ReadLimits = { maxBlockBytes: MAX_BLOCK_BYTES, maxIndexBytes: 64 * 1024 * 1024 };
/** the index of a segment of 1.2 GB of lines */
const TAIL_BYTES = 64 * 1024;
/** reading all: blocks next to each other are fetched together, up to so many stored bytes, encoded bytes and blocks */
const FETCH_BYTES = 4 * 1024 * 1024;
const FETCH_ENCODED_BYTES = 8 * 1024 * 1024;
const FETCH_BLOCKS = 16;

/**
 * Opens a segment: reads its header and its end.
 * @throws PermafrostError NOT_AN_ARCHIVE, ARCHIVE_DAMAGED, ARCHIVE_UNKNOWN_VERSION, ARCHIVE_LIMIT, KEY_MISSING, KEY_WRONG
 * and what the source throws
 */
export async function openSegment(source: RangedSource, options: OpenOptions): Promise<SegmentReader> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const tracked = new TrackedSource(source);
  const age = isAge(await tracked.head()) ? await AgeSource.open(tracked, options.identities) : null;
  const content = age ?? tracked;
  const tail = await content.read(Math.max(0, content.size - TAIL_BYTES), content.size);
  for (const format of Object.values(BLOCK_FORMATS)) {
    const wrappedSize = format.index?.wrappedSize(tail) ?? null;
    if (wrappedSize === null) continue;
    const index = await readIndex(content, tail, format, wrappedSize, limits);
    return new SegmentReader({ tracked, content, age, format, index, limits });
  }
  const format = await recognize(content, age !== null);
  return new SegmentReader({ tracked, content, age, format, index: null, limits });
}

async function readIndex(
  content: RangedSource,
  tail: Buffer,
  { index: wrapping }: BlockFormat,
  size: number,
  { maxIndexBytes }: ReadLimits,
): Promise<IndexContent> {
  const start = content.size - size;
  if (start < 0 || wrapping === null) throw damaged('its index is longer than the archive');
  if (size > maxIndexBytes) throw tooLarge(size, maxIndexBytes);
  const wrapped = size <= tail.length ? tail.subarray(-size) : await content.read(start, content.size);
  const index = decodeIndex(wrapping.unwrap(wrapped));
  // one index has one form: wrapped again it must be the same, to the bit
  if (!wrapping.wrap(encodeIndex(index), index.blocks).equals(wrapped)) throw damaged('its index is malformed');
  const blockBytes = index.blocks.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
  if (blockBytes !== start) throw damaged('its index tells of other blocks than it holds');
  return index;
}

async function recognize(content: RangedSource, isEncrypted: boolean): Promise<BlockFormat> {
  const magic = await content.read(0, Math.min(4, content.size));
  const found = Object.values(BLOCK_FORMATS).find((format) => format.recognizes(magic));
  if (found !== undefined) return found;
  throw new PermafrostError(
    'NOT_AN_ARCHIVE',
    `This is not an archive of Permafrost: ${isEncrypted ? 'it is encrypted, but what is inside is neither' : 'it is neither encrypted, nor'} zstd, gzip or JSON lines. Choose another object.`,
  );
}

export class SegmentReader {
  readonly codec: Codec;
  readonly encrypted: boolean;
  /** what an encrypted archive shows of its recipients: `ssh-rsa <tag>` or the stanza's type, see `tagOfFingerprint` */
  readonly recipients: readonly string[];
  /** null without an index */
  readonly identity: SegmentIdentity | null;
  /** empty without an index */
  readonly blocks: readonly BlockEntry[];
  /** false: incomplete, or written without compression; only count and crc32c of the metadata can vouch for it */
  readonly indexed: boolean;
  readonly #tracked: TrackedSource;
  readonly #content: RangedSource;
  readonly #format: BlockFormat;
  readonly #limits: ReadLimits;
  readonly #starts: readonly number[];

  /** Use `openSegment`. */
  constructor(parts: {
    readonly tracked: TrackedSource;
    readonly content: RangedSource;
    readonly age: AgeSource | null;
    readonly format: BlockFormat;
    readonly index: IndexContent | null;
    readonly limits: ReadLimits;
  }) {
    this.codec = parts.format.codec;
    this.encrypted = parts.age !== null;
    this.recipients = parts.age?.recipients ?? [];
    this.identity = parts.index?.identity ?? null;
    this.blocks = parts.index?.blocks ?? [];
    this.indexed = parts.index !== null;
    this.#tracked = parts.tracked;
    this.#content = parts.content;
    this.#format = parts.format;
    this.#limits = parts.limits;
    let start = 0;
    this.#starts = this.blocks.map(({ compressedBytes }) => (start += compressedBytes) - compressedBytes);
  }

  /** bytes read from the source so far */
  get bytesRead(): number {
    return this.#tracked.bytesRead;
  }

  /**
   * The lines of one block; reads no more than that block. Without an index there are no blocks to choose: see `lines`.
   * @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_LIMIT
   */
  async readBlock(index: number): Promise<ArchivedLine[]> {
    const start = this.#startOf(index);
    const stored = await this.#content.read(start, start + this.#entry(index).compressedBytes);
    return this.#checkedLines(index, await this.#decompress(index, stored)).lines;
  }

  /**
   * The JSON lines of all blocks, in order, decrypted, decompressed and checked by block.
   * @param aheadBytes encoded bytes to read at once: fewer take less memory, and more reads
   * @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_LIMIT
   */
  encodedBlocks(aheadBytes = FETCH_ENCODED_BYTES): AsyncGenerator<Buffer, void, undefined> {
    return this.indexed ? this.#indexedBlocks(aheadBytes) : this.#sequentialBlocks();
  }

  /**
   * The same of some blocks: what is not taken is not read. Without an index there is no choice, and all are given.
   * @param aheadBytes see `encodedBlocks`
   * @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_LIMIT
   */
  async *chosenBlocks(
    takes: (block: BlockEntry, index: number) => boolean,
    aheadBytes = FETCH_ENCODED_BYTES,
  ): AsyncGenerator<{ readonly index: number; readonly encoded: Buffer }, void, undefined> {
    if (!this.indexed) {
      let index = 0;
      for await (const encoded of this.#sequentialBlocks()) yield { index: index++, encoded };
      return;
    }
    const taken = (index: number): boolean => {
      const entry = this.blocks[index];
      return entry !== undefined && takes(entry, index);
    };
    const firstFrom = (from: number): number => {
      let index = from;
      while (index < this.blocks.length && !taken(index)) index += 1;
      return index;
    };
    let first = firstFrom(0);
    let next = this.#fetchFrom(first, aheadBytes, taken);
    while (first < this.blocks.length) {
      const blocks = await next;
      const index = first;
      first = firstFrom(first + blocks.length);
      next = this.#fetchFrom(first, aheadBytes, taken);
      next.catch(() => undefined); // it is awaited in the next round, unless the caller stops before
      for (const [at, encoded] of blocks.entries()) yield { index: index + at, encoded };
    }
  }

  /** All lines, in order, block by block. @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_LIMIT */
  async *lines(): AsyncGenerator<ArchivedLine[], void, undefined> {
    let index = 0;
    let previous: bigint | null = null;
    for await (const encoded of this.encodedBlocks()) {
      const { lines } = this.indexed ? this.#checkedLines(index, encoded) : this.#decodeLines(index, encoded);
      const first = lines[0];
      if (previous !== null && first !== undefined && first.offset <= previous) {
        throw damaged(`offset ${first.offset} goes backwards`, { offset: first.offset.toString() });
      }
      const last = lines.at(-1);
      if (last !== undefined) previous = lastOffsetOf(last);
      index += 1;
      yield lines;
    }
  }

  async *#indexedBlocks(aheadBytes: number): AsyncGenerator<Buffer, void, undefined> {
    let next = this.#fetchFrom(0, aheadBytes);
    for (let index = 0; index < this.blocks.length;) {
      const blocks = await next;
      index += blocks.length;
      next = this.#fetchFrom(index, aheadBytes);
      next.catch(() => undefined); // it is awaited in the next round, unless the caller stops before
      yield* blocks;
    }
  }

  /** Fetches the blocks from this one on that are worth fetching at once, and decompresses them side by side. */
  async #fetchFrom(
    first: number,
    aheadBytes: number,
    takes: (index: number) => boolean = () => true,
  ): Promise<Buffer[]> {
    if (first >= this.blocks.length) return [];
    const start = this.#startOf(first);
    let end = start;
    let encodedBytes = 0;
    let next = first;
    do {
      const { compressedBytes } = this.#entry(next);
      end += compressedBytes;
      encodedBytes += this.#entry(next).encodedBytes;
      next += 1;
    } while (next < first + FETCH_BLOCKS && takes(next) && this.#fits(next, end - start, encodedBytes, aheadBytes));
    const stored = await this.#content.read(start, end);
    return Promise.all(
      this.blocks.slice(first, next).map(({ compressedBytes }, at) => {
        const from = this.#startOf(first + at) - start;
        return this.#decompress(first + at, stored.subarray(from, from + compressedBytes));
      }),
    );
  }

  #fits(index: number, storedBytes: number, encodedBytes: number, aheadBytes: number): boolean {
    const entry = this.blocks[index];
    if (entry === undefined) return false;
    return storedBytes + entry.compressedBytes <= FETCH_BYTES && encodedBytes + entry.encodedBytes <= aheadBytes;
  }

  async *#sequentialBlocks(): AsyncGenerator<Buffer, void, undefined> {
    let pending: Buffer = Buffer.alloc(0);
    let at = 0;
    for (;;) {
      const block = pending.length === 0 ? null : await this.#format.firstBlock(pending, this.#limits.maxBlockBytes);
      if (block !== null) {
        pending = pending.subarray(block.compressedBytes);
        yield block.encoded;
      } else if (at < this.#content.size) {
        const more = Math.max(FETCH_BYTES, pending.length);
        const bytes = await this.#content.read(at, Math.min(this.#content.size, at + more));
        at += bytes.length;
        pending = Buffer.concat([pending, bytes]);
      } else if (pending.length > 0) {
        throw damaged('it is cut off within a block, and its index is missing');
      } else return;
    }
  }

  async #decompress(index: number, stored: Buffer): Promise<Buffer> {
    const entry = this.#entry(index);
    const { maxBlockBytes } = this.#limits;
    if (crc32c(stored) !== entry.crc32c)
      throw damaged(`the checksum of block ${index} does not hold`, { block: index });
    if (entry.encodedBytes > maxBlockBytes) throw tooLarge(entry.encodedBytes, maxBlockBytes);
    const block = await this.#format.firstBlock(stored, entry.encodedBytes);
    const holds = block?.compressedBytes === stored.length && block.encoded.length === entry.encodedBytes;
    if (!holds) throw damaged(`block ${index} is not as the index tells`, { block: index });
    return block.encoded;
  }

  #checkedLines(index: number, encoded: Buffer): DecodedBlock {
    const decoded = this.#decodeLines(index, encoded);
    const entry = this.#entry(index);
    const end = this.blocks[index + 1]?.firstOffset ?? this.identity?.nextOffset ?? entry.firstOffset;
    const last = decoded.lines.at(-1);
    const holds =
      decoded.lines[0]?.offset === entry.firstOffset &&
      last !== undefined &&
      lastOffsetOf(last) < end &&
      decoded.records === entry.records &&
      decoded.someWithoutTimestamp === entry.someWithoutTimestamp &&
      decoded.timestamps?.min === entry.timestamps?.min &&
      decoded.timestamps?.max === entry.timestamps?.max;
    if (!holds) throw damaged(`block ${index} holds other records than the index tells`, { block: index });
    return decoded;
  }

  #decodeLines(index: number, encoded: Buffer): DecodedBlock {
    try {
      return decodeLines(encoded);
    } catch (thrown) {
      if (!(thrown instanceof LineError)) throw thrown;
      const { afterOffset } = thrown;
      const place = afterOffset === null ? 'at its beginning' : `behind offset ${afterOffset}`;
      const context = { block: index, ...(afterOffset === null ? {} : { afterOffset: afterOffset.toString() }) };
      throw damaged(`block ${index} has a malformed line ${place}: ${thrown.message}`, context, thrown);
    }
  }

  #entry(index: number): BlockEntry {
    const entry = this.blocks[index];
    if (entry !== undefined) return entry;
    throw new PermafrostError('INTERNAL', `The archive has no block ${index}, it has ${this.blocks.length}.`);
  }

  #startOf(index: number): number {
    return this.#starts[index] ?? 0;
  }
}

function lastOffsetOf(line: ArchivedLine): bigint {
  return line.kind === 'record' ? line.offset : line.lastOffset;
}
