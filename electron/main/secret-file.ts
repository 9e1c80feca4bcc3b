/**
 * Secrets of connections, each sealed by itself, in a file that its owner alone may read; or in memory, until the app
 * closes. What is sealed says whose it is: moved to another connection or name it does not open.
 */
import path from 'node:path';
import { z } from 'zod';
import { PermafrostError } from '../../shared/errors';
import {
  connectionSchema,
  SECRET_NAMES,
  type SecretChanges,
  type SecretKeeping,
  type SecretName,
  type Secrets,
} from '../../shared/model/connection';
import type { SetAside } from '../../shared/model/set-aside';
import type { SecretBox } from './secret-box';
import { Turns } from './turns';
import { openVersioned, writeVersioned, type FileKind } from './versioned-file';

const sealedSchema = z.partialRecord(z.enum(SECRET_NAMES), z.string()).readonly();
const schema = z.strictObject({ secrets: z.record(connectionSchema.shape.id, sealedSchema).readonly() });

/** by name, as the box made it */
type Sealed = z.infer<typeof sealedSchema>;
type Content = Readonly<z.infer<typeof schema>>;

const SECRETS: FileKind<Content> = { what: 'The secrets', schema, migrations: [], holdsSecrets: true };

/** What is sealed: the connection's id, the secret's name, the secret. */
const envelope = z.tuple([z.string(), z.string(), z.string()]);

export interface OpenedSecrets {
  readonly secrets: SecretFile;
  /** the file that was damaged: no secret is there then */
  readonly setAside: SetAside | null;
}

export class SecretFile {
  readonly #file: string;
  readonly #box: SecretBox;
  readonly #turns = new Turns();
  #stored: ReadonlyMap<string, Sealed>;
  readonly #session = new Map<string, Secrets>();

  private constructor(file: string, box: SecretBox, { secrets }: Content) {
    this.#file = file;
    this.#box = box;
    this.#stored = new Map(Object.entries(secrets));
  }

  /** @throws PermafrostError INPUT_INVALID, FILE_UNREADABLE, FILE_UNWRITABLE: see `openVersioned` */
  static async open(dataDir: string, box: SecretBox): Promise<OpenedSecrets> {
    const file = path.join(dataDir, 'secrets.json');
    const { content, setAside } = await openVersioned(file, SECRETS);
    return { secrets: new SecretFile(file, box, content ?? { secrets: {} }), setAside };
  }

  /** Those that are there and can be opened. */
  names(id: string): readonly SecretName[] {
    const secrets = this.reveal(id);
    return SECRET_NAMES.filter((name) => secrets[name] !== undefined);
  }

  /** Those that are in the file and can't be opened any more (the keyring was reset, another user): missing, to be asked for. */
  unreadable(id: string): readonly SecretName[] {
    const sealed = this.#stored.get(id) ?? {};
    return SECRET_NAMES.filter((name) => sealed[name] !== undefined && this.#open(id, name, sealed[name]) === null);
  }

  /** How the connection's secrets were kept last: of those for the session nothing is known after a restart but that. */
  keeping(id: string): SecretKeeping {
    return this.#stored.has(id) ? 'stored' : 'session';
  }

  /** In clear, for the threads that connect. Without those that can't be opened. */
  reveal(id: string): Secrets {
    const session = this.#session.get(id);
    if (session !== undefined) return session;
    const sealed = this.#stored.get(id) ?? {};
    const opened = SECRET_NAMES.map((name) => {
      const each = sealed[name];
      return [name, each === undefined ? null : this.#open(id, name, each)] as const;
    });
    return Object.fromEntries(opened.filter(([, secret]) => secret !== null));
  }

  /**
   * Changes secrets of a connection and how all of them are kept. Kept for the session, nothing of them is in the file.
   * @param acceptsObfuscation the user knows that without a keyring secrets are obfuscated only
   * @throws PermafrostError INPUT_INVALID, context.field "keeping", when a secret would be stored and is obfuscated
   * only, or the keyring refuses it; FILE_UNWRITABLE. Nothing is changed then
   */
  change(
    id: string,
    changes: SecretChanges,
    keeping: SecretKeeping,
    { acceptsObfuscation = false }: { readonly acceptsObfuscation?: boolean } = {},
  ): Promise<void> {
    return this.#turns.take(async () => {
      if (keeping === 'stored') await this.#store(id, changes, acceptsObfuscation);
      else await this.#keepForSession(id, changes);
    });
  }

  /** In the file and in memory. @throws PermafrostError FILE_UNWRITABLE */
  forget(id: string): Promise<void> {
    return this.#turns.take(async () => {
      await this.#write(id, null);
      this.#session.delete(id);
    });
  }

  async #keepForSession(id: string, changes: SecretChanges): Promise<void> {
    const secrets = changed(this.reveal(id), changes);
    await this.#write(id, null);
    this.#session.set(id, secrets);
  }

  async #store(id: string, changes: SecretChanges, acceptsObfuscation: boolean): Promise<void> {
    const fresh = changed(this.#session.get(id) ?? {}, changes);
    if (!isEmpty(fresh) && this.#box.storage === 'obfuscated' && !acceptsObfuscation) throw obfuscatedOnly();
    const former = this.#stored.get(id) ?? {};
    const kept = SECRET_NAMES.filter((name) => former[name] !== undefined && changes[name] === undefined);
    await this.#write(id, { ...pick(former, kept), ...this.#seal(id, fresh) });
    this.#session.delete(id);
  }

  /** @param sealed null removes all of the connection */
  async #write(id: string, sealed: Sealed | null): Promise<void> {
    if (sealed === null && !this.#stored.has(id)) return;
    const next = new Map(this.#stored);
    if (sealed === null) next.delete(id);
    else next.set(id, sealed);
    await writeVersioned(this.#file, SECRETS, { secrets: Object.fromEntries(next) });
    this.#stored = next;
  }

  #seal(id: string, secrets: Secrets): Sealed {
    try {
      return Object.fromEntries(
        Object.entries(secrets).map(([name, secret]) => [name, this.#box.seal(JSON.stringify([id, name, secret]))]),
      );
    } catch {
      // without its cause: nothing is known of what a keyring writes into its errors
      throw keepingRefused(
        "The system's keyring did not encrypt the secrets. Unlock it and save again, or keep them until the app closes.",
      );
    }
  }

  #open(id: string, name: SecretName, sealed: string): string | null {
    try {
      const [ofId, ofName, secret] = envelope.parse(JSON.parse(this.#box.open(sealed)));
      return ofId === id && ofName === name ? secret : null;
    } catch {
      return null; // `unreadable` names it
    }
  }
}

function changed(secrets: Secrets, changes: SecretChanges): Secrets {
  const entries = SECRET_NAMES.map((name) => [name, changes[name] === undefined ? secrets[name] : changes[name]]);
  return Object.fromEntries(entries.filter(([, secret]) => secret != null)) as Secrets;
}

function pick(sealed: Sealed, names: readonly SecretName[]): Sealed {
  return Object.fromEntries(names.map((name) => [name, sealed[name]]));
}

function isEmpty(secrets: Secrets): boolean {
  return Object.keys(secrets).length === 0;
}

function obfuscatedOnly(): PermafrostError {
  return keepingRefused(
    'This system has no keyring: stored secrets would be obfuscated only, and whoever can read the data folder can read them. Agree to that, or keep them until the app closes.',
  );
}

function keepingRefused(message: string): PermafrostError {
  return new PermafrostError('INPUT_INVALID', message, { context: { field: 'keeping' } });
}
