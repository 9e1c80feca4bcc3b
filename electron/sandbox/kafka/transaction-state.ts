/**
 * What is known of one transactional id, and how it is kept: transactions.jsonl has one line a change, the whole state
 * in it.
 *
 *     empty --first partition or group--> ongoing --end--> prepare-commit | prepare-abort
 *       ^                                    ^                  | markers written, offsets committed
 *       +---- a new producer ----------------+------------- complete
 *
 * Once prepared a transaction ends that way, whatever happens: what a crash left unfinished is finished at start.
 */
import { z } from 'zod';
import { OffsetCommit } from './offset-journal';

export const TransactionState = z.strictObject({
  transactionalId: z.string(),
  producerId: z.int().nonnegative(),
  producerEpoch: z.int().nonnegative(),
  timeoutMs: z.int().positive(),
  phase: z.enum(['empty', 'ongoing', 'prepare-commit', 'prepare-abort', 'complete-commit', 'complete-abort']),
  startedAtMs: z.number(),
  /** Where it wrote, or may have. */
  partitions: z.array(z.strictObject({ topic: z.string(), partition: z.int().nonnegative() })).readonly(),
  /** Groups whose offsets it may commit. */
  groups: z.array(z.string()).readonly(),
  /** They count when the transaction is committed. */
  offsets: z.array(OffsetCommit).readonly(),
});
export type TransactionState = Readonly<z.infer<typeof TransactionState>>;
export type TransactionPartition = TransactionState['partitions'][number];

/** Without what belonged to the transaction that ended. */
export const NOTHING_OPEN = { partitions: [], groups: [], offsets: [] } as const;

export function hasPartition({ partitions }: TransactionState, wanted: TransactionPartition): boolean {
  return partitions.some(({ topic, partition }) => topic === wanted.topic && partition === wanted.partition);
}
