/** One object of a bucket, from its metadata alone. Offsets and timestamps travel as decimal digits (int64). */
export interface ObjectRow {
  readonly name: string;
  readonly generation: string;
  readonly storedBytes: number;
  readonly crc32c: string;
  readonly storageClass: string;
  /** ms since 1970 */
  readonly createdAt: number;
  /** what Permafrost's metadata says; null for an object that is not an archive */
  readonly archive: ArchiveRow | null;
  /** null for an object that is not a snapshot, or whose metadata do not hold */
  readonly snapshot: SnapshotRow | null;
  /** why the object's metadata could not be read although its name is an archive's or a snapshot's */
  readonly problem: string | null;
}

/** Settings of topics and offsets of their consumer groups, at a time. */
export interface SnapshotRow {
  readonly clusterId: string;
  /** how many it tells of */
  readonly topics: number;
  readonly groups: number;
  /** fingerprints of the keys that open it; empty when it is not encrypted */
  readonly recipients: readonly string[];
  /** true when a private key that opens it is in the app */
  readonly opens: boolean;
}

export interface ArchiveRow {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly firstOffset: string;
  /** exclusive */
  readonly nextOffset: string;
  readonly records: number;
  readonly gap: string | null;
  /** messages that were left out on purpose */
  readonly dropped: number;
  /** digest of the rule by which something was left out; null when everything was kept */
  readonly reduction: string | null;
  /** lowest and highest record timestamp, ms since 1970; null when no record has one */
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  readonly rawBytes: number;
  readonly encodedBytes: number;
  readonly compressedBytes: number;
  readonly codec: string;
  /** fingerprints of the keys that open it; empty when it is not encrypted */
  readonly recipients: readonly string[];
  /** true when a private key that opens it is in the app */
  readonly opens: boolean;
}

export interface ObjectRef {
  readonly name: string;
  readonly generation: string;
}

/** A bucket, or a folder of archives; null: the account may not see it, or a folder has none. */
export interface BucketView {
  /** or the path of a folder */
  readonly name: string;
  readonly location: string | null;
  readonly storageClass: string | null;
  /** ms since 1970 */
  readonly createdAt: number | null;
}

/** What would be lost with a bucket or a selection. */
export interface LossView {
  readonly objects: number;
  readonly archives: number;
  readonly records: number;
  readonly storedBytes: number;
}

/** What would be lost with a whole bucket. */
export interface BucketLossView extends LossView {
  /** versions that others have replaced or that were deleted, and that the bucket still keeps; they would go, too */
  readonly noncurrent: { readonly objects: number; readonly bytes: number };
  /** objects and versions that cannot be deleted yet: nothing is deleted before the last of them can be */
  readonly held: HeldView | null;
}

export interface HeldView {
  readonly objects: number;
  /** ms since 1970: when the last of them can be deleted */
  readonly until: number;
  /** the retention policy cannot be removed; else it can, and nothing is held any more */
  readonly isLocked: boolean;
}

/** An archive that was opened for looking inside. */
export interface OpenedArchive {
  readonly handle: string;
  readonly name: string;
  /** null when neither its index nor metadata tell */
  readonly topic: string | null;
  readonly partition: number | null;
  readonly codec: string;
  readonly encrypted: boolean;
  /** false: cut off or written without an index; read from the front, completeness is not proved */
  readonly indexed: boolean;
  readonly records: number;
  /** as in ArchiveRow; null as well when the object lost its metadata */
  readonly reduction: string | null;
  readonly dropped: number;
  readonly blocks: number;
  readonly firstOffset: string;
  readonly nextOffset: string;
  readonly storedBytes: number;
  readonly bytesRead: number;
}

export interface RecordPage {
  /** index of the first row within the archive */
  readonly from: number;
  readonly rows: readonly RecordRow[];
  /** bytes of the archive read so far, of OpenedArchive.storedBytes */
  readonly bytesRead: number;
}

/** What a filter found since it was asked before. */
export interface MatchPage {
  readonly rows: readonly RecordRow[];
  /** everything was looked through */
  readonly isDone: boolean;
  readonly bytesRead: number;
}

/** Bytes as a person can see them. Text is cut at 1 MB, binary at 64 KB; `bytes` is the whole length. */
export type ShownBytes =
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly text: string; readonly bytes: number; readonly cut: boolean }
  | { readonly kind: 'binary'; readonly hex: string; readonly bytes: number; readonly cut: boolean };

export type RecordRow =
  | {
      readonly kind: 'record';
      readonly offset: string;
      readonly timestamp: string;
      readonly key: ShownBytes;
      readonly value: ShownBytes;
      readonly headers: readonly { readonly name: ShownBytes; readonly value: ShownBytes }[];
    }
  | { readonly kind: 'corrupt'; readonly offset: string; readonly lastOffset: string; readonly bytes: number };
