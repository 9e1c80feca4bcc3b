/**
 * No compression: the lines as they are. There is no place for an index that tools would skip, so such an archive is read
 * from its beginning.
 */
import type { BlockFormat } from './block-format';
import { tooLarge } from './errors';

const LINE_FEED = 0x0a;
const OPENING_BRACE = 0x7b;

export const plain: BlockFormat = {
  codec: 'none',
  levels: { min: 0, max: 0, default: 0 },
  blockMagic: null,
  recognizes: (magic) => magic.length === 0 || magic[0] === OPENING_BRACE,
  compress: (block) => Promise.resolve(block),
  firstBlock: (bytes, maxBytes) => {
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end === 0 && bytes.length > maxBytes) return Promise.reject(tooLarge(bytes.length, maxBytes));
    return Promise.resolve(end === 0 ? null : { encoded: bytes.subarray(0, end), compressedBytes: end });
  },
  index: null,
};
