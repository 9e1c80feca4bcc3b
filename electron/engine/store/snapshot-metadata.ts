/** The custom metadata of a snapshot, both directions. See docs/FORMAT.md, "Snapshots". */
import { z } from 'zod';
import { PermafrostError } from '../../../shared/errors';
import type { StoredObject } from './port';
import { isSnapshotName } from './snapshot-names';

export interface SnapshotFacts {
  readonly clusterId: string;
  /** how many are in it */
  readonly topics: number;
  readonly groups: number;
  readonly digest: string;
  /** fingerprints; empty when it is not encrypted */
  readonly recipients: readonly string[];
}

const VERSION_KEY = 'permafrost-snapshot';
const FORMAT_VERSION = '1';

const count = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

const metadataSchema = z.object({
  'cluster-id': z.string().min(1),
  topics: count,
  groups: count,
  digest: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  recipients: z.string().default(''),
});

export function snapshotMetadata(facts: SnapshotFacts): Record<string, string> {
  return {
    [VERSION_KEY]: FORMAT_VERSION,
    'cluster-id': facts.clusterId,
    topics: String(facts.topics),
    groups: String(facts.groups),
    digest: facts.digest,
    ...(facts.recipients.length === 0 ? {} : { recipients: facts.recipients.join(' ') }),
  };
}

/** By its metadata, or by its name when they are gone. */
export function isSnapshotObject({ name, metadata }: Pick<StoredObject, 'name' | 'metadata'>): boolean {
  return VERSION_KEY in metadata || isSnapshotName(name);
}

/** @throws PermafrostError NOT_AN_ARCHIVE without our metadata, ARCHIVE_UNKNOWN_VERSION, ARCHIVE_DAMAGED */
export function parseSnapshotFacts({ name, metadata }: Pick<StoredObject, 'name' | 'metadata'>): SnapshotFacts {
  const context = { object: name };
  const version = metadata[VERSION_KEY];
  if (version === undefined) {
    throw new PermafrostError('NOT_AN_ARCHIVE', `${name} does not have the metadata of a snapshot.`, { context });
  }
  if (version !== FORMAT_VERSION) {
    throw new PermafrostError(
      'ARCHIVE_UNKNOWN_VERSION',
      `${name} is a snapshot of format ${version}, this Permafrost reads ${FORMAT_VERSION}. Open it with a newer Permafrost.`,
      { context },
    );
  }
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) {
    const why = z.prettifyError(parsed.error);
    throw new PermafrostError('ARCHIVE_DAMAGED', `The metadata of ${name} does not hold: ${why}.`, { context });
  }
  const { 'cluster-id': clusterId, topics, groups, digest, recipients } = parsed.data;
  return { clusterId, topics, groups, digest, recipients: recipients === '' ? [] : recipients.split(' ') };
}
