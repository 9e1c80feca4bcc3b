/**
 * What lies in a bucket, told by names and metadata alone: nothing is downloaded.
 */
import { asPermafrostError } from '../../../shared/errors';
import type { ArchiveRow, ObjectRow, SnapshotRow } from '../../../shared/model/archive';
import { parseCoverage, type Coverage } from '../store/coverage-metadata';
import { parseObjectName } from '../store/object-names';
import { isSnapshotObject, parseSnapshotFacts, type SnapshotFacts } from '../store/snapshot-metadata';
import type { StoredObject } from '../store/port';

/** @returns what opens it is told as if no key were at hand; see `withKeys` */
export function describeObject(object: StoredObject): ObjectRow {
  const described = describeArchive(object);
  return {
    name: object.name,
    generation: object.generation,
    storedBytes: object.size,
    crc32c: object.crc32c,
    storageClass: object.storageClass,
    createdAt: object.createdAt,
    archive: described.kind === 'archive' ? archiveRow(described.coverage) : null,
    snapshot: described.kind === 'snapshot' ? snapshotRow(described.facts) : null,
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

function archiveRow(coverage: Coverage): ArchiveRow {
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
    opens: recipients.length === 0,
  };
}

function snapshotRow(facts: SnapshotFacts): SnapshotRow {
  const { clusterId, topics, groups, recipients } = facts;
  return { clusterId, topics, groups, recipients, opens: recipients.length === 0 };
}

/** @param ownFingerprints of the private keys at hand */
export function withKeys(row: ObjectRow, ownFingerprints: ReadonlySet<string>): ObjectRow {
  const { archive, snapshot } = row;
  const sealed = archive ?? snapshot;
  if (sealed === null) return row;
  const opens = opensWith(sealed.recipients, ownFingerprints);
  if (opens === sealed.opens) return row;
  return {
    ...row,
    archive: archive === null ? null : { ...archive, opens },
    snapshot: snapshot === null ? null : { ...snapshot, opens },
  };
}

export function opensWith(recipients: readonly string[], ownFingerprints: ReadonlySet<string>): boolean {
  return recipients.length === 0 || recipients.some((fingerprint) => ownFingerprints.has(fingerprint));
}
