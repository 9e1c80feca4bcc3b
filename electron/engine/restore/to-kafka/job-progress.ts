/**
 * How far a job is with one partition: an offset that a consumer group of the job's own commits in the transactions that
 * write the records. So it is exactly as far as the records are, whatever happened.
 */
import { z } from 'zod';
import { PermafrostError } from '../../../../shared/errors';
import type { SettingsAside } from './topic-settings';

export const JOB_NAME = /^[a-zA-Z0-9._-]{1,60}$/;

const VERSION = 1;

const digits = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform((text) => BigInt(text));

const noteSchema = z.object({
  v: z.literal(VERSION),
  /** of selection and target */
  digest: z.string(),
  /** the target's offset behind the last record of the job; where it began while there is none */
  end: digits,
  records: z.number().int().min(0),
  bytes: z.number().int().min(0),
  done: z.boolean(),
  /** settings of the target that wait to be put back */
  aside: z.record(z.string(), z.object({ value: z.string(), isOwn: z.boolean() })),
});

export interface PartitionProgress {
  /** in the archives: what lies below is restored */
  readonly nextOffset: bigint;
  readonly end: bigint;
  /** of this partition, over all runs of the job */
  readonly records: number;
  /** of record batches before compression */
  readonly bytes: number;
  readonly isDone: boolean;
  readonly aside: SettingsAside;
}

export function groupOfJob(job: string): string {
  return `permafrost-restore-${job}`;
}

export function transactionalIdOf(job: string, topic: string, partition: number): string {
  return `permafrost-restore-${job}-${topic}-${partition}`;
}

/** What is committed beside the offset. */
export function noteOf({ end, records, bytes, isDone, aside }: PartitionProgress, digest: string): string {
  return JSON.stringify({ v: VERSION, digest, end: end.toString(), records, bytes, done: isDone, aside });
}

/** @throws PermafrostError INPUT_INVALID when the job's name was used for something else */
export function parseProgress(
  job: string,
  committed: { readonly offset: bigint; readonly metadata: string },
  digest: string,
): PartitionProgress {
  const note = noteSchema.safeParse(parseJson(committed.metadata));
  if (!note.success || note.data.digest !== digest) {
    throw new PermafrostError(
      'INPUT_INVALID',
      `Job ${job} was begun with another selection or target. Go on with the same ones, or choose another name for this job.`,
      { context: { field: 'job' } },
    );
  }
  const { end, records, bytes, done, aside } = note.data;
  return { nextOffset: committed.offset, end, records, bytes, isDone: done, aside };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
