/**
 * What can still be had of a damaged segment: each block that holds for itself, authenticated where encrypted, by its own
 * checksum, and as the index says where that holds. Nothing else of the reader's proofs is left out.
 */
import { crc32c } from '@node-rs/crc32';
import { asPermafrostError, PermafrostError } from '../../../../shared/errors';
import type { Identity } from '../../keys/stanza';
import { isAge } from '../age-header';
import type { BlockFormat } from '../block-format';
import { BLOCK_FORMATS, MAX_BLOCK_BYTES } from '../block-formats';
import type { BlockEntry, Codec, SegmentIdentity } from '../identity';
import { decodeIndex, encodeIndex, type IndexContent } from '../index-content';
import { LineError } from '../lines';
import type { RangedSource } from '../ranged-source';
import { lineTranslator, type BlockFacts } from '../record-runs';
import { AgeChunks } from './age-chunks';
import { asPatchy, type PatchySource } from './patchy-source';
import { scanBlocks, scanLines } from './scan';

const TAIL_BYTES = 64 * 1024;
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

export interface SalvagedBlock {
  /** JSON lines */
  readonly encoded: Buffer;
  readonly facts: BlockFacts;
}

export interface Salvage {
  readonly codec: Codec;
  readonly encrypted: boolean;
  /** of the index; null when that is lost */
  readonly identity: SegmentIdentity | null;
  /** In the order of the segment, null where something is lost or may be; each time anew. */
  blocks(): AsyncIterable<SalvagedBlock | null>;
}

/**
 * @param codec as the metadata tell; null when they are lost too
 * @throws PermafrostError NOT_AN_ARCHIVE when nothing shows what it was; ARCHIVE_DAMAGED when its encryption header is lost, and
 * all with it; ARCHIVE_UNKNOWN_VERSION; KEY_MISSING, KEY_WRONG; what the source throws
 */
export async function salvageSegment(
  source: RangedSource,
  identities: readonly Identity[],
  codec: Codec | null,
): Promise<Salvage> {
  const head = await source.read(0, Math.min(source.size, 64));
  const encrypted = isAge(head);
  const content = encrypted ? await AgeChunks.open(source, identities) : asPatchy(source);
  const indexed = await findIndex(content);
  if (indexed !== null) {
    const { format, index } = indexed;
    return {
      ...{ codec: format.codec, encrypted, identity: index.identity },
      blocks: () => indexedBlocks(content, format, index.blocks),
    };
  }
  const format = codec === null ? await recognize(content) : BLOCK_FORMATS[codec];
  return {
    ...{ codec: format.codec, encrypted, identity: null },
    blocks: () => scannedBlocks(content, format),
  };
}

async function findIndex(content: PatchySource): Promise<{ format: BlockFormat; index: IndexContent } | null> {
  const tail = await content.read(Math.max(0, content.size - TAIL_BYTES), content.size);
  if (tail === null) return null;
  for (const format of Object.values(BLOCK_FORMATS)) {
    try {
      const index = await indexOf(content, tail, format);
      if (index !== null) return { format, index };
    } catch (thrown) {
      if (asPermafrostError(thrown).code !== 'ARCHIVE_DAMAGED') throw thrown;
    }
  }
  return null;
}

/** @returns null where it is not, is lost, or tells of other bytes than there are */
async function indexOf(
  content: PatchySource,
  tail: Buffer,
  { index: wrapping }: BlockFormat,
): Promise<IndexContent | null> {
  const size = wrapping?.wrappedSize(tail) ?? null;
  if (wrapping === null || size === null || size > content.size || size > MAX_INDEX_BYTES) return null;
  const wrapped = await content.read(content.size - size, content.size);
  if (wrapped === null) return null;
  const index = decodeIndex(wrapping.unwrap(wrapped));
  const blockBytes = index.blocks.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
  const isOne = wrapping.wrap(encodeIndex(index), index.blocks).equals(wrapped);
  return isOne && blockBytes === content.size - size ? index : null;
}

async function recognize(content: PatchySource): Promise<BlockFormat> {
  const magic = await content.read(0, Math.min(4, content.size));
  const found = magic === null ? undefined : Object.values(BLOCK_FORMATS).find((format) => format.recognizes(magic));
  if (found !== undefined) return found;
  throw new PermafrostError(
    'NOT_AN_ARCHIVE',
    'Its beginning, its index and its metadata are lost: nothing shows how it was compressed. Nothing can be recovered.',
  );
}

async function* indexedBlocks(
  content: PatchySource,
  format: BlockFormat,
  entries: readonly BlockEntry[],
): AsyncGenerator<SalvagedBlock | null, void, undefined> {
  let start = 0;
  for (const entry of entries) {
    const end = start + entry.compressedBytes;
    const stored = await content.read(start, end);
    yield stored === null ? null : await indexedBlock(stored, entry, format);
    start = end;
  }
}

async function indexedBlock(stored: Buffer, entry: BlockEntry, format: BlockFormat): Promise<SalvagedBlock | null> {
  if (crc32c(stored) !== entry.crc32c || entry.encodedBytes > MAX_BLOCK_BYTES) return null;
  const first = await format.firstBlock(stored, entry.encodedBytes).catch(orLost);
  if (first?.compressedBytes !== stored.length) return null;
  const block = blockOf(first.encoded);
  const isAsIndexed = block?.facts.firstOffset === entry.firstOffset && block.facts.records === entry.records;
  return isAsIndexed ? block : null;
}

async function* scannedBlocks(
  content: PatchySource,
  format: BlockFormat,
): AsyncGenerator<SalvagedBlock | null, void, undefined> {
  const magic = format.blockMagic;
  let end = 0;
  let last: bigint | null = null;
  for await (const found of magic === null ? scanLines(content) : scanBlocks(content, format, magic)) {
    if (found.start !== end) yield null;
    end = found.end;
    for (const piece of magic === null ? linesThatHold(found.encoded) : [found.encoded]) {
      const block = piece === null ? null : blockOf(piece);
      const { firstOffset = null, lastOffset = null } = block?.facts ?? {};
      // what goes backwards is no block of this segment, or one twice
      const holds = firstOffset !== null && (last === null || firstOffset > last);
      if (holds) last = lastOffset;
      yield holds ? block : null;
    }
  }
  // at least its index, and cut at a block's edge nothing shows how much more
  if (format.index !== null || end !== content.size) yield null;
}

/** Lines that hold, together as far as they lie together; null for each that does not. */
function* linesThatHold(encoded: Buffer): Generator<Buffer | null, void, undefined> {
  if (blockOf(encoded) !== null) {
    yield encoded;
    return;
  }
  let start = 0;
  for (let at = 0; at < encoded.length;) {
    const end = encoded.indexOf(LINE_FEED, at) + 1;
    if (blockOf(encoded.subarray(at, end)) === null) {
      if (at > start) yield encoded.subarray(start, at);
      yield null;
      start = end;
    }
    at = end;
  }
  if (start < encoded.length) yield encoded.subarray(start);
}

/** @returns null when its lines do not hold */
function blockOf(encoded: Buffer): SalvagedBlock | null {
  try {
    return { encoded, facts: lineTranslator().facts(encoded) };
  } catch (thrown) {
    if (thrown instanceof LineError) return null;
    throw thrown;
  }
}

function orLost(thrown: unknown): null {
  const { code } = asPermafrostError(thrown);
  if (code === 'ARCHIVE_DAMAGED' || code === 'ARCHIVE_LIMIT') return null;
  throw thrown;
}
