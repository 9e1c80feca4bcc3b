/**
 * Divides partitions among the members of a group so that each keeps what it had, as far as the shares stay equal. Every
 * rebalance takes all partitions away; who gets them back can keep its open segments, who gets others must read again.
 */
import type { TopicPartition } from './raw-consumer';

export interface GroupMember {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** what it had before the rebalance */
  readonly owned: readonly TopicPartition[];
}

interface Share {
  readonly member: GroupMember;
  readonly partitions: TopicPartition[];
}

/** @returns partitions by member id; what nobody subscribes to is nobody's */
export function assignSticky(
  members: readonly GroupMember[],
  partitions: readonly TopicPartition[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const shares = members
    .toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1))
    .map((member): Share => ({ member, partitions: [] }));
  const left = keep(shares, partitions);
  for (const partition of left) leastLoaded(shares, partition.topic)?.partitions.push(partition);
  level(shares);
  return new Map(shares.map((share) => [share.member.memberId, share.partitions]));
}

/** Gives each member what it had, up to an equal share. @returns what nobody keeps */
function keep(shares: readonly Share[], partitions: readonly TopicPartition[]): TopicPartition[] {
  const most = Math.ceil(partitions.length / Math.max(1, shares.length));
  return partitions.filter((partition) => {
    const owner = shares.find(
      (share) => share.partitions.length < most && has(share.member.owned, partition) && reads(share, partition.topic),
    );
    owner?.partitions.push(partition);
    return owner === undefined;
  });
}

/** Moves single partitions from who has most to who has least, until no move makes it more even. */
function level(shares: readonly Share[]): void {
  for (let moved = true; moved;) {
    moved = false;
    for (const from of shares.toSorted((a, b) => b.partitions.length - a.partitions.length)) {
      const at = from.partitions.findLastIndex(({ topic }) => {
        const to = leastLoaded(shares, topic);
        return to !== undefined && from.partitions.length - to.partitions.length > 1;
      });
      const [partition] = at < 0 ? [] : from.partitions.splice(at, 1);
      if (partition === undefined) continue;
      leastLoaded(shares, partition.topic)?.partitions.push(partition);
      moved = true;
      break;
    }
  }
}

function leastLoaded(shares: readonly Share[], topic: string): Share | undefined {
  return shares
    .filter((share) => reads(share, topic))
    .reduce<Share | undefined>(
      (least, share) => (least === undefined || share.partitions.length < least.partitions.length ? share : least),
      undefined,
    );
}

function reads({ member }: Share, topic: string): boolean {
  return member.topics.includes(topic);
}

function has(owned: readonly TopicPartition[], { topic, partition }: TopicPartition): boolean {
  return owned.some((each) => each.topic === topic && each.partition === partition);
}
