import type { BlockFormat } from './block-format';
import { gzip } from './gzip';
import type { Codec } from './identity';
import { plain } from './plain';
import { zstd } from './zstd';

/** More than any sane record; keeps a forged archive from taking all memory. */
export const MAX_BLOCK_BYTES = 256 * 1024 * 1024;

export const BLOCK_FORMATS: Readonly<Record<Codec, BlockFormat>> = { none: plain, gzip, zstd };
