import type { RangedSource } from '../ranged-source';

/** Bytes of which some are lost. */
export interface PatchySource {
  readonly size: number;
  /** @returns null when some of the range is lost */
  read(start: number, end: number): Promise<Buffer | null>;
}

/** Without encryption nothing shows that a byte is lost: all are read, and looked at by whoever knows what they mean. */
export function asPatchy(source: RangedSource): PatchySource {
  return { size: source.size, read: (start, end) => source.read(start, end) };
}

export interface Piece {
  /** of the source, where the bytes begin */
  readonly at: number;
  readonly bytes: Buffer;
}

/** All that is not lost, in pieces of at most so many bytes; what is lost shows as a jump of `at`. */
export async function* piecesOf(source: PatchySource, pieceBytes: number): AsyncGenerator<Piece, void, undefined> {
  for (let at = 0; at < source.size; at += pieceBytes) {
    const bytes = await source.read(at, Math.min(source.size, at + pieceBytes));
    if (bytes !== null) yield { at, bytes };
  }
}
