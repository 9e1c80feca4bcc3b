/** Against typage, by the author of age; Debian's `age` is asked in test/interop. */
import { Decrypter, Encrypter, Stanza as TypageStanza, type Identity as TypageIdentity } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import type { Identity, Recipient } from '../../../electron/engine/keys/stanza';
import { AgeSealer, AgeSource, CHUNK_BYTES, plaintextSize, sealedSize } from '../../../electron/engine/segment/age';
import { openBytes } from '../../../electron/engine/segment/ranged-source';
import {
  codeOf,
  rsaIdentity,
  rsaRecipient,
  seededRandom,
  X25519_SECRET,
  x25519Identity,
  x25519Recipient,
} from './support';

function seal(plaintext: Buffer, recipients: readonly Recipient[], pieceBytes = plaintext.length): Buffer {
  const sealer = new AgeSealer(recipients);
  const pieces = [sealer.head];
  for (let at = 0; at < plaintext.length; at += pieceBytes)
    pieces.push(...sealer.push(plaintext.subarray(at, at + pieceBytes)));
  return Buffer.concat([...pieces, sealer.finish()]);
}

async function openAll(sealed: Buffer, identities: readonly Identity[]): Promise<Buffer> {
  const source = await AgeSource.open(openBytes(sealed), identities);
  return source.read(0, source.size);
}

function bytesOf(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 31 + (index >>> 8)) & 0xff));
}

const SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 1, 200_000];

/** Our RSA identity, the way typage takes a custom one. */
const typageRsa: TypageIdentity = {
  unwrapFileKey: (stanzas) =>
    rsaIdentity.unwrap(
      stanzas.map(({ args: [type = '', ...args], body }) => ({ type, args, body: Buffer.from(body) })),
    ),
};

describe.each(SIZES)('%i bytes', (length) => {
  const plaintext = bytesOf(length);

  test('open again, and have the size that is reckoned', async () => {
    const sealed = seal(plaintext, [rsaRecipient, x25519Recipient], 30_000);
    for (const identity of [rsaIdentity, x25519Identity]) {
      expect((await openAll(sealed, [identity])).equals(plaintext)).toBe(true);
    }
    const headerBytes = sealed.indexOf('\n--- ') + '\n--- '.length + 43 + 1;
    expect(sealedSize(headerBytes, length)).toBe(sealed.length);
    expect(plaintextSize(headerBytes, sealed.length)).toBe(length);
  });

  test('sealed here open in typage, and the other way round', async () => {
    const sealed = seal(plaintext, [rsaRecipient, x25519Recipient]);
    const byX25519 = new Decrypter();
    byX25519.addIdentity(X25519_SECRET);
    const byRsa = new Decrypter();
    byRsa.addIdentity(typageRsa);
    for (const decrypter of [byX25519, byRsa]) expect(plaintext.equals(await decrypter.decrypt(sealed))).toBe(true);

    const encrypter = new Encrypter();
    encrypter.addRecipient(x25519Recipient.fingerprint);
    encrypter.addRecipient({
      wrapFileKey: (fileKey) => {
        const { type, args, body } = rsaRecipient.wrap(Buffer.from(fileKey));
        return [new TypageStanza([type, ...args], body)];
      },
    });
    const theirs = Buffer.from(await encrypter.encrypt(plaintext));
    for (const identity of [rsaIdentity, x25519Identity]) {
      expect((await openAll(theirs, [identity])).equals(plaintext)).toBe(true);
    }
  });

  test('open in any range', async () => {
    const source = await AgeSource.open(openBytes(seal(plaintext, [x25519Recipient])), [x25519Identity]);
    const random = seededRandom(length);
    for (let round = 0; round < 40; round += 1) {
      const [start = 0, end = 0] = [random(), random()]
        .map((at) => Math.floor(at * (length + 1)))
        .sort((a, b) => a - b);
      expect((await source.read(start, end)).equals(plaintext.subarray(start, end))).toBe(true);
    }
  });
});

test.each([[16], [31], [65_552 + 16 + 16]])('no age file has a payload of %i bytes', (payload) => {
  expect(plaintextSize(100, 100 + payload)).toBeNull();
});

test('1 to 32 keys are taken', async () => {
  const many = Array.from({ length: 32 }, () => rsaRecipient);
  const sealed = seal(bytesOf(10), [...many.slice(1), x25519Recipient]);
  expect((await openAll(sealed, [x25519Identity])).equals(bytesOf(10))).toBe(true);
  expect(await codeOf(() => new AgeSealer([]))).toBe('INPUT_INVALID');
  expect(await codeOf(() => new AgeSealer([...many, x25519Recipient]))).toBe('INPUT_INVALID');
});

test('chunks that change places, and a last chunk that lost its mark, are refused', async () => {
  const plaintext = bytesOf(4 * CHUNK_BYTES);
  const sealed = seal(plaintext, [x25519Recipient]);
  const chunk = CHUNK_BYTES + 16;
  const start = sealed.length - 4 * chunk;
  const swapped = Buffer.from(sealed);
  sealed.copy(swapped, start, start + chunk, start + 2 * chunk);
  sealed.copy(swapped, start + chunk, start, start + chunk);
  expect(await codeOf(() => openAll(swapped, [x25519Identity]))).toBe('ARCHIVE_DAMAGED');
  expect(await codeOf(() => openAll(sealed.subarray(0, -chunk), [x25519Identity]))).toBe('ARCHIVE_DAMAGED');
});

describe('a header', () => {
  const sealed = seal(bytesOf(5), [x25519Recipient]).toString('latin1');
  const stanzaEnd = sealed.indexOf('\n---');

  test.each([
    ['with a space too many', sealed.replace('-> X25519 ', '-> X25519  ')],
    ['with a space at the end of a line', sealed.replace('\n---', ' \n---')],
    ['with a carriage return', sealed.replace('\n---', '\r\n---')],
    ['with padded base64', sealed.replace('\n---', '=\n---')],
    ['with a MAC that is too short', sealed.replace(/--- .*\n/, '--- AAAA\n')],
    ['with another MAC', sealed.replace(/--- .*\n/, `--- ${'A'.repeat(43)}\n`)],
    ['without a stanza', sealed.replace(/->[^]*---/, '---')],
    ['with a stanza line of 65 columns', `${sealed.slice(0, stanzaEnd)}${'A'.repeat(65)}${sealed.slice(stanzaEnd)}`],
    ['that ends early', sealed.slice(0, stanzaEnd)],
    ['with a stanza of no type', sealed.replace('-> X25519 ', '-> ')],
    ['with a share that is too short', sealed.replace(/X25519 \S+/, 'X25519 AAAA')],
    ['with a share of low order', sealed.replace(/X25519 \S+/, `X25519 ${'A'.repeat(43)}`)],
    ['that does not end', `${sealed.slice(0, stanzaEnd)}\n${'-> x\n\n'.repeat(30_000)}`],
  ])('%s is refused', async (_, text) => {
    expect(['ARCHIVE_DAMAGED', 'KEY_WRONG']).toContain(
      await codeOf(() => openAll(Buffer.from(text, 'latin1'), [x25519Identity])),
    );
  });

  test('with a stanza of an unknown type opens: it may be for somebody else', async () => {
    const grease: Recipient = {
      fingerprint: 'grease',
      wrap: () => ({ type: 'x-grease', args: ['a', 'b'], body: bytesOf(48) }),
    };
    const opened = await openAll(seal(bytesOf(5), [grease, x25519Recipient]), [rsaIdentity, x25519Identity]);
    expect(opened.equals(bytesOf(5))).toBe(true);
  });

  test('whose stanza for our RSA key was changed is damaged, not foreign', async () => {
    const changed = seal(bytesOf(5), [rsaRecipient])
      .toString('latin1')
      .replace(/(ssh-rsa \S+\n)./, '$1/');
    expect(await codeOf(() => openAll(Buffer.from(changed, 'latin1'), [rsaIdentity]))).toBe('ARCHIVE_DAMAGED');
  });
});
