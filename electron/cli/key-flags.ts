/** Flags that say which private keys open archives. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../../shared/errors';
import { parseIdentity, type Identity } from '../engine/keys/identity';
import { failure, type Flags } from './arguments';

export const KEY_FLAGS = { key: { type: 'string', multiple: true } } as const satisfies Flags;

export const keyFlagsShape = { key: z.array(z.string().min(1)).default([]) };

export const KEY_HELP = `  --key FILE            a private key that opens archives, repeatable: RSA as PEM, or age's own (AGE-SECRET-KEY-1...)`;

/** @throws PermafrostError INPUT_INVALID when a file can't be read, KEY_INVALID when no key is in it */
export async function readIdentities({
  key,
}: z.infer<z.ZodObject<typeof keyFlagsShape>>): Promise<readonly Identity[]> {
  return Promise.all(
    key.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw failure(`--key ${file} cannot be read (${messageOf(cause)}).`);
      });
      return parseIdentity(text);
    }),
  );
}
