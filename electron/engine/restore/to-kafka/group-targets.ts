/** Consumer groups' offsets of a snapshot, to be brought to where the same records lie in the target. */
import type { GroupSnapshot, Snapshot } from '../../archive/snapshot';
import type { GroupOffset } from '../../kafka/transactional-writer';

/** What a group had committed for one partition of the source. */
export interface WantedOffset {
  readonly groupId: string;
  readonly offset: bigint;
  readonly metadata: string;
}

/** By partition, in the order of their offsets. */
export type WantedOffsets = ReadonlyMap<number, readonly WantedOffset[]>;

/** @param groupIds null: all of the snapshot */
export function groupsOfTopic(
  { groups }: Snapshot,
  topic: string,
  groupIds: readonly string[] | null,
): readonly GroupSnapshot[] {
  return groups
    .filter(({ groupId }) => groupIds === null || groupIds.includes(groupId))
    .map((group) => ({ ...group, offsets: group.offsets.filter((offset) => offset.topic === topic) }))
    .filter(({ offsets }) => offsets.length > 0);
}

export function wantedOffsets(groups: readonly GroupSnapshot[]): WantedOffsets {
  const wanted = new Map<number, WantedOffset[]>();
  for (const { groupId, offsets } of groups) {
    for (const { partition, offset, metadata } of offsets) {
      const known = wanted.get(partition);
      const each = { groupId, offset: BigInt(offset), metadata };
      if (known === undefined) wanted.set(partition, [each]);
      else known.push(each);
    }
  }
  for (const each of wanted.values()) each.sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));
  return wanted;
}

/**
 * Where the groups of one partition go on: at the first restored record at or after what they had committed, or at the
 * target's end. Each is told once, with the batch that it begins at.
 */
export class GroupTargets {
  #left: readonly WantedOffset[];

  /** @param restored records below this offset are in the target, and their groups' offsets with them */
  constructor(wanted: readonly WantedOffset[], restored: bigint) {
    this.#left = wanted.filter(({ offset }) => offset >= restored);
  }

  /** Offsets within a block, where a batch has to begin. */
  cutsIn(firstOffset: bigint, lastOffset: bigint): readonly bigint[] {
    return this.#left.map(({ offset }) => offset).filter((offset) => offset > firstOffset && offset <= lastOffset);
  }

  /** The groups that go on at the first record of a batch. */
  reached(firstOffset: bigint): readonly WantedOffset[] {
    const reached = this.#left.filter(({ offset }) => offset <= firstOffset);
    if (reached.length > 0) this.#left = this.#left.slice(reached.length);
    return reached;
  }

  /** Those that stood behind the last restored record. */
  atEnd(): readonly WantedOffset[] {
    return this.#left;
  }
}

export function targetOffset({ groupId, metadata }: WantedOffset, offset: bigint): GroupOffset {
  return { groupId, offset, metadata };
}
