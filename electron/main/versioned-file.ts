/**
 * A small file of JSON that says which version it has. An older one is brought up to date and kept beside, a damaged one is
 * set aside, a newer one is refused: none is ever written over before that.
 */
import path from 'node:path';
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../shared/errors';
import { migrate, newerVersionSays, newestVersion, type Migration } from '../../shared/model/file-versions';
import type { SetAside } from '../../shared/model/set-aside';
import { readIfThere, replaceFile } from './files';
import { setAside } from './set-aside';

export interface FileKind<Content extends object> {
  /** as a message begins, such as "The settings" */
  readonly what: string;
  /** of what the file holds beside its version */
  readonly schema: z.ZodType<Content>;
  readonly migrations: readonly Migration[];
  /** nothing of it is quoted then, wherever it is damaged */
  readonly holdsSecrets: boolean;
}

export interface OpenedFile<Content> {
  /** null: there is none, or it was set aside */
  readonly content: Content | null;
  readonly setAside: SetAside | null;
}

type Parsed<Content> =
  | { readonly kind: 'read'; readonly version: number; readonly content: Content }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly why: string };

/**
 * @throws PermafrostError INPUT_INVALID for a file of a newer version, which stays as it is; FILE_UNREADABLE;
 * FILE_UNWRITABLE when one must be set aside or brought up to date and can't be
 */
export async function openVersioned<Content extends object>(
  file: string,
  kind: FileKind<Content>,
): Promise<OpenedFile<Content>> {
  const text = await readText(file, kind);
  if (text === null) return { content: null, setAside: null };
  const parsed = parse(text, kind);
  switch (parsed.kind) {
    case 'damaged':
      return { content: null, setAside: await setAside(file, parsed.why) };
    case 'newer':
      throw new PermafrostError(
        'INPUT_INVALID',
        `${kind.what} in ${file} were ${newerVersionSays(parsed.version, kind.migrations)}.\nThe file stays as it is. Start the newer Permafrost, or move the file away to begin without it.`,
        { context: { file } },
      );
    case 'read':
      if (parsed.version < newestVersion(kind.migrations)) {
        await keepFormer(file, kind, parsed.version, text);
        await writeVersioned(file, kind, parsed.content);
      }
      return { content: parsed.content, setAside: null };
  }
}

/** Replaces the file as a whole. One call at a time. @throws PermafrostError FILE_UNWRITABLE */
export async function writeVersioned<Content extends object>(
  file: string,
  kind: FileKind<Content>,
  content: Content,
): Promise<void> {
  const versioned = { version: newestVersion(kind.migrations), ...content };
  await write(file, kind, `${JSON.stringify(versioned, null, 2)}\n`);
}

/** `settings.v1.json`, once: the first is the one that nothing newer has touched. */
async function keepFormer(file: string, kind: FileKind<object>, version: number, text: string): Promise<void> {
  const { dir, name, ext } = path.parse(file);
  const former = path.join(dir, `${name}.v${version}${ext}`);
  if ((await readIfThere(former)) === null) await write(former, kind, text);
}

async function readText(file: string, { what }: FileKind<object>): Promise<string | null> {
  try {
    return await readIfThere(file);
  } catch (thrown) {
    throw new PermafrostError(
      'FILE_UNREADABLE',
      `${what} in ${file} cannot be read: ${messageOf(thrown)}. Let this user read the file, or move it away.`,
      { context: { file }, cause: thrown },
    );
  }
}

async function write(file: string, { what }: FileKind<object>, text: string): Promise<void> {
  try {
    await replaceFile(file, text);
  } catch (thrown) {
    throw new PermafrostError(
      'FILE_UNWRITABLE',
      `${what} cannot be written to ${file}: ${messageOf(thrown)}. What was there is as it was. See to it that there is room and that this user may write there.`,
      { context: { file }, cause: thrown },
    );
  }
}

function parse<Content extends object>(text: string, kind: FileKind<Content>): Parsed<Content> {
  try {
    if (text.trim() === '') return { kind: 'damaged', why: 'it is empty' };
    const migrated = migrate(JSON.parse(text), kind.migrations);
    if (migrated.kind === 'newer') return migrated;
    return { kind: 'read', version: migrated.version, content: kind.schema.parse(migrated.fields) };
  } catch (thrown) {
    return { kind: 'damaged', why: whyDamaged(thrown, kind) };
  }
}

function whyDamaged(thrown: unknown, { holdsSecrets }: FileKind<object>): string {
  if (thrown instanceof z.ZodError) return holdsSecrets ? 'it does not hold what it should' : z.prettifyError(thrown);
  return holdsSecrets ? 'it is no JSON' : `it is no JSON: ${messageOf(thrown)}`;
}
