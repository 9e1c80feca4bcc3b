/**
 * Blocks as zstd frames (RFC 8878), each with its content size and checksum, and the index as two skippable frames: ours,
 * then the seek table of the zstd seekable format (facebook/zstd, contrib/seekable_format).
 *
 *     frame         magic, frame header, blocks, low 4 bytes of XXH64 of the content
 *     frame header  descriptor; window byte unless "single segment"; content size
 *     block         3 bytes: last (1 bit), type (2 bits), size (21 bits); content
 *     skippable     magic 0x184D2A5?, size of its content (4 bytes), content
 *     seek table    an entry a frame: compressed size, decompressed size (4 bytes each);
 *                   number of frames (4), descriptor 0, magic 0x8F92EAB1
 *
 * All integers little-endian.
 */
import { Decoder, Encoder } from '@toondepauw/node-zstd';
import { xxh64 } from '@node-rs/xxhash';
import { PermafrostError } from '../../../shared/errors';
import type { BlockFormat, FirstBlock } from './block-format';
import { damaged, tooLarge } from './errors';
import type { BlockEntry } from './identity';

const FRAME_MAGIC = 0xfd2fb528;
/** of the skippable frame that carries our index */
const INDEX_MAGIC = 0x184d2a5b;

const SEEK_TABLE_MAGIC = 0x184d2a5e;
const SEEKABLE_MAGIC = 0x8f92eab1;
const SKIPPABLE_HEAD_BYTES = 8;
const SEEK_ENTRY_BYTES = 8;
const SEEK_FOOTER_BYTES = 9;

const SINGLE_SEGMENT = 0b0010_0000;
const RESERVED = 0b0000_1000;
const CHECKSUM = 0b0000_0100;
const DICTIONARY = 0b0000_0011;
const SIZE_IN_4_BYTES = 0b1000_0000;
const CHECKSUM_BYTES = 4;
const MAX_BLOCK_BYTES = 128 * 1024;
/** libzstd opens no larger windows unless told to */
const MAX_WINDOW_LOG = 27;
const RLE_BLOCK = 1;
const COMPRESSED_BLOCK = 2;
const RESERVED_BLOCK = 3;

const decoder = new Decoder();
const encoders = new Map<number, Encoder>();

export const zstd: BlockFormat = {
  codec: 'zstd',
  levels: { min: 1, max: 22, default: 3 },
  blockMagic: Buffer.from('28b52ffd', 'hex'),
  recognizes: (magic) => magic.length === 4 && [FRAME_MAGIC, INDEX_MAGIC].includes(magic.readUInt32LE()),
  compress: async (block, level) => completeFrame(await encoderOf(level).encode(block), block),
  firstBlock,
  index: { wrap, wrappedSize, unwrap },
};

function wrap(content: Buffer, blocks: readonly BlockEntry[]): Buffer {
  const index = skippable(INDEX_MAGIC, content);
  return Buffer.concat([index, skippable(SEEK_TABLE_MAGIC, seekTable(blocks, index.length))]);
}

function wrappedSize(tail: Buffer): number | null {
  if (tail.length < SEEK_FOOTER_BYTES || tail.readUInt32LE(tail.length - 4) !== SEEKABLE_MAGIC) return null;
  const frames = tail.readUInt32LE(tail.length - SEEK_FOOTER_BYTES);
  const lastEntry = tail.length - SEEK_FOOTER_BYTES - SEEK_ENTRY_BYTES;
  if (frames === 0 || lastEntry < 0) throw damaged('its seek table is malformed');
  return SKIPPABLE_HEAD_BYTES + frames * SEEK_ENTRY_BYTES + SEEK_FOOTER_BYTES + tail.readUInt32LE(lastEntry);
}

function unwrap(wrapped: Buffer): Buffer {
  const end = SKIPPABLE_HEAD_BYTES + (wrapped.length < SKIPPABLE_HEAD_BYTES ? 0 : wrapped.readUInt32LE(4));
  if (end > wrapped.length || wrapped.readUInt32LE(0) !== INDEX_MAGIC) throw damaged('its index is malformed');
  return wrapped.subarray(SKIPPABLE_HEAD_BYTES, end);
}

function encoderOf(level: number): Encoder {
  const known = encoders.get(level);
  if (known !== undefined) return known;
  const encoder = new Encoder(level);
  encoders.set(level, encoder);
  return encoder;
}

/** The encoder streams, so it writes neither content size nor checksum: this puts them in. */
function completeFrame(frame: Buffer, content: Buffer): Buffer {
  const header = parseFrameHeader(frame);
  if (header === null) throw new PermafrostError('INTERNAL', 'The zstd encoder wrote a frame without a header.');
  const blocks = frame.subarray(header.bytes, frame.length - (header.hasChecksum ? CHECKSUM_BYTES : 0));
  const head = Buffer.alloc(4 + 1 + header.window.length + 4);
  head.writeUInt32LE(FRAME_MAGIC);
  head[4] = SIZE_IN_4_BYTES | CHECKSUM | (header.window.length === 0 ? SINGLE_SEGMENT : 0);
  header.window.copy(head, 5);
  head.writeUInt32LE(content.length, 5 + header.window.length);
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(Number(xxh64(content) & 0xffffffffn));
  return Buffer.concat([head, blocks, checksum]);
}

async function firstBlock(bytes: Buffer, maxBytes: number): Promise<FirstBlock | null> {
  if (bytes.length >= 4 && bytes.readUInt32LE(0) !== FRAME_MAGIC) throw damaged('something lies where a block should');
  const header = parseFrameHeader(bytes);
  if (header === null) return null;
  const { contentBytes } = header;
  if (contentBytes === null || !header.hasChecksum) throw damaged('a block lacks its size or checksum');
  if (contentBytes > maxBytes) throw tooLarge(contentBytes, maxBytes);
  const extent = frameExtent(bytes, header);
  if (extent === null) return null;
  await assertBounded(bytes, header, contentBytes, extent.maxContentBytes);
  const encoded = await decode(bytes.subarray(0, extent.bytes));
  if (encoded.length !== contentBytes) throw damaged('a block decompresses to another size than it says');
  return { encoded, compressedBytes: extent.bytes };
}

/** what a frame may decode to above its claim before that is found out */
const SLACK_BYTES = 8 * 1024 * 1024;

/**
 * A frame may claim little and decode to much, and the decoder knows no limit. Headers tell how much the blocks could hold at
 * most; honest ones hold at most twice what they claim at usual levels, but at high ones blocks are split. Where it is
 * more, the frame is decoded in growing parts first, each of which can't exceed the claim by more than the slack.
 * @throws PermafrostError ARCHIVE_LIMIT before more than that was decoded
 */
async function assertBounded(
  bytes: Buffer,
  header: FrameHeader,
  contentBytes: number,
  maxContentBytes: number,
): Promise<void> {
  if (maxContentBytes <= contentBytes + Math.max(contentBytes, SLACK_BYTES)) return;
  const blocks = [...frameBlocks(bytes, header.bytes)];
  const head = prefixHead(header, contentBytes);
  let decodedBytes = 0;
  let next = 0;
  while (next < blocks.length) {
    let mayHold = decodedBytes;
    const first = next;
    for (let block = blocks[next]; block !== undefined; block = blocks[next]) {
      if (mayHold + block.maxContentBytes > contentBytes + SLACK_BYTES) break;
      mayHold += block.maxContentBytes;
      next += 1;
    }
    // an RLE block alone tells its size: it may be larger than all there should be
    if (next === first) throw tooLarge(mayHold + (blocks[next]?.maxContentBytes ?? 0), contentBytes);
    decodedBytes = (await decode(framePrefix(bytes, head, header.bytes, blocks[next - 1]))).length;
    if (decodedBytes > contentBytes) throw tooLarge(decodedBytes, contentBytes);
  }
}

/** Neither content size nor checksum: of a part of the frame both would be wrong. */
function prefixHead({ window }: FrameHeader, contentBytes: number): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(FRAME_MAGIC);
  const windowLog = Math.min(MAX_WINDOW_LOG, Math.max(10, Math.ceil(Math.log2(Math.max(1, contentBytes)))));
  head[5] = window[0] ?? (windowLog - 10) << 3;
  return head;
}

/** The frame up to and with a block, which becomes its last one. */
function framePrefix(bytes: Buffer, head: Buffer, start: number, last: FrameBlock | undefined): Buffer {
  const prefix = Buffer.concat([head, bytes.subarray(start, last?.end ?? start)]);
  const at = head.length + (last?.start ?? start) - start;
  prefix[at] = (prefix[at] ?? 0) | 1;
  return prefix;
}

/** Checks the content's size and checksum too, libzstd does. */
async function decode(frame: Buffer): Promise<Buffer> {
  try {
    return await decoder.decode(frame);
  } catch (cause) {
    throw damaged('a block does not decompress', {}, cause);
  }
}

interface FrameHeader {
  /** magic included */
  readonly bytes: number;
  /** one byte, or none in a frame of a single segment */
  readonly window: Buffer;
  readonly hasChecksum: boolean;
  readonly contentBytes: number | null;
}

/** @returns null when the header goes on behind the bytes */
function parseFrameHeader(bytes: Buffer): FrameHeader | null {
  const descriptor = bytes[4];
  if (descriptor === undefined) return null;
  if ((descriptor & (RESERVED | DICTIONARY)) !== 0) throw damaged('a block has a header that is not of this format');
  const isSingle = (descriptor & SINGLE_SEGMENT) !== 0;
  const sizeFlag = descriptor >>> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingle ? 1 : 0) : 1 << sizeFlag;
  const sizeAt = isSingle ? 5 : 6;
  if (bytes.length < sizeAt + sizeBytes) return null;
  return {
    bytes: sizeAt + sizeBytes,
    window: bytes.subarray(5, sizeAt),
    hasChecksum: (descriptor & CHECKSUM) !== 0,
    contentBytes: contentSize(bytes, sizeAt, sizeBytes),
  };
}

function contentSize(bytes: Buffer, at: number, sizeBytes: number): number | null {
  if (sizeBytes === 0) return null;
  if (sizeBytes === 8) return Number(bytes.readBigUInt64LE(at));
  return bytes.readUIntLE(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
}

interface FrameBlock {
  readonly start: number;
  readonly end: number;
  readonly isLast: boolean;
  /** it decodes to no more */
  readonly maxContentBytes: number;
}

/** The blocks of a frame, as far as the bytes go. */
function* frameBlocks(bytes: Buffer, start: number): Generator<FrameBlock> {
  for (let at = start; at + 3 <= bytes.length;) {
    const head = bytes.readUIntLE(at, 3);
    const type = (head >>> 1) & 0b11;
    const size = head >>> 3;
    if (type === RESERVED_BLOCK || size > MAX_BLOCK_BYTES) throw damaged('a block is malformed');
    const maxContentBytes = type === COMPRESSED_BLOCK ? MAX_BLOCK_BYTES : size;
    const end = at + 3 + (type === RLE_BLOCK ? 1 : size);
    const isLast = (head & 1) === 1;
    yield { start: at, end, isLast, maxContentBytes };
    if (isLast) return;
    at = end;
  }
}

/** Where a frame ends, and how much it could decode to. Null when it goes on behind the bytes. */
function frameExtent(bytes: Buffer, header: FrameHeader): { bytes: number; maxContentBytes: number } | null {
  let sum = 0;
  for (const { end, isLast, maxContentBytes } of frameBlocks(bytes, header.bytes)) {
    sum += maxContentBytes;
    if (isLast && end + CHECKSUM_BYTES <= bytes.length) return { bytes: end + CHECKSUM_BYTES, maxContentBytes: sum };
  }
  return null;
}

/** Our index frame has the last entry, with a decompressed size of 0: some readers want every frame in the table. */
function seekTable(blocks: readonly BlockEntry[], indexFrameBytes: number): Buffer {
  const table = Buffer.alloc((blocks.length + 1) * SEEK_ENTRY_BYTES + SEEK_FOOTER_BYTES);
  let at = 0;
  for (const { compressedBytes, encodedBytes } of blocks) {
    at = table.writeUInt32LE(compressedBytes, at);
    at = table.writeUInt32LE(encodedBytes, at);
  }
  at = table.writeUInt32LE(indexFrameBytes, at);
  at = table.writeUInt32LE(0, at);
  at = table.writeUInt32LE(blocks.length + 1, at);
  at = table.writeUInt8(0, at);
  table.writeUInt32LE(SEEKABLE_MAGIC, at);
  return table;
}

function skippable(magic: number, content: Buffer): Buffer {
  const head = Buffer.alloc(SKIPPABLE_HEAD_BYTES);
  head.writeUInt32LE(magic);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}
