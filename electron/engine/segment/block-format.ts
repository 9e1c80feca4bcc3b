/**
 * What a codec does with the blocks of an archive and with its index. One file for each codec implements it.
 */
import type { BlockEntry, Codec } from './identity';

export interface BlockFormat {
  readonly codec: Codec;
  /** levels it takes, inclusive; the default between them is good */
  readonly levels: { readonly min: number; readonly max: number; readonly default: number };
  /** Whether an archive without an index is of this codec. @param magic its first 4 bytes, fewer when it is shorter */
  recognizes(magic: Buffer): boolean;
  /** the bytes that every block begins with; null when nothing shows where one does */
  readonly blockMagic: Buffer | null;
  /** One block, compressed. May return memory of the block itself: use it up before the block is reused. */
  compress(block: Buffer, level: number): Promise<Buffer>;
  /**
   * The block that the bytes begin with.
   * @param maxBytes it never decodes more than this
   * @returns null when the block goes on behind the bytes
   * @throws PermafrostError ARCHIVE_DAMAGED, ARCHIVE_LIMIT
   */
  firstBlock(bytes: Buffer, maxBytes: number): Promise<FirstBlock | null>;
  /** null when the codec has no place for an index that its own tools skip */
  readonly index: IndexWrapping | null;
}

export interface IndexWrapping {
  wrap(content: Buffer, blocks: readonly BlockEntry[]): Buffer;
  /**
   * Looks for an index at the end of an archive.
   * @param tail the last bytes
   * @returns its bytes, with all that is wrapped around it; null when there is none
   * @throws PermafrostError ARCHIVE_DAMAGED
   */
  wrappedSize(tail: Buffer): number | null;
  /** What was wrapped; checks no more than it must, since the reader wraps it again and compares. */
  unwrap(wrapped: Buffer): Buffer;
}

export interface FirstBlock {
  readonly encoded: Buffer;
  readonly compressedBytes: number;
}
