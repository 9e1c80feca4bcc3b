/**
 * Writes golden archives that are not there yet; scripts/make-vectors.mjs runs it. Those that are there are never
 * replaced: they prove that archives of old versions are read.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FORMAT_VERSION } from '../../electron/engine/segment/identity';
import { bodyOf, CODECS, open, readEncoded, rsaRecipient, x25519Recipient } from '../engine/segment/support';
import { writeGapVector, writeVector } from './vector-records';

const EXTENSIONS = { none: '', gzip: '.gz', zstd: '.zst' } as const;

export async function writeVectors(): Promise<void> {
  const folder = path.join(import.meta.dirname, `v${FORMAT_VERSION}`);
  await mkdir(folder, { recursive: true });
  const write = (name: string, bytes: Buffer | string): Promise<void> =>
    writeFile(path.join(folder, name), bytes, { flag: 'wx' });
  for (const { codec, level } of CODECS) {
    for (const recipients of [[], [rsaRecipient, x25519Recipient]]) {
      const ending = `.jsonl${EXTENSIONS[codec]}${recipients.length === 0 ? '' : '.age'}`;
      await write(`records${ending}`, bodyOf(await writeVector({ codec, level, recipients })));
      await write(`gap${ending}`, bodyOf(await writeGapVector({ codec, level, recipients })));
    }
  }
  const expected = await readEncoded(await open(bodyOf(await writeVector({ codec: 'none', level: 0, recipients: [] }))));
  await write('expected.jsonl', expected);
}
