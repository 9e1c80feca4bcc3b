/** Keys as people make them: with age's and OpenSSL's own tools. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { read } from '../../scripts/child-process.mjs';

export interface Keys {
  /** what --recipient takes */
  readonly recipients: { readonly x25519: string; readonly rsa: string };
  /** what age -d -i takes */
  readonly identityFiles: readonly string[];
}

export async function makeKeys(folder: string): Promise<Keys> {
  const x25519File = path.join(folder, 'x25519.txt');
  const made = await read('age-keygen', ['-o', x25519File]);
  const x25519 = /age1[0-9a-z]+/.exec(made.stderr + made.stdout)?.[0];
  if (made.exitCode !== 0 || x25519 === undefined) throw new Error(`age-keygen failed: ${made.stderr}`);
  const rsaFile = path.join(folder, 'rsa.pem');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeFile(rsaFile, privateKey, { mode: 0o600 });
  const rsa = path.join(folder, 'rsa.pub.pem');
  await writeFile(rsa, publicKey);
  return { recipients: { x25519, rsa }, identityFiles: [x25519File, rsaFile] };
}
