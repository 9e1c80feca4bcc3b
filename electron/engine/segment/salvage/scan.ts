/** Blocks found without an index, by what each of them begins with: behind a damaged one the search goes on. */
import { asPermafrostError } from '../../../../shared/errors';
import { CHUNK_BYTES } from '../age';
import type { BlockFormat, FirstBlock } from '../block-format';
import { MAX_BLOCK_BYTES } from '../block-formats';
import { piecesOf, type PatchySource, type Piece } from './patchy-source';

/** A block cannot be longer than its lines, but for what its format adds. */
const MAX_COMPRESSED_BYTES = MAX_BLOCK_BYTES + 1024 * 1024;
const LINE_FEED = 0x0a;

export interface FoundBlock {
  readonly encoded: Buffer;
  /** of the compressed bytes */
  readonly start: number;
  /** exclusive */
  readonly end: number;
}

/** Whatever decompresses with its own checksum, in order. What it holds is for the caller to check. */
export async function* scanBlocks(
  source: PatchySource,
  format: BlockFormat,
  magic: Buffer,
): AsyncGenerator<FoundBlock, void, undefined> {
  let rest: Piece = { at: 0, bytes: Buffer.alloc(0) };
  for await (const run of runsOf(source)) {
    rest = run.follows ? { at: rest.at, bytes: Buffer.concat([rest.bytes, run.bytes]) } : run;
    for (;;) {
      const found = await nextBlock(rest, format, magic, run.isEnd || rest.bytes.length > MAX_COMPRESSED_BYTES);
      rest = found.rest;
      if (found.block === null) break;
      yield found.block;
    }
  }
}

/** Whole lines, as they lie between two line feeds, many at a time. */
export async function* scanLines(source: PatchySource): AsyncGenerator<FoundBlock, void, undefined> {
  let rest: Piece = { at: 0, bytes: Buffer.alloc(0) };
  for await (const run of runsOf(source)) {
    // behind something lost, what comes before the next line feed is a part of a line
    const from = run.follows || run.at === 0 ? 0 : run.bytes.indexOf(LINE_FEED) + 1;
    if (run.follows) rest = { at: rest.at, bytes: Buffer.concat([rest.bytes, run.bytes]) };
    else rest = { at: run.at + from, bytes: run.bytes.subarray(from) };
    const length = rest.bytes.lastIndexOf(LINE_FEED) + 1;
    if (length > 0) yield { encoded: rest.bytes.subarray(0, length), start: rest.at, end: rest.at + length };
    rest = { at: rest.at + length, bytes: rest.bytes.subarray(length) };
    if (rest.bytes.length > MAX_BLOCK_BYTES) rest = { at: rest.at + rest.bytes.length, bytes: Buffer.alloc(0) };
  }
}

interface Run extends Piece {
  /** it goes on where the one before ends */
  readonly follows: boolean;
  /** behind it something is lost, or nothing comes */
  readonly isEnd: boolean;
}

/** What lies together, in runs that grow, so that a long block is not tried again for every piece of it. */
async function* runsOf(source: PatchySource): AsyncGenerator<Run, void, undefined> {
  const pieces = piecesOf(source, CHUNK_BYTES);
  let wanted = CHUNK_BYTES;
  let parts: Piece[] = [];
  let follows = false;
  const run = (isEnd: boolean): Run => {
    const bytes = Buffer.concat(parts.map((part) => part.bytes));
    const made = { at: parts[0]?.at ?? 0, bytes, follows, isEnd };
    parts = [];
    follows = !isEnd;
    wanted = isEnd ? CHUNK_BYTES : Math.min(wanted * 2, MAX_GROWN_BYTES);
    return made;
  };
  for await (const piece of pieces) {
    const last = parts.at(-1);
    if (last !== undefined && last.at + last.bytes.length !== piece.at) yield run(true);
    else if (parts.reduce((sum, { bytes }) => sum + bytes.length, 0) >= wanted) yield run(false);
    parts.push(piece);
  }
  if (parts.length > 0) yield run(true);
}

const MAX_GROWN_BYTES = 4 * 1024 * 1024;

/** @param isEnd nothing follows: a block that goes on behind the bytes is lost */
async function nextBlock(
  { at, bytes }: Piece,
  format: BlockFormat,
  magic: Buffer,
  isEnd: boolean,
): Promise<{ readonly block: FoundBlock | null; readonly rest: Piece }> {
  for (let from = 0; ; from += 1) {
    const start = bytes.indexOf(magic, from);
    if (start < 0) {
      const kept = Math.max(0, bytes.length - magic.length + 1);
      return { block: null, rest: { at: at + kept, bytes: bytes.subarray(kept) } };
    }
    from = start;
    const first = await tryFirst(format, bytes.subarray(start));
    if (first === 'goes on' && !isEnd) return { block: null, rest: { at: at + start, bytes: bytes.subarray(start) } };
    if (first === null || first === 'goes on') continue;
    const end = start + first.compressedBytes;
    return {
      block: { encoded: first.encoded, start: at + start, end: at + end },
      rest: { at: at + end, bytes: bytes.subarray(end) },
    };
  }
}

/** @returns null for what is no block, or no longer one */
async function tryFirst(format: BlockFormat, bytes: Buffer): Promise<FirstBlock | 'goes on' | null> {
  try {
    return (await format.firstBlock(bytes, MAX_BLOCK_BYTES)) ?? 'goes on';
  } catch (thrown) {
    const { code } = asPermafrostError(thrown);
    if (code !== 'ARCHIVE_DAMAGED' && code !== 'ARCHIVE_LIMIT') throw thrown;
    return null;
  }
}
