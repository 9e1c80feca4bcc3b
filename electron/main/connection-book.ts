/** The named connections and their secrets, two files that are changed together. */
import { randomUUID } from 'node:crypto';
import { PermafrostError } from '../../shared/errors';
import {
  SANDBOX,
  secretsOf,
  SECRET_NAMES,
  usableSecretsOf,
  type Connection,
  type ConnectionDraft,
  type ConnectionsView,
  type ConnectionView,
  type SecretChanges,
  type SecretKeeping,
  type Secrets,
} from '../../shared/model/connection';
import type { SetAside } from '../../shared/model/set-aside';
import { tlsOptions } from '../engine/kafka/security';
import type { Connections } from '../worker/connections';
import { ConnectionFile } from './connection-file';
import { connectionsOf } from './own-connections';
import type { SecretBox } from './secret-box';
import { SecretFile } from './secret-file';

export interface SecretsToKeep {
  readonly secrets: SecretChanges;
  readonly keeping: SecretKeeping;
  readonly acceptsObfuscation: boolean;
}

export interface OpenedBook {
  readonly book: ConnectionBook;
  /** the connection that was in use is gone: the sandbox is */
  readonly isActiveMissing: boolean;
  /** files that were damaged */
  readonly setAside: readonly SetAside[];
}

export class ConnectionBook {
  readonly #file: ConnectionFile;
  readonly #secrets: SecretFile;

  /** @throws PermafrostError INPUT_INVALID for files of a newer version; FILE_UNREADABLE, FILE_UNWRITABLE */
  static async open(dataDir: string, box: SecretBox): Promise<OpenedBook> {
    const { connections, setAside: file, missingActive } = await ConnectionFile.open(dataDir);
    const { secrets, setAside: secretFile } = await SecretFile.open(dataDir, box);
    const setAside = [file, secretFile].filter((each) => each !== null);
    return { book: new ConnectionBook(connections, secrets), isActiveMissing: missingActive !== null, setAside };
  }

  private constructor(file: ConnectionFile, secrets: SecretFile) {
    this.#file = file;
    this.#secrets = secrets;
  }

  /** null: the sandbox is in use */
  get active(): Connection | null {
    return this.#file.active === SANDBOX ? null : this.#file.get(this.#file.active);
  }

  /** Where Kafka and the archives of a connection are. @throws PermafrostError INPUT_INVALID when a secret is missing */
  connectionsOf(connection: Connection): Connections {
    return connectionsOf(connection, this.#secrets.reveal(connection.id));
  }

  view(): ConnectionsView {
    return { active: this.#file.active, connections: this.#file.list().map((each) => this.#view(each)) };
  }

  /**
   * Adds or changes one.
   * @throws PermafrostError INPUT_INVALID with context.field, also for a secret that is needed and would be stored
   */
  async save(draft: ConnectionDraft, kept: SecretsToKeep): Promise<ConnectionView> {
    const isNew = draft.id === null;
    const connection: Connection = { ...draft, id: draft.id ?? randomUUID() };
    const secrets = this.#withChanges(connection, kept.secrets);
    const lacks = secretsOf(connection).some((name) => secrets[name] === undefined);
    // what is kept until the app closes may be typed when it is needed
    if (!lacks || kept.keeping === 'stored') assertUsable(connectionsOf(connection, secrets));
    const unused = SECRET_NAMES.filter((name) => !usableSecretsOf(connection).includes(name));
    const changes = { ...kept.secrets, ...Object.fromEntries(unused.map((name) => [name, null])) };
    await this.#secrets.change(connection.id, changes, kept.keeping, { acceptsObfuscation: kept.acceptsObfuscation });
    try {
      await this.#file.save(connection);
    } catch (thrown) {
      if (isNew) await this.#secrets.forget(connection.id);
      throw thrown;
    }
    return this.#view(connection);
  }

  /** What is typed in, with the secrets that are kept where none is given. @throws PermafrostError INPUT_INVALID */
  reach(draft: ConnectionDraft, changes: SecretChanges): Connections {
    const connections = connectionsOf(draft, this.#withChanges({ ...draft, id: draft.id ?? '' }, changes));
    assertUsable(connections);
    return connections;
  }

  /** Changes what is archived. */
  async change(id: string, change: (connection: Connection) => Connection): Promise<void> {
    await this.#file.save(change(this.#file.get(id)));
  }

  /** @throws PermafrostError BUSY for the one in use */
  async remove(id: string): Promise<void> {
    await this.#file.remove(id);
    await this.#secrets.forget(id);
  }

  use(id: string): Promise<void> {
    return this.#file.use(id);
  }

  #withChanges({ id }: Connection, changes: SecretChanges): Secrets {
    const all = { ...this.#secrets.reveal(id), ...changes };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
  }

  #view(connection: Connection): ConnectionView {
    const { id } = connection;
    return { connection, secrets: this.#secrets.names(id), keeping: this.#secrets.keeping(id) };
  }
}

/** Certificates and keys that don't fit are told before they are kept. */
function assertUsable({ kafka: { tls } }: Connections): void {
  if (tls == null) return;
  try {
    tlsOptions(tls);
  } catch (thrown) {
    if (!(thrown instanceof PermafrostError)) throw thrown;
    const field = tls.client === null ? 'draft.kafka.tls.ca' : 'draft.kafka.tls.certificate';
    throw new PermafrostError(thrown.code, thrown.message, { context: { field }, cause: thrown });
  }
}
