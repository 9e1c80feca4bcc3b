/**
 * The content of an archive's index, both directions; how it is wrapped is the codec's matter. Little-endian throughout.
 *
 *      0   4  "PFIX"
 *      4   1  format version, 1
 *      5   1  gap: 0 none, 1 before-start, 2 expired, 3 removed
 *      6   2  0
 *      8   4  partition
 *     12   8  first offset (int64)
 *     20   8  next offset (int64)
 *     28   8  records
 *     36   4  number of blocks
 *     40      cluster id, topic, topic id: each its length (2) and UTF-8
 *             the blocks, 44 bytes each:
 *      0   4    compressed bytes
 *      4   4    encoded bytes
 *      8   8    first offset (int64)
 *     16   4    records
 *     20   4    flags: 1 some record has a timestamp, 2 some record has none
 *     24   8    lowest timestamp (int64), 0 without flag 1
 *     32   8    highest timestamp (int64), 0 without flag 1
 *     40   4    CRC-32C of the compressed block
 *             CRC-32C of all before it (4)
 */
import { crc32c } from '@node-rs/crc32';
import { PermafrostError } from '../../../shared/errors';
import { damaged } from './errors';
import { FORMAT_VERSION, type BlockEntry, type GapReason, type SegmentIdentity } from './identity';

export interface IndexContent {
  readonly identity: SegmentIdentity;
  readonly blocks: readonly BlockEntry[];
}

const MAGIC = Buffer.from('PFIX');
const FIXED_BYTES = 40;
const ENTRY_BYTES = 44;
const CHECKSUM_BYTES = 4;
const GAPS: readonly (GapReason | null)[] = [null, 'before-start', 'expired', 'removed'];
const HAS_TIMESTAMP = 1;
const LACKS_TIMESTAMP = 2;

export function encodeIndex({ identity, blocks }: IndexContent): Buffer {
  const head = Buffer.alloc(FIXED_BYTES);
  MAGIC.copy(head);
  head[4] = identity.formatVersion;
  head[5] = GAPS.indexOf(identity.gap);
  head.writeUInt32LE(identity.partition, 8);
  head.writeBigInt64LE(identity.firstOffset, 12);
  head.writeBigInt64LE(identity.nextOffset, 20);
  head.writeBigUInt64LE(BigInt(identity.records), 28);
  head.writeUInt32LE(blocks.length, 36);
  const names = [identity.clusterId, identity.topic, identity.topicId].map(encodeName);
  const content = Buffer.concat([head, ...names, ...blocks.map(encodeEntry)]);
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32c(content));
  return Buffer.concat([content, checksum]);
}

/** @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_UNKNOWN_VERSION */
export function decodeIndex(bytes: Buffer): IndexContent {
  if (bytes.length < FIXED_BYTES + CHECKSUM_BYTES || !bytes.subarray(0, 4).equals(MAGIC)) throw malformed();
  const content = bytes.subarray(0, -CHECKSUM_BYTES);
  if (crc32c(content) !== bytes.readUInt32LE(content.length)) throw damaged('the checksum of its index does not hold');
  const version = content.readUInt8(4);
  if (version !== FORMAT_VERSION) throw unknownVersion(version);
  const names = new Names(content, FIXED_BYTES);
  const gap = GAPS[content.readUInt8(5)];
  if (gap === undefined) throw malformed();
  const identity = {
    formatVersion: FORMAT_VERSION,
    clusterId: names.next(),
    topic: names.next(),
    topicId: names.next(),
    partition: content.readUInt32LE(8),
    firstOffset: content.readBigInt64LE(12),
    nextOffset: content.readBigInt64LE(20),
    records: Number(content.readBigUInt64LE(28)),
    gap,
  } as const;
  const count = content.readUInt32LE(36);
  if (content.length !== names.at + count * ENTRY_BYTES) throw malformed();
  const blocks = Array.from({ length: count }, (_, index) => decodeEntry(content, names.at + index * ENTRY_BYTES));
  checkConsistency(identity, blocks);
  return { identity, blocks };
}

function encodeName(name: string): Buffer {
  const bytes = Buffer.from(name);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

class Names {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): string {
    const start = this.at + 2;
    if (start > this.#bytes.length) throw malformed();
    this.at = start + this.#bytes.readUInt16LE(this.at);
    if (this.at > this.#bytes.length) throw malformed();
    return this.#bytes.toString('utf8', start, this.at);
  }
}

function encodeEntry(entry: BlockEntry): Buffer {
  const { timestamps } = entry;
  const bytes = Buffer.alloc(ENTRY_BYTES);
  bytes.writeUInt32LE(entry.compressedBytes);
  bytes.writeUInt32LE(entry.encodedBytes, 4);
  bytes.writeBigInt64LE(entry.firstOffset, 8);
  bytes.writeUInt32LE(entry.records, 16);
  bytes.writeUInt32LE((timestamps ? HAS_TIMESTAMP : 0) | (entry.someWithoutTimestamp ? LACKS_TIMESTAMP : 0), 20);
  bytes.writeBigInt64LE(timestamps?.min ?? 0n, 24);
  bytes.writeBigInt64LE(timestamps?.max ?? 0n, 32);
  bytes.writeUInt32LE(entry.crc32c, 40);
  return bytes;
}

function decodeEntry(content: Buffer, at: number): BlockEntry {
  const flags = content.readUInt32LE(at + 20);
  const min = content.readBigInt64LE(at + 24);
  const max = content.readBigInt64LE(at + 32);
  return {
    compressedBytes: content.readUInt32LE(at),
    encodedBytes: content.readUInt32LE(at + 4),
    firstOffset: content.readBigInt64LE(at + 8),
    records: content.readUInt32LE(at + 16),
    timestamps: (flags & HAS_TIMESTAMP) === 0 ? null : { min, max },
    someWithoutTimestamp: (flags & LACKS_TIMESTAMP) !== 0,
    crc32c: content.readUInt32LE(at + 40),
  };
}

/** An index whose checksum holds may still have been written wrong, or by somebody else. */
function checkConsistency(identity: SegmentIdentity, blocks: readonly BlockEntry[]): void {
  const { firstOffset, nextOffset } = identity;
  let records = 0;
  for (const [index, block] of blocks.entries()) {
    const end = blocks[index + 1]?.firstOffset ?? nextOffset;
    const holds =
      block.compressedBytes > 0 &&
      block.encodedBytes > 0 &&
      block.firstOffset >= firstOffset &&
      block.firstOffset < end &&
      BigInt(block.records) <= end - block.firstOffset &&
      (block.timestamps === null || block.timestamps.min <= block.timestamps.max);
    if (!holds) throw damaged(`its index contradicts itself about block ${index}`, { block: index });
    records += block.records;
  }
  const holds =
    firstOffset >= 0n &&
    nextOffset >= firstOffset &&
    records === identity.records &&
    (identity.gap === null || (blocks.length === 0 && nextOffset > firstOffset));
  if (!holds) throw damaged('its index contradicts itself');
}

function malformed(): PermafrostError {
  return damaged('its index is malformed');
}

function unknownVersion(version: number): PermafrostError {
  return new PermafrostError(
    'ARCHIVE_UNKNOWN_VERSION',
    `The archive has format version ${version}; this Permafrost reads version ${FORMAT_VERSION}. Open it with a newer Permafrost.`,
    { context: { version } },
  );
}
