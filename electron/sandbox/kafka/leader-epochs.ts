/**
 * The leader epochs of one partition: where each began. The only broker leads for ever, so a new one begins only where a
 * test cuts the log, as an unclean election does.
 */
import { z } from 'zod';
import { ErrorCode } from './error-codes';

export const EpochStart = z.strictObject({ epoch: z.int().nonnegative(), startOffset: z.int().nonnegative() });
export type EpochStart = Readonly<z.infer<typeof EpochStart>>;

export interface EpochEnd {
  readonly leaderEpoch: number;
  /** Where the next epoch begins, or the log ends. */
  readonly endOffset: number;
}

const UNDEFINED_END: EpochEnd = { leaderEpoch: -1, endOffset: -1 };
const FIRST: EpochStart = { epoch: 0, startOffset: 0 };

export class LeaderEpochs {
  /** Both numbers grow. */
  readonly starts: readonly EpochStart[];

  constructor(starts: readonly EpochStart[] = [FIRST]) {
    this.starts = starts;
  }

  get current(): number {
    return this.starts.at(-1)?.epoch ?? FIRST.epoch;
  }

  /** With one more, behind `startOffset`: of what the former ones had there nothing is left. */
  next(startOffset: number): LeaderEpochs {
    const kept = this.starts.filter((start) => start.startOffset < startOffset);
    return new LeaderEpochs([...kept, { epoch: this.current + 1, startOffset }]);
  }

  /** Of the record at `offset`. */
  at(offset: number): number {
    return this.starts.findLast((start) => start.startOffset <= offset)?.epoch ?? this.current;
  }

  /** What OffsetForLeaderEpoch answers (KIP-279): the end of that epoch, or of the last one before it that there was. */
  endOf(epoch: number, logEndOffset: number): EpochEnd {
    if (epoch === this.current) return { leaderEpoch: epoch, endOffset: logEndOffset };
    const higher = this.starts.find((start) => start.epoch > epoch);
    if (higher === undefined || epoch < 0) return UNDEFINED_END;
    const known = this.starts.findLast((start) => start.epoch <= epoch);
    return { leaderEpoch: known?.epoch ?? epoch, endOffset: higher.startOffset };
  }

  /** @param believed the epoch a client takes for the current one; -1 if it does not say */
  judge(believed: number): ErrorCode {
    if (believed < 0 || believed === this.current) return ErrorCode.NONE;
    return believed < this.current ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
  }
}
