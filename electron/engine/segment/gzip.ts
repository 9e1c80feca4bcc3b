/**
 * Blocks as gzip members (RFC 1952), and the index as one or more empty members whose extra field holds it.
 *
 *     member        1f 8b 08 flags, time 0, 00 ff; [extra field]; deflate; CRC-32; size (4 bytes each)
 *     index member  flags 04 (extra); XLEN (2); "PF", length (2), part of the index, then 12 bytes: part number from 1 (2),
 *                   part count (2), length of this member (4), "PFIX"; deflate of nothing (03 00), 8 zeros
 *
 * All integers little-endian. The header is always the same, so equal blocks give equal bytes on every system.
 */
import { deflateRaw, inflateRaw, type InflateRaw, type ZlibOptions } from 'node:zlib';
import { promisify } from 'node:util';
import { crc32 } from '@node-rs/crc32';
import type { BlockFormat, FirstBlock } from './block-format';
import { damaged, tooLarge } from './errors';

const MEMBER_MAGIC = Buffer.from('1f8b', 'hex');

const BLOCK_HEADER = Buffer.from('1f8b08000000000000ff', 'hex');
const INDEX_HEADER = Buffer.from('1f8b08040000000000ff', 'hex');
const EMPTY_END = Buffer.from('03000000000000000000', 'hex');
const FOOTER_BYTES = 8;
const SUBFIELD = Buffer.from('PF');
const TRAILER_MAGIC = Buffer.from('PFIX');
const TRAILER_BYTES = 12;
/** in front of a part: header, XLEN, subfield id and length */
const PART_AT = INDEX_HEADER.length + 2 + 4;
const PART_OVERHEAD = PART_AT + TRAILER_BYTES + EMPTY_END.length;
/** the extra field's length has 16 bits */
const MAX_PART_BYTES = 60 * 1024;

export const gzip: BlockFormat = {
  codec: 'gzip',
  levels: { min: 1, max: 9, default: 6 },
  blockMagic: BLOCK_HEADER,
  recognizes: (magic) => magic.subarray(0, 2).equals(MEMBER_MAGIC),
  compress: async (block, level) => {
    const footer = Buffer.alloc(FOOTER_BYTES);
    footer.writeUInt32LE(crc32(block));
    footer.writeUInt32LE(block.length, 4);
    return Buffer.concat([
      BLOCK_HEADER,
      await promisify<Buffer, ZlibOptions, Buffer>(deflateRaw)(block, { level }),
      footer,
    ]);
  },
  firstBlock,
  index: { wrap, wrappedSize, unwrap },
};

function wrap(content: Buffer): Buffer {
  const count = Math.max(1, Math.ceil(content.length / MAX_PART_BYTES));
  return Buffer.concat(
    Array.from({ length: count }, (_, part) =>
      indexMember(content.subarray(part * MAX_PART_BYTES, (part + 1) * MAX_PART_BYTES), part + 1, count),
    ),
  );
}

function wrappedSize(tail: Buffer): number | null {
  const trailerAt = tail.length - EMPTY_END.length - TRAILER_BYTES;
  if (trailerAt < 0 || !tail.subarray(-EMPTY_END.length).equals(EMPTY_END)) return null;
  if (!tail.subarray(trailerAt + 8, trailerAt + TRAILER_BYTES).equals(TRAILER_MAGIC)) return null;
  const parts = tail.readUInt16LE(trailerAt + 2);
  if (parts === 0) throw damaged('its index is malformed');
  return (parts - 1) * (MAX_PART_BYTES + PART_OVERHEAD) + tail.readUInt32LE(trailerAt + 4);
}

function unwrap(wrapped: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < wrapped.length; at += MAX_PART_BYTES + PART_OVERHEAD) {
    const member = wrapped.subarray(at, at + MAX_PART_BYTES + PART_OVERHEAD);
    if (member.length < PART_OVERHEAD) throw damaged('its index is malformed');
    parts.push(member.subarray(PART_AT, member.length - TRAILER_BYTES - EMPTY_END.length));
  }
  return Buffer.concat(parts);
}

function indexMember(part: Buffer, number: number, count: number): Buffer {
  const lengths = Buffer.alloc(2);
  lengths.writeUInt16LE(4 + part.length + TRAILER_BYTES);
  const subfieldLength = Buffer.alloc(2);
  subfieldLength.writeUInt16LE(part.length + TRAILER_BYTES);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt16LE(number);
  trailer.writeUInt16LE(count, 2);
  trailer.writeUInt32LE(part.length + PART_OVERHEAD, 4);
  return Buffer.concat([INDEX_HEADER, lengths, SUBFIELD, subfieldLength, part, trailer, TRAILER_MAGIC, EMPTY_END]);
}

async function firstBlock(bytes: Buffer, maxBytes: number): Promise<FirstBlock | null> {
  const header = bytes.subarray(0, BLOCK_HEADER.length);
  if (!header.equals(BLOCK_HEADER.subarray(0, header.length))) throw damaged('something lies where a block should');
  const inflated = await inflate(bytes.subarray(BLOCK_HEADER.length), maxBytes);
  if (inflated === null) return null;
  const footerAt = BLOCK_HEADER.length + inflated.consumed;
  const compressedBytes = footerAt + FOOTER_BYTES;
  if (compressedBytes > bytes.length) return null;
  const { encoded } = inflated;
  if (bytes.readUInt32LE(footerAt) !== crc32(encoded)) throw damaged('the checksum of a block does not hold');
  if (bytes.readUInt32LE(footerAt + 4) !== encoded.length) throw damaged('a block has another size than it says');
  return { encoded, compressedBytes };
}

/** Inflates up to the end that deflate marks itself. @returns null when it goes on behind the bytes */
async function inflate(bytes: Buffer, maxBytes: number): Promise<{ encoded: Buffer; consumed: number } | null> {
  try {
    return await new Promise((resolve, reject) => {
      // `info` is documented and missing from the types: the result then is { buffer, engine }
      const options = { maxOutputLength: maxBytes, info: true };
      inflateRaw(bytes, options, (error, result) => {
        if (error !== null) {
          reject(error);
          return;
        }
        const { buffer, engine } = result as unknown as { buffer: Buffer; engine: InflateRaw };
        resolve({ encoded: buffer, consumed: engine.bytesWritten });
      });
    });
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'Z_BUF_ERROR') return null;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes + 1, maxBytes);
    throw damaged('a block does not decompress', {}, thrown);
  }
}
