/** Rows of a bucket's list, with what a test cares about. */
import type { ArchiveRow, ObjectRow, SnapshotRow } from '../shared/model/archive';

export function archiveObject(
  firstOffset: number,
  { partition = 0, topic = 'archivetest', ...archive }: Partial<ArchiveRow> = {},
  object: Partial<ObjectRow> = {},
): ObjectRow {
  return {
    name: `archive/${topic}/life/partition=${partition}/${String(firstOffset).padStart(20, '0')}.permafrost`,
    generation: '1',
    storedBytes: 1_000,
    crc32c: 'AAAAAA==',
    storageClass: 'NEARLINE',
    createdAt: Date.UTC(2026, 0, 1),
    snapshot: null,
    problem: null,
    archive: {
      topic,
      topicId: 'life',
      partition,
      firstOffset: String(firstOffset),
      nextOffset: String(firstOffset + 100),
      records: 100,
      gap: null,
      dropped: 0,
      reduction: null,
      firstTimestamp: String(Date.UTC(2026, 0, 1)),
      lastTimestamp: String(Date.UTC(2026, 0, 1, 1)),
      rawBytes: 10_000,
      encodedBytes: 13_000,
      compressedBytes: 900,
      codec: 'zstd',
      recipients: ['SHA256:key-one'],
      opens: true,
      ...archive,
    },
    ...object,
  };
}

export function snapshotObject(snapshot: Partial<SnapshotRow> = {}): ObjectRow {
  return {
    ...archiveObject(0),
    name: 'archive/@snapshots/cluster/20260101T000000Z.json.age',
    archive: null,
    snapshot: { clusterId: 'cluster', topics: 1, groups: 2, recipients: ['SHA256:key-one'], opens: true, ...snapshot },
  };
}

export function otherObject(name: string): ObjectRow {
  return { ...archiveObject(0), name, archive: null };
}
