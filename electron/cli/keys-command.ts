import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../shared/errors';
import { keyFacts, type KeyFacts } from '../engine/keys/key-file';
import { generateRsaKeyPair } from '../engine/keys/rsa-key-pair';
import { generateX25519Secret } from '../engine/keys/x25519';
import { failure, parseFlags, UsageError, type Flags } from './arguments';
import type { Command } from './command';
import { createOutput, type Output } from './output';
import { flagsOfSettings } from './settings-flags';

const FLAGS = {
  kind: { type: 'string' },
  out: { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const schema = z.object({
  action: z.array(z.string()).default([]),
  kind: z.enum(['rsa', 'x25519']).default('rsa'),
  out: z.string().min(1).optional(),
  /** of the settings file */
  key: z.array(z.string().min(1)).default([]),
});

export const keysCommand: Command = {
  name: 'keys',
  summary: 'Makes the keys that archives are encrypted to, and tells their fingerprints',
  help: `permafrost keys generate --out FILE [--kind rsa|x25519]
permafrost keys show FILE... | permafrost keys show --settings FILE
permafrost keys public FILE

generate   a new private key in FILE, readable by its owner alone; a FILE that is there is never overwritten. Whoever loses it
           loses the archives: keep a copy elsewhere
show       kind, fingerprint and public key of private keys; the fingerprint stands in the metadata of every archive
public     the public key alone, one line: for --recipient, a file, or another machine

  --kind KIND           rsa (3072 bits, PEM), or x25519 (age's own, AGE-SECRET-KEY-1...); rsa
  --out FILE
  --settings FILE       show: the keyFiles that it names
  --json                as JSON lines

age and age-keygen take both kinds: age -d -i FILE, age-keygen -y FILE for x25519.

Exit codes: 0 done; 1 failed; 2 called wrongly.`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment, { readFile: flagsOfSettings, positionals: 'action' });
    const [action, ...files] = flags.action;
    const output = createOutput(isJson);
    if (action === 'generate' && files.length === 0) return generate(flags, output);
    if (action === 'show') return show(files.length > 0 ? files : flags.key, output);
    const [file] = files;
    if (action === 'public' && file !== undefined && files.length === 1) return tellPublic(file, output);
    throw new UsageError('takes generate, show FILE... or public FILE');
  },
};

async function generate({ kind, out }: z.infer<typeof schema>, output: Output): Promise<number> {
  if (out === undefined) throw new UsageError('--out is needed: where to keep the private key');
  const text = kind === 'rsa' ? (await generateRsaKeyPair()).privateKeyPem : `${generateX25519Secret()}\n`;
  await writeNew(out, text);
  tell(output, 'generated', out, keyFacts(text));
  return 0;
}

async function show(files: readonly string[], output: Output): Promise<number> {
  if (files.length === 0) throw new UsageError('a FILE is needed, or --settings with keyFiles');
  for (const file of files) tell(output, 'key', file, keyFacts(await readKey(file)));
  return 0;
}

async function tellPublic(file: string, output: Output): Promise<number> {
  const { recipient } = keyFacts(await readKey(file));
  output.event('public', { file, recipient }, recipient);
  return 0;
}

function tell(output: Output, event: string, file: string, facts: KeyFacts): void {
  const { kind, bits, fingerprint, recipient } = facts;
  output.event(
    event,
    { file, ...facts },
    `${file}: ${kind}${bits === null ? '' : `, ${bits} bits`}\n  fingerprint  ${fingerprint}\n  public key   ${recipient}`,
  );
}

/** Whole, on the disk, and nobody else's to read. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const why = isThere ? 'it is there already, and a key is never overwritten' : messageOf(cause);
    throw new PermafrostError('FILE_UNWRITABLE', `${file} cannot be written: ${why}. Choose another name.`, {
      context: { file },
      cause,
    });
  }
}

async function readKey(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw failure(`${file} cannot be read (${messageOf(cause)}).`);
  });
}
