import type { PlainError } from '../errors';

export type JobKind =
  | 'generate'
  | 'send-file'
  | 'download'
  | 'restore'
  | 'verify'
  | 'repair'
  | 'recover'
  | 'export'
  | 'search'
  | 'delete-archives'
  | 'delete-bucket';
export type JobState = 'running' | 'done' | 'failed' | 'cancelled';

/** Work that goes on beside the screens: shown with progress, can be cancelled, its result kept until dismissed. */
export interface JobView {
  readonly id: string;
  readonly kind: JobKind;
  /** what it does to what, e.g. "Send trimet.jsonl to archivetest" */
  readonly title: string;
  readonly state: JobState;
  readonly done: number;
  /** null while not known */
  readonly total: number | null;
  readonly unit: 'messages' | 'bytes' | 'archives' | 'objects';
  readonly ratePerSecond: number | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** one sentence on how it ended, e.g. "1,354 messages sent, the last at partition 2, offset 451" */
  readonly result: string | null;
  readonly error: PlainError | null;
}
