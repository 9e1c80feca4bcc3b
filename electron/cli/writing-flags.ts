/** Flags that say how archives are written: for whom, how small, what is left out. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CODECS, STORAGE_CLASSES } from '../../shared/model/settings';
import type { Reduction } from '../../shared/model/reduction';
import type { SegmentLimits } from '../engine/archive/options';
import type { Codec } from '../engine/segment/identity';
import { parseRecipient } from '../engine/keys/recipient';
import { byteSize, failure, UsageError, wholeNumber, type Flags } from './arguments';
import { REDUCTION_FLAGS, reductionFlagsShape, reductionOf } from './reduction-flags';

export const WRITING_FLAGS = {
  recipient: { type: 'string', multiple: true },
  'no-encryption': { type: 'boolean' },
  codec: { type: 'string' },
  level: { type: 'string' },
  'max-bytes': { type: 'string' },
  'max-records': { type: 'string' },
  'storage-class': { type: 'string' },
  ...REDUCTION_FLAGS,
} as const satisfies Flags;

export const writingFlagsShape = {
  recipient: z.array(z.string().min(1)).default([]),
  'no-encryption': z.boolean().default(false),
  codec: z.enum(CODECS).default('zstd'),
  level: wholeNumber(1, 22).optional(),
  'max-bytes': byteSize.default(16_000_000),
  'max-records': wholeNumber(1, 1e9).default(1_000_000),
  'storage-class': z.enum(STORAGE_CLASSES).optional(),
  ...reductionFlagsShape,
};

export const WRITING_HELP = `  --recipient KEY       who can open the archives, repeatable: age1..., an ssh-rsa line, or a file with either or an
                        RSA public key as PEM
  --no-encryption       archives that anybody can read
  --codec CODEC         none, gzip or zstd; zstd
  --level N             gzip 1 to 9, zstd 1 to 22
  --max-bytes SIZE      stored bytes of one archive; 16MB
  --max-records N       messages of one archive; 1000000
  --storage-class CLASS STANDARD, NEARLINE, COLDLINE or ARCHIVE; the bucket's`;

export interface WritingOptions {
  readonly codec: Codec;
  readonly level: number;
  /** public keys as text */
  readonly recipients: readonly string[];
  readonly reduction: Reduction;
  readonly storageClass: string | null;
  readonly limits: Omit<SegmentLimits, 'maxAgeMs'>;
}

type WritingFlags = z.infer<z.ZodObject<typeof writingFlagsShape>>;

const DEFAULT_LEVELS = { none: 0, gzip: 6, zstd: 3 } as const;

/** @throws UsageError when neither a recipient is given nor none is wanted; PermafrostError KEY_INVALID, INPUT_INVALID */
export async function writingOptions(flags: WritingFlags): Promise<WritingOptions> {
  return {
    codec: flags.codec,
    level: flags.level ?? DEFAULT_LEVELS[flags.codec],
    recipients: await readRecipients(flags),
    reduction: reductionOf(flags),
    storageClass: flags['storage-class'] ?? null,
    limits: { maxBytes: flags['max-bytes'], maxRecords: flags['max-records'] },
  };
}

async function readRecipients(flags: WritingFlags): Promise<readonly string[]> {
  const given = flags.recipient;
  if (given.length === 0 && !flags['no-encryption']) {
    throw new UsageError('--recipient is needed: the public key that archives are encrypted to (or --no-encryption)');
  }
  if (given.length > 0 && flags['no-encryption'])
    throw new UsageError('--recipient and --no-encryption exclude each other');
  return Promise.all(given.map(readRecipient));
}

async function readRecipient(text: string): Promise<string> {
  if (text.startsWith('age1') || text.startsWith('ssh-')) return checked(text);
  const content = await readFile(text, 'utf8').catch((cause: unknown) => {
    throw failure(`--recipient ${text} is neither a key nor a file that can be read (${String(cause)})`);
  });
  return checked(content);
}

/** Told here, before a thread is started. */
function checked(recipient: string): string {
  parseRecipient(recipient);
  return recipient;
}
