import { sumCounts, type ReductionCounts } from '../../../shared/model/reduction-counts';
import type { TallyReport } from '../kafka/comparison';
import type { ClosedSegment } from './open-segment';
import type { PartitionArchive } from './partition-archive';

/** What the archiver has done since it was started. */
export interface ArchiverStatus {
  /** those whose place in the chain is known */
  readonly partitions: readonly PartitionStatus[];
  /** how many the group has given to this member */
  readonly assigned: number;
  readonly stages: StageBytes;
  readonly heldBytes: number;
}

export interface PartitionStatus {
  readonly topic: string;
  readonly partition: number;
  /** exclusive: the next offset it reads */
  readonly position: bigint;
  /** exclusive: up to here it lies in the bucket */
  readonly archived: bigint;
  readonly tally: TallyReport;
}

/** Running totals. What is thrown away at a rebalance leaves the totals again: it is read once more. */
export interface StageBytes {
  readonly records: number;
  readonly rawBytes: number;
  readonly encodedBytes: number;
  /** encoded bytes that compressedBytes was made of: what lies in open blocks is not compressed yet */
  readonly compressedFromBytes: number;
  readonly compressedBytes: number;
  readonly encryptedBytes: number;
  /** compressed bytes of what was uploaded: what encryption made `uploadedBytes` of */
  readonly uploadedFromBytes: number;
  readonly uploadedBytes: number;
  readonly archives: number;
  /** null where nothing is left out on purpose */
  readonly reduction: ReductionCounts | null;
}

const NOTHING: StageBytes = {
  records: 0,
  rawBytes: 0,
  encodedBytes: 0,
  compressedFromBytes: 0,
  compressedBytes: 0,
  encryptedBytes: 0,
  uploadedFromBytes: 0,
  uploadedBytes: 0,
  archives: 0,
  reduction: null,
};

export class Progress {
  #uploaded = NOTHING;

  uploaded({ segment, reduction }: ClosedSegment): void {
    const before = this.#uploaded;
    this.#uploaded = {
      records: before.records + segment.identity.records,
      rawBytes: before.rawBytes + segment.rawBytes,
      encodedBytes: before.encodedBytes + segment.encodedBytes,
      compressedFromBytes: before.compressedFromBytes + segment.encodedBytes,
      compressedBytes: before.compressedBytes + segment.compressedBytes,
      encryptedBytes: before.encryptedBytes + segment.storedBytes,
      uploadedFromBytes: before.uploadedFromBytes + segment.compressedBytes,
      uploadedBytes: before.uploadedBytes + segment.storedBytes,
      archives: before.archives + 1,
      reduction: sumCounts(before.reduction, reduction),
    };
  }

  status(partitions: Iterable<PartitionArchive>): Omit<ArchiverStatus, 'assigned'> {
    const stages = { ...this.#uploaded };
    let heldBytes = 0;
    const views: PartitionStatus[] = [];
    for (const partition of partitions) {
      for (const held of partition.unfinished()) {
        stages.records += held.records;
        stages.rawBytes += held.rawBytes;
        stages.encodedBytes += held.encodedBytes;
        stages.compressedFromBytes += held.compressedFromBytes;
        stages.compressedBytes += held.compressedBytes;
        stages.encryptedBytes += held.storedBytes;
        stages.reduction = sumCounts(stages.reduction, held.reduction);
      }
      heldBytes += partition.heldBytes;
      views.push({
        topic: partition.place.topic,
        partition: partition.place.partition,
        position: partition.position,
        archived: partition.archived,
        tally: { state: partition.tally.state, checkpoints: partition.tally.takeCheckpoints() },
      });
    }
    return { partitions: views, stages, heldBytes };
  }
}
