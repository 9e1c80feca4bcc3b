/**
 * The app's files say which version they have. What an older Permafrost wrote is brought up step by step, each step from
 * one version to the next, before a schema sees it; what a newer one wrote is for that one.
 */
import { z } from 'zod';

/** What a file holds, without its version. */
export type Fields = Readonly<Record<string, unknown>>;

/** From one version to the next, pure. Any field may be missing: people write such files by hand. */
export type Migration = (fields: Fields) => Fields;

export type VersionedFields =
  /** of the newest version; `version` is the one that they were written in */
  | { readonly kind: 'known'; readonly version: number; readonly fields: Fields }
  | { readonly kind: 'newer'; readonly version: number };

const versionedSchema = z.looseObject({
  /** files of the first version did not say it */
  version: z.number().int('A version is a whole number').min(1, 'Versions begin at 1').default(1),
});

/** The version that is written, and the last one that can be read. */
export function newestVersion(migrations: readonly Migration[]): number {
  return migrations.length + 1;
}

/**
 * @param content what was parsed as JSON
 * @param migrations the first one from version 1 to 2, and so on
 * @throws z.ZodError when it is no object, or its version is none
 */
export function migrate(content: unknown, migrations: readonly Migration[]): VersionedFields {
  const { version, ...fields } = versionedSchema.parse(content);
  if (version > newestVersion(migrations)) return { kind: 'newer', version };
  const missed = migrations.slice(version - 1);
  return { kind: 'known', version, fields: missed.reduce<Fields>((older, step) => step(older), fields) };
}

/** Goes on from "The settings in ...". */
export function newerVersionSays(version: number, migrations: readonly Migration[]): string {
  return `written by a newer Permafrost: version ${version} of the file, and this Permafrost knows versions up to ${newestVersion(migrations)}`;
}
