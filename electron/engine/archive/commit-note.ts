/**
 * What the archiver writes beside a committed offset: the segment that ends there, and the group's tally up to there.
 * A hint that saves listing the whole chain; the bucket is the truth.
 */
import { z } from 'zod';
import type { TallyState } from '../kafka/tally';

export interface CommitNote {
  /** where the segment lies, e.g. gs://bucket: an offset committed for another bucket says nothing about this one */
  readonly location: string;
  readonly segment: string;
  readonly tally: TallyState;
}

const digits = z.string().regex(/^\d{1,20}$/);

const noteSchema = z.object({
  permafrost: z.literal(1),
  location: z.string(),
  segment: z.string(),
  tally: z.object({ from: digits, offset: digits, messages: z.number().int().min(0), digest: digits }),
});

export function writeCommitNote(note: CommitNote): string {
  const { from, offset, messages, digest } = note.tally;
  return JSON.stringify({
    permafrost: 1,
    location: note.location,
    segment: note.segment,
    tally: { from: from.toString(), offset: offset.toString(), messages, digest: digest.toString() },
  });
}

/** @returns null for what somebody else has written, such as kafka-consumer-groups --reset-offsets */
export function readCommitNote(metadata: string): CommitNote | null {
  const parsed = noteSchema.safeParse(parseJson(metadata));
  if (!parsed.success) return null;
  const { location, segment, tally } = parsed.data;
  return { location, segment, tally: parseTally(tally) };
}

/** The pipeline group's note: its tally alone. */
export function writeTallyNote(tally: TallyState): string {
  return writeCommitNote({ location: '', segment: '', tally });
}

function parseTally(tally: z.infer<typeof noteSchema>['tally']): TallyState {
  return {
    from: BigInt(tally.from),
    offset: BigInt(tally.offset),
    messages: tally.messages,
    digest: BigInt(tally.digest),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // not ours: an empty or foreign note is normal
  }
}
