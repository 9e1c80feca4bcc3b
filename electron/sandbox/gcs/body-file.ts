/** The bytes of an upload, on their way to the disk. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { crc32c } from '@node-rs/crc32';
import { invalid } from './http-error';
import type { ObjectDraft, ObjectRecord } from './object-record';

export type BodyContent = Pick<ObjectRecord, 'size' | 'crc32c' | 'md5Hash'>;

/** Writes and syncs a new file as the bytes arrive. */
export async function writeBody(file: string, body: AsyncIterable<Buffer>): Promise<BodyContent> {
  const md5 = createHash('md5');
  let crc = 0;
  let size = 0;
  const handle = await open(file, 'wx');
  try {
    for await (const piece of body) {
      md5.update(piece);
      crc = crc32c(piece, crc);
      size += piece.length;
      await handle.writeFile(piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return { size, crc32c: bytes.toString('base64'), md5Hash: md5.digest('base64') };
}

/** @throws HttpError 400 when something else arrived than the client announced */
export function verifyChecksums(draft: ObjectDraft, content: BodyContent): void {
  if (draft.crc32c !== undefined && draft.crc32c !== content.crc32c) {
    throw invalid(`Provided CRC32C "${draft.crc32c}" doesn't match calculated CRC32C "${content.crc32c}".`);
  }
  if (draft.md5Hash !== undefined && draft.md5Hash !== content.md5Hash) {
    throw invalid(`Provided MD5 hash "${draft.md5Hash}" doesn't match calculated MD5 hash "${content.md5Hash}".`);
  }
}
