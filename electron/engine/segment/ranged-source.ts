/**
 * Bytes that can be read in ranges: a file, an object of a bucket (its generation pinned), a buffer, a decrypted view.
 */
export interface RangedSource {
  /** bytes in all */
  readonly size: number;
  /** The bytes from `start` to `end` (exclusive); 0 <= start <= end <= size. The caller may keep the buffer. */
  read(start: number, end: number): Promise<Buffer>;
}

export function openBytes(bytes: Buffer): RangedSource {
  return { size: bytes.length, read: (start, end) => Promise.resolve(bytes.subarray(start, end)) };
}
