/**
 * Archives without Permafrost: Debian's age, zstd, gzip, pigz, jq, and openssl and ssh-keygen for keys. Where a tool is
 * missing its tests fail and say so: a test that skips itself proves nothing.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseIdentity } from '../../electron/engine/keys/identity';
import { generateRsaKeyPair, importPrivateKeyPem, type RsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { parseRecipient } from '../../electron/engine/keys/recipient';
import { AgeSource } from '../../electron/engine/segment/age';
import { openBytes } from '../../electron/engine/segment/ranged-source';
import { SNAPSHOT, startBucket, storeSnapshot } from '../engine/restore/support';
import {
  bodyOf,
  busRecords,
  open,
  readEncoded,
  VECTORS,
  writeSegment,
  x25519Identity,
  x25519Recipient,
} from '../engine/segment/support';

const DECODERS = [
  { codec: 'none', tools: ['cat'] },
  { codec: 'gzip', tools: ['gunzip', 'pigz -d'] },
  { codec: 'zstd', tools: ['zstd -dc', 'zstd -dc --single-thread'] },
] as const;

let folder = '';
let pair: RsaKeyPair;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permafrost-tools-'));
  pair = await generateRsaKeyPair();
  await writeFile(path.join(folder, 'key.pem'), pair.privateKeyPem, { mode: 0o600 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a line of shell in the folder. @throws unless each program of it ends well */
function shell(line: string, input: Buffer | string = ''): Buffer {
  const done = spawnSync('bash', ['-o', 'pipefail', '-c', line], { cwd: folder, input, maxBuffer: 256 * 1024 * 1024 });
  if (done.status === 0) return done.stdout;
  throw new Error(
    `"${line}" ended with ${String(done.status)}: ${String(done.stderr)}. This test needs the Debian packages age, zstd, gzip, pigz, jq, openssl, openssh-client.`,
  );
}

describe.each(DECODERS)('an archive ($codec)', ({ codec, tools }) => {
  test.each(tools)('opens with %s, encrypted with age -d before it', async (tool) => {
    const recipients = [parseRecipient(pair.publicKey), x25519Recipient];
    for (const blockBytes of [4096, 1024 * 1024]) {
      const records = busRecords(20_000);
      const level = codec === 'none' ? 0 : 3;
      const plain = bodyOf(await writeSegment(records, { codec, level, blockBytes }));
      const expected = await readEncoded(await open(plain));
      expect(shell(tool, plain).toString()).toBe(expected);
      const encrypted = bodyOf(await writeSegment(records, { codec, level, blockBytes, recipients }));
      expect(shell(`age -d -i key.pem | ${tool}`, encrypted).toString()).toBe(expected);
    }
  });

  test.each(tools)('of a gap is empty for %s', async (tool) => {
    const gap = bodyOf(await writeSegment([], { codec, nextOffset: 900n, gap: 'before-start' }));
    expect(shell(tool, gap).toString()).toBe('');
  });
});

test('zstd finds every frame whole, with its size and checksum', async () => {
  await writeFile(path.join(folder, 'a.zst'), bodyOf(await writeSegment(busRecords(5000), { blockBytes: 65_536 })));
  shell('zstd -t a.zst');
  const listing = shell('zstd -lv a.zst').toString();
  expect(listing).toMatch(/# Skippable Frames: 2/);
  expect(listing).toMatch(/Check: XXH64/);
});

test('jq reads keys and values as they were', async () => {
  const body = bodyOf(await writeSegment(busRecords(100), { recipients: [parseRecipient(pair.publicKey)] }));
  const lines = shell('age -d -i key.pem | zstd -dc | jq -r .value', body).toString().trim().split('\n');
  expect(lines).toEqual(busRecords(100).map(({ value }) => value));
});

test('the golden archives open with the same tools', () => {
  const vectors = path.join(VECTORS, 'v1');
  const expected = readFileSync(path.join(vectors, 'expected.jsonl'), 'utf8');
  const key = `'${path.join(VECTORS, 'test-only-rsa.pem')}'`;
  const secret = `'${path.join(VECTORS, 'test-only-x25519.txt')}'`;
  for (const [ending, tool] of [
    ['', 'cat'],
    ['.gz', 'gunzip'],
    ['.zst', 'zstd -dc'],
  ] as const) {
    expect(shell(tool, readFileSync(path.join(vectors, `records.jsonl${ending}`))).toString()).toBe(expected);
    for (const identity of [key, secret]) {
      const encrypted = readFileSync(path.join(vectors, `records.jsonl${ending}.age`));
      expect(shell(`age -d -i ${identity} | ${tool}`, encrypted).toString()).toBe(expected);
    }
  }
});

test('a snapshot opens with age and jq, and its digest is what openssl makes of it', async () => {
  const { store } = await startBucket();
  const object = await storeSnapshot(store, [parseRecipient(pair.publicKey), x25519Recipient]);
  const body = await store.read(object.name, { start: 0, end: object.size });

  expect(JSON.parse(shell('age -d -i key.pem', body).toString())).toEqual(SNAPSHOT);
  const offsets = shell(
    'age -d -i key.pem | jq -r \'.groups[] | .groupId + " " + .offsets[0].offset\'',
    body,
  ).toString();
  expect(offsets).toBe('pipeline 9007199254740993\nÜberwachung 9007199254740993\n');
  const digest = "jq -cj 'del(.takenAt, .previous)' | openssl dgst -sha256 -binary | basenc --base64url";
  expect(shell(`age -d -i key.pem | ${digest}`, body).toString()).toBe(`${object.metadata['digest']}=\n`);
});

test.each([0, 1, 65_536, 200_001])('what age encrypts opens here: %i bytes', async (length) => {
  const plaintext = Buffer.alloc(length, 'permafrost');
  for (const [recipient, identity] of [
    [pair.publicKey, parseIdentity(pair.privateKeyPem)],
    [x25519Identity.fingerprint, x25519Identity],
  ] as const) {
    const source = await AgeSource.open(openBytes(shell(`age -r '${recipient}'`, plaintext)), [identity]);
    expect((await source.read(0, source.size)).equals(plaintext)).toBe(true);
  }
});

test('ssh-keygen prints the same fingerprint', async () => {
  await writeFile(path.join(folder, 'key.pub'), pair.publicKey);
  expect(shell('ssh-keygen -l -f key.pub').toString().split(' ').slice(0, 2)).toEqual(['3072', pair.fingerprint]);
});

test.each([
  ['openssl, PKCS#8', 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048'],
  ['openssl, PKCS#1', 'openssl genrsa -traditional 2048'],
  ['ssh-keygen -m PEM', 'ssh-keygen -q -t rsa -b 2048 -m PEM -N "" -f ssh-key && cat ssh-key'],
])('a key by %s is taken', (_, command) => {
  expect(importPrivateKeyPem(shell(command).toString()).bits).toBe(2048);
});

test('a key in the format of OpenSSH is taken once it is converted as the refusal says', () => {
  shell('ssh-keygen -q -t rsa -b 2048 -N "" -f new-key');
  const refused = shell('cat new-key').toString();
  expect(() => importPrivateKeyPem(refused)).toThrow('ssh-keygen -p -m PEM -N "" -f');
  shell('ssh-keygen -q -p -m PEM -N "" -f new-key');
  expect(importPrivateKeyPem(shell('cat new-key').toString()).bits).toBe(2048);
});

test('a locked key is taken once it is unlocked as the refusal says', () => {
  shell('openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes-256-cbc -pass pass:secret -out locked.pem');
  const locked = shell('cat locked.pem').toString();
  expect(() => importPrivateKeyPem(locked)).toThrow('openssl pkey -in');
  shell('openssl pkey -in locked.pem -passin pass:secret -out unlocked.pem');
  expect(importPrivateKeyPem(shell('cat unlocked.pem').toString()).bits).toBe(2048);
});
