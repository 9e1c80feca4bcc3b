/**
 * Opens one archive of a bucket with the keys at hand, and checks that the archive is what its metadata say.
 */
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import type { Identity } from '../keys/identity';
import type { SegmentIdentity } from '../segment/identity';
import type { RangedSource } from '../segment/ranged-source';
import { openSegment, type SegmentReader } from '../segment/segment-reader';
import { parseCoverage, type Coverage } from '../store/coverage-metadata';
import type { ObjectStore, StoredObject } from '../store/port';
import { ObjectSource, type ObjectSourceOptions } from './object-source';

export interface OpenArchiveOptions extends ObjectSourceOptions {
  /** all private keys at hand */
  readonly identities: readonly Identity[];
  /** of encoded lines; what the format allows */
  readonly maxBlockBytes?: number;
}

export interface OpenArchive {
  readonly object: StoredObject;
  /** null when the object lost its metadata: the archive itself says enough to be read */
  readonly coverage: Coverage | null;
  readonly source: ObjectSource;
  readonly segment: SegmentReader;
}

/**
 * @throws PermafrostError NOT_AN_ARCHIVE, KEY_MISSING with context.wanted, ARCHIVE_DAMAGED, ARCHIVE_UNKNOWN_VERSION;
 * STORE_*; CANCELLED
 */
export async function openArchive(
  store: ObjectStore,
  object: StoredObject,
  options: OpenArchiveOptions,
): Promise<OpenArchive> {
  const coverage = 'permafrost' in object.metadata ? parseCoverage(object) : null;
  const source = new ObjectSource(store, object, options);
  const segment = await openArchiveFrom(source, object, coverage, options);
  return { object, coverage, source, segment };
}

/**
 * The same with the archive's bytes from elsewhere.
 * @param coverage what its metadata say; null when it lost them
 */
export function openArchiveFrom(
  source: RangedSource,
  object: StoredObject,
  coverage: Coverage | null,
  { identities, maxBlockBytes }: Pick<OpenArchiveOptions, 'identities' | 'maxBlockBytes'>,
): Promise<SegmentReader> {
  return aboutObject(object, coverage, async () => {
    const limits = maxBlockBytes === undefined ? {} : { maxBlockBytes };
    const segment = await openSegment(source, { identities, limits });
    if (coverage !== null && segment.identity !== null) assertSame(coverage, segment.identity);
    return segment;
  });
}

/**
 * Does work on an archive; whatever it throws tells which object it is about.
 * @param facts its metadata, as far as they tell its keys
 */
export async function aboutObject<Value>(
  object: Pick<StoredObject, 'name'>,
  facts: Pick<Coverage, 'recipients'> | null,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (thrown) {
    throw about(object, facts, asPermafrostError(thrown));
  }
}

/** Metadata can be changed, or copied from another object, by whoever may write to the bucket. */
function assertSame(coverage: Coverage, identity: SegmentIdentity): void {
  const fields = ['topic', 'topicId', 'partition', 'firstOffset', 'nextOffset', 'records'] as const;
  const differing = fields.filter((field) => coverage[field] !== identity[field]);
  if (differing.length === 0) return;
  throw new PermafrostError(
    'ARCHIVE_DAMAGED',
    `The metadata belong to another archive: they differ from what the archive itself says in ${differing.join(', ')}.`,
  );
}

/** The error with the object's name, and where a key is missing with the fingerprints that the metadata name. */
function about(
  { name }: Pick<StoredObject, 'name'>,
  facts: Pick<Coverage, 'recipients'> | null,
  error: PermafrostError,
): PermafrostError {
  const context = { ...error.context, object: name };
  if (error.code !== 'KEY_MISSING' && error.code !== 'KEY_WRONG') {
    const message = error.message.includes(name) ? error.message : `${name}: ${error.message}`;
    return new PermafrostError(error.code, message, { context, cause: error });
  }
  // the archive itself shows only hints of its keys
  const wanted = facts !== null && facts.recipients.length > 0 ? facts.recipients : hintsOf(error);
  return new PermafrostError(
    'KEY_MISSING',
    `${name} is encrypted, and no private key that opens it is here. Import one of these: ${wanted.join(', ')}.`,
    { context: { ...context, wanted }, cause: error },
  );
}

function hintsOf({ context }: PermafrostError): readonly string[] {
  const wanted = context['wanted'];
  return typeof wanted === 'object' ? wanted : [];
}
