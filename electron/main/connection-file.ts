/** The user's connections in the data folder, and which one is in use. Secrets lie elsewhere (secret-file.ts). */
import path from 'node:path';
import { z } from 'zod';
import { PermafrostError } from '../../shared/errors';
import { connectionSchema, SANDBOX, type Connection } from '../../shared/model/connection';
import type { SetAside } from '../../shared/model/set-aside';
import { Turns } from './turns';
import { openVersioned, writeVersioned, type FileKind } from './versioned-file';

const schema = z
  .strictObject({ active: z.string().max(64), connections: z.array(connectionSchema).readonly() })
  .refine(({ connections }) => areDistinct(connections.map(({ id }) => id)), {
    error: 'Two connections have the same id',
  })
  .refine(({ connections }) => areDistinct(connections.map(({ name }) => comparable(name))), {
    error: 'Two connections have the same name',
  })
  .refine(({ connections }) => connections.every(({ id }) => id !== SANDBOX), {
    error: `"${SANDBOX}" is no id of a connection`,
  });

type Content = Readonly<z.infer<typeof schema>>;

const CONNECTIONS: FileKind<Content> = { what: 'The connections', schema, migrations: [], holdsSecrets: false };

const EMPTY: Content = { active: SANDBOX, connections: [] };

export interface OpenedConnections {
  readonly connections: ConnectionFile;
  /** the file that was damaged: there are no connections then */
  readonly setAside: SetAside | null;
  /** the id that was in use and names no connection: the sandbox is used in its place */
  readonly missingActive: string | null;
}

export class ConnectionFile {
  readonly #file: string;
  readonly #turns = new Turns();
  #content: Content;

  private constructor(file: string, content: Content) {
    this.#file = file;
    this.#content = content;
  }

  /** @throws PermafrostError INPUT_INVALID, FILE_UNREADABLE, FILE_UNWRITABLE: see `openVersioned` */
  static async open(dataDir: string): Promise<OpenedConnections> {
    const file = path.join(dataDir, 'connections.json');
    const { content, setAside } = await openVersioned(file, CONNECTIONS);
    const { active, connections } = content ?? EMPTY;
    const isThere = active === SANDBOX || connections.some(({ id }) => id === active);
    return {
      connections: new ConnectionFile(file, { active: isThere ? active : SANDBOX, connections }),
      setAside,
      missingActive: isThere ? null : active,
    };
  }

  /** the id of the one in use, or `SANDBOX` */
  get active(): string {
    return this.#content.active;
  }

  /** By name. */
  list(): readonly Connection[] {
    return this.#content.connections.toSorted((a, b) => BY_NAME.compare(a.name, b.name));
  }

  /** @throws PermafrostError INPUT_INVALID, context.field "id", when there is none */
  get(id: string): Connection {
    return find(this.#content, id);
  }

  /**
   * Adds it, or replaces the one with its id.
   * @throws PermafrostError INPUT_INVALID with context.field, such as "draft.name" for a name that another has, whatever
   * its case; FILE_UNWRITABLE
   */
  save(connection: Connection): Promise<void> {
    return this.#change((content) => {
      const checked = checkedConnection(connection);
      const others = content.connections.filter(({ id }) => id !== checked.id);
      const same = others.find(({ name }) => comparable(name) === comparable(checked.name));
      if (same !== undefined) {
        throw invalid('draft.name', `There is a connection called ${same.name} already. Choose another name.`);
      }
      return { ...content, connections: [...others, checked] };
    });
  }

  /** @throws PermafrostError BUSY for the one in use; INPUT_INVALID when there is none; FILE_UNWRITABLE */
  remove(id: string): Promise<void> {
    return this.#change((content) => {
      const { name } = find(content, id);
      if (id === content.active) {
        throw new PermafrostError('BUSY', `${name} is in use. Use another connection or the sandbox first.`, {
          context: { connection: name },
        });
      }
      return { ...content, connections: content.connections.filter((each) => each.id !== id) };
    });
  }

  /** @param id of a connection, or `SANDBOX` @throws PermafrostError INPUT_INVALID when there is none; FILE_UNWRITABLE */
  use(id: string): Promise<void> {
    return this.#change((content) => ({ ...content, active: id === SANDBOX ? id : find(content, id).id }));
  }

  #change(change: (content: Content) => Content): Promise<void> {
    return this.#turns.take(async () => {
      const next = change(this.#content);
      await writeVersioned(this.#file, CONNECTIONS, next);
      this.#content = next;
    });
  }
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

function comparable(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function areDistinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

function find({ connections }: Content, id: string): Connection {
  const connection = connections.find((each) => each.id === id);
  if (connection === undefined)
    throw invalid('id', `There is no connection ${id} here. It was removed, or never saved.`);
  return connection;
}

/** What is written must be readable at the next start: one that does not fit would cost all others. */
function checkedConnection(connection: Connection): Connection {
  if (connection.id === SANDBOX) throw invalid('draft.id', `"${SANDBOX}" is no id of a connection: it is built in.`);
  const parsed = connectionSchema.safeParse(connection);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw invalid(
    ['draft', ...(first?.path ?? [])].map(String).join('.'),
    first?.message ?? 'The connection does not fit.',
  );
}

function invalid(field: string, message: string): PermafrostError {
  return new PermafrostError('INPUT_INVALID', message, { context: { field } });
}
