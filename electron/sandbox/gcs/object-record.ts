/** What is known about one generation of an object, and what a client may demand of it. */
import { z } from 'zod';
import { conditionNotMet } from './http-error';

/** A sidecar. Times are ISO 8601, UTC. */
export const objectSchema = z.strictObject({
  name: z.string().min(1),
  generation: z.string().regex(/^\d+$/),
  metageneration: z.string().regex(/^\d+$/),
  size: z.number().int().min(0),
  crc32c: z.string(),
  md5Hash: z.string(),
  contentType: z.string(),
  storageClass: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
  /** when it became noncurrent; the live generation has none */
  timeDeleted: z.string().optional(),
  /** none: as it was created */
  timeStorageClassUpdated: z.string().optional(),
  metadata: z.record(z.string(), z.string()),
});

export type ObjectRecord = Readonly<z.infer<typeof objectSchema>>;

/** What a client says about an object it uploads. */
export interface ObjectDraft extends Pick<ObjectRecord, 'name' | 'contentType' | 'storageClass'> {
  readonly metadata: Readonly<Record<string, string>>;
  /** checked against what arrives */
  readonly crc32c: string | undefined;
  readonly md5Hash: string | undefined;
}

export interface Preconditions {
  readonly ifGenerationMatch?: string;
  readonly ifGenerationNotMatch?: string;
  readonly ifMetagenerationMatch?: string;
  readonly ifMetagenerationNotMatch?: string;
}

const CONDITIONS = [
  'ifGenerationMatch',
  'ifGenerationNotMatch',
  'ifMetagenerationMatch',
  'ifMetagenerationNotMatch',
] as const satisfies readonly (keyof Preconditions)[];

export function preconditionsOf(query: URLSearchParams): Preconditions {
  const given: Partial<Record<keyof Preconditions, string>> = {};
  for (const name of CONDITIONS) {
    const value = query.get(name);
    if (value !== null) given[name] = value;
  }
  return given;
}

/**
 * An object that is not there has generation 0.
 * @throws HttpError 412
 */
export function checkPreconditions(
  thing: { readonly generation?: string; readonly metageneration: string } | undefined,
  conditions: Preconditions,
): void {
  const { generation = '0', metageneration = '0' } = thing ?? {};
  const { ifGenerationMatch, ifGenerationNotMatch, ifMetagenerationMatch, ifMetagenerationNotMatch } = conditions;
  const holds =
    (ifGenerationMatch ?? generation) === generation &&
    ifGenerationNotMatch !== generation &&
    (ifMetagenerationMatch ?? metageneration) === metageneration &&
    ifMetagenerationNotMatch !== metageneration;
  if (!holds) throw conditionNotMet();
}
