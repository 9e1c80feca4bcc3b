/**
 * The user's key pairs. Private keys lie encrypted by the system's keyring in a file of their own; where there is no
 * keyring they are obfuscated only, and the app says so.
 */
import path from 'node:path';
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../shared/errors';
import type { KeyView } from '../../shared/model/key';
import { generateRsaKeyPair, importPrivateKeyPem, type RsaKeyPair } from '../engine/keys/rsa-key-pair';
import { readIfThere, replaceFile } from './files';
import type { SecretBox } from './secret-box';

const storedKey = z.strictObject({
  fingerprint: z.string(),
  publicKey: z.string(),
  bits: z.number().int(),
  origin: z.enum(['generated', 'imported']),
  createdAt: z.number(),
  exportedAt: z.number().nullable(),
  /** what the box made of the PEM */
  secret: z.string(),
});

const keyFile = z.strictObject({ version: z.literal(1), current: z.string(), keys: z.array(storedKey).min(1) });

type StoredKey = Readonly<z.infer<typeof storedKey>>;
type KeyFile = Readonly<z.infer<typeof keyFile>>;

export class KeyRing {
  readonly #file: string;
  readonly #box: SecretBox;
  #state: KeyFile;

  private constructor(file: string, box: SecretBox, state: KeyFile) {
    this.#file = file;
    this.#box = box;
    this.#state = state;
  }

  /**
   * Opens the keys, and makes the first pair at the first start.
   * @throws PermafrostError KEY_INVALID when the file is damaged: it is never replaced, archives depend on it
   */
  static async open(dataDir: string, box: SecretBox): Promise<KeyRing> {
    const file = path.join(dataDir, 'keys.json');
    const text = await readIfThere(file);
    if (text !== null) return new KeyRing(file, box, parseKeyFile(file, text));
    const first = toStored(box, await generateRsaKeyPair(), 'generated');
    const ring = new KeyRing(file, box, { version: 1, current: first.fingerprint, keys: [first] });
    await ring.#save(ring.#state);
    return ring;
  }

  get storage(): SecretBox['storage'] {
    return this.#box.storage;
  }

  list(): readonly KeyView[] {
    return this.#state.keys.map((key) => this.#view(key));
  }

  current(): KeyView {
    return this.#view(this.#find(this.#state.current));
  }

  /** PEMs of all private keys, for the thread that decrypts. */
  privateKeys(): readonly string[] {
    return this.#state.keys.map((key) => reveal(this.#box, key));
  }

  async generate(): Promise<KeyView> {
    return this.#add(toStored(this.#box, await generateRsaKeyPair(), 'generated'));
  }

  /** @throws PermafrostError KEY_INVALID */
  async importPem(pem: string): Promise<KeyView> {
    const pair = importPrivateKeyPem(pem);
    const known = this.#state.keys.find(({ fingerprint }) => fingerprint === pair.fingerprint);
    return known === undefined ? this.#add(toStored(this.#box, pair, 'imported')) : this.#view(known);
  }

  /** Writes the private key as PEM, readable by its owner alone. @throws PermafrostError FILE_UNWRITABLE */
  async exportTo(fingerprint: string, target: string): Promise<void> {
    const key = this.#find(fingerprint);
    try {
      await replaceFile(target, reveal(this.#box, key));
    } catch (thrown) {
      throw new PermafrostError(
        'FILE_UNWRITABLE',
        `The key could not be written to ${target}: ${messageOf(thrown)}. Choose another place.`,
        { context: { file: target }, cause: thrown },
      );
    }
    await this.#change(fingerprint, { exportedAt: Date.now() });
  }

  /** New archives are encrypted to this key from the next start of archiving on. */
  async makeCurrent(fingerprint: string): Promise<void> {
    await this.#save({ ...this.#state, current: this.#find(fingerprint).fingerprint });
  }

  /** @throws PermafrostError BUSY for the current key and for one that was never exported; INPUT_INVALID */
  async forget(fingerprint: string, typed: string): Promise<void> {
    const key = this.#find(fingerprint);
    if (fingerprint === this.#state.current) {
      throw new PermafrostError('BUSY', 'New archives are encrypted to this key. Make another key current first.');
    }
    if (key.exportedAt === null && key.origin === 'generated') {
      throw new PermafrostError(
        'BUSY',
        'This key was never exported: its archives could not be opened again. Export it first.',
      );
    }
    if (typed !== fingerprint.slice(-8)) {
      throw new PermafrostError(
        'INPUT_INVALID',
        `Type the last 8 characters of the fingerprint, ${fingerprint.slice(-8)}.`,
        {
          context: { field: 'typed' },
        },
      );
    }
    await this.#save({ ...this.#state, keys: this.#state.keys.filter((each) => each !== key) });
  }

  async #add(key: StoredKey): Promise<KeyView> {
    await this.#save({ ...this.#state, keys: [...this.#state.keys, key] });
    return this.#view(key);
  }

  async #change(fingerprint: string, change: Partial<StoredKey>): Promise<void> {
    const keys = this.#state.keys.map((key) => (key.fingerprint === fingerprint ? { ...key, ...change } : key));
    await this.#save({ ...this.#state, keys });
  }

  async #save(state: KeyFile): Promise<void> {
    await replaceFile(this.#file, `${JSON.stringify(state, null, 2)}\n`);
    this.#state = state;
  }

  #find(fingerprint: string): StoredKey {
    const key = this.#state.keys.find((each) => each.fingerprint === fingerprint);
    if (key !== undefined) return key;
    throw new PermafrostError('KEY_MISSING', `There is no key ${fingerprint} here. Import it first.`, {
      context: { wanted: [fingerprint] },
    });
  }

  #view({ fingerprint, publicKey, bits, origin, createdAt, exportedAt }: StoredKey): KeyView {
    const current = fingerprint === this.#state.current;
    return { fingerprint, publicKey, bits, origin, createdAt, exportedAt, current };
  }
}

function toStored(box: SecretBox, pair: RsaKeyPair, origin: StoredKey['origin']): StoredKey {
  const { fingerprint, publicKey, bits, privateKeyPem } = pair;
  const secret = box.seal(privateKeyPem);
  // who imports a key has it elsewhere already
  const exportedAt = origin === 'imported' ? Date.now() : null;
  return { fingerprint, publicKey, bits, origin, createdAt: Date.now(), exportedAt, secret };
}

function reveal(box: SecretBox, { fingerprint, secret }: StoredKey): string {
  try {
    return box.open(secret);
  } catch (thrown) {
    throw new PermafrostError(
      'KEY_INVALID',
      `The private key ${fingerprint} cannot be read: the system's keyring no longer opens it. Import the key from the PEM file that you exported.`,
      { context: { fingerprint }, cause: thrown },
    );
  }
}

function parseKeyFile(file: string, text: string): KeyFile {
  try {
    return keyFile.parse(JSON.parse(text));
  } catch (thrown) {
    throw new PermafrostError(
      'KEY_INVALID',
      `The keys in ${file} cannot be read: the file is damaged. Put back a copy of it; archives depend on the keys in it, so it is not replaced.`,
      { context: { file }, cause: thrown },
    );
  }
}
