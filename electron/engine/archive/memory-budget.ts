/**
 * One budget for what all partitions hold: open blocks, compressed blocks, segments that wait for their upload, what was
 * fetched, and the encoder's memory. Past it nothing more is taken in.
 */

/** The memory of one partition, in bytes. */
export interface Holder {
  readonly heldBytes: number;
  /** of it, the open segment */
  readonly openBytes: number;
  /** of that, the block that is not compressed yet */
  readonly openBlockBytes: number;
  /** of it, closed segments */
  readonly waitingBytes: number;
  close(): void;
  endBlock(): void;
}

/** What belongs to no partition (what was fetched) counts as well, but waiting for uploads helps only while there are some. */
export function isOverBudget(holders: readonly Holder[], otherBytes: number, maxBytes: number): boolean {
  const archived = sum(holders, ({ heldBytes }) => heldBytes);
  return archived > 0 && archived + otherBytes > maxBytes;
}

/**
 * With many partitions most of it lies in open blocks: the largest of these are compressed early. Else the largest
 * segment is closed early, unless what waits for its upload makes up for it already.
 */
export function makeRoom(holders: readonly Holder[], maxBytes: number): void {
  const openBlocks = sum(holders, ({ openBlockBytes }) => openBlockBytes);
  if (openBlocks > sum(holders, ({ heldBytes }) => heldBytes) / 2) {
    const average = openBlocks / holders.length;
    for (const holder of holders) if (holder.openBlockBytes >= average) holder.endBlock();
    return;
  }
  if (sum(holders, ({ waitingBytes }) => waitingBytes) > maxBytes / 4) return;
  const [largest] = holders.toSorted((a, b) => b.openBytes - a.openBytes);
  if (largest !== undefined && largest.openBytes > 0) largest.close();
}

function sum(holders: readonly Holder[], bytes: (holder: Holder) => number): number {
  return holders.reduce((total, holder) => total + bytes(holder), 0);
}
