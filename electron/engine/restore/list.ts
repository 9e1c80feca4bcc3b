/**
 * What lies in a bucket, told by names and metadata alone: nothing is downloaded.
 */
import { asPermafrostError } from '../../../shared/errors';
import type { ArchiveRow, ObjectPage, ObjectRow, SnapshotRow } from '../../../shared/model/archive';
import { parseCoverage, type Coverage } from '../store/coverage-metadata';
import { parseObjectName } from '../store/object-names';
import { isSnapshotObject, parseSnapshotFacts, type SnapshotFacts } from '../store/snapshot-metadata';
import type { ObjectStore, StoredObject } from '../store/port';

const PAGE_SIZE = 1_000;

/**
 * One page of a bucket's objects, in name order.
 * @param prefix only names that begin with it; empty for the whole bucket
 * @param pageToken of the page before; null for the first
 * @param ownFingerprints of the private keys at hand
 * @throws PermafrostError STORE_*
 */
export async function listObjects(
  store: ObjectStore,
  prefix: string,
  pageToken: string | null,
  ownFingerprints: ReadonlySet<string>,
): Promise<ObjectPage> {
  const page = await store.list({ prefix, pageSize: PAGE_SIZE, ...(pageToken === null ? {} : { pageToken }) });
  return {
    rows: page.objects.map((object) => rowOf(object, ownFingerprints)),
    nextPageToken: page.nextPageToken,
  };
}

function rowOf(object: StoredObject, ownFingerprints: ReadonlySet<string>): ObjectRow {
  const described = describeArchive(object);
  return {
    name: object.name,
    generation: object.generation,
    storedBytes: object.size,
    crc32c: object.crc32c,
    storageClass: object.storageClass,
    createdAt: object.createdAt,
    archive: described.kind === 'archive' ? archiveRow(described.coverage, ownFingerprints) : null,
    snapshot: described.kind === 'snapshot' ? snapshotRow(described.facts, ownFingerprints) : null,
    problem: 'problem' in described ? described.problem : null,
  };
}

export type DescribedObject =
  | { readonly kind: 'archive'; readonly coverage: Coverage }
  /** an archive by its name or its metadata, and the metadata don't hold */
  | { readonly kind: 'unreadable'; readonly problem: string }
  | { readonly kind: 'snapshot'; readonly facts: SnapshotFacts }
  /** a snapshot by its name or its metadata, and the metadata don't hold */
  | { readonly kind: 'unreadable snapshot'; readonly problem: string }
  | { readonly kind: 'other' };

/** What an object is, as far as its name and metadata say. */
export function describeArchive(object: Pick<StoredObject, 'name' | 'metadata'>): DescribedObject {
  if (isSnapshotObject(object)) return describeSnapshot(object);
  try {
    return { kind: 'archive', coverage: parseCoverage(object) };
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (error.code === 'NOT_AN_ARCHIVE' && !hasArchiveName(object.name)) return { kind: 'other' };
    if (error.code === 'INTERNAL') throw error;
    return { kind: 'unreadable', problem: error.message };
  }
}

function describeSnapshot(object: Pick<StoredObject, 'name' | 'metadata'>): DescribedObject {
  try {
    return { kind: 'snapshot', facts: parseSnapshotFacts(object) };
  } catch (thrown) {
    const error = asPermafrostError(thrown);
    if (error.code === 'INTERNAL') throw error;
    return { kind: 'unreadable snapshot', problem: error.message };
  }
}

/** True for a name that the archiver gives, whatever prefix it was told. */
function hasArchiveName(name: string): boolean {
  // <prefix>/<topic>/<life>/partition=<p>/<offset>.permafrost
  return parseObjectName(name, name.split('/').slice(0, -4).join('/')) !== null;
}

function archiveRow(coverage: Coverage, ownFingerprints: ReadonlySet<string>): ArchiveRow {
  const { recipients } = coverage;
  return {
    topic: coverage.topic,
    topicId: coverage.topicId,
    partition: coverage.partition,
    firstOffset: coverage.firstOffset.toString(),
    nextOffset: coverage.nextOffset.toString(),
    records: coverage.records,
    gap: coverage.gap,
    dropped: coverage.dropped,
    reduction: coverage.reduction,
    firstTimestamp: coverage.firstTimestamp?.toString() ?? null,
    lastTimestamp: coverage.lastTimestamp?.toString() ?? null,
    rawBytes: coverage.rawBytes,
    encodedBytes: coverage.encodedBytes,
    compressedBytes: coverage.compressedBytes,
    codec: coverage.codec,
    recipients,
    opens: opensWith(recipients, ownFingerprints),
  };
}

function snapshotRow(facts: SnapshotFacts, ownFingerprints: ReadonlySet<string>): SnapshotRow {
  const { clusterId, topics, groups, recipients } = facts;
  return { clusterId, topics, groups, recipients, opens: opensWith(recipients, ownFingerprints) };
}

function opensWith(recipients: readonly string[], ownFingerprints: ReadonlySet<string>): boolean {
  return recipients.length === 0 || recipients.some((fingerprint) => ownFingerprints.has(fingerprint));
}
